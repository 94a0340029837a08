import { map, Observable } from 'rxjs'
import type { Turn } from '../../src/domain/chainState.js'
import type { Reading } from '../../src/domain/reading.js'
import type { WriteOutcome } from '../../src/domain/upgrades/writeOutcome.js'
import { newChain } from '../../src/domain/newChain.js'
import { pipeStages, stagesOf } from '../../src/streams/pipeStages.js'
import { watchChain, type WatchPorts } from '../../src/streams/watchChain.js'
import { failure, reading, upgradeProposal } from '../support/builders.js'
import { letters } from '../support/marbles.js'

export const seed = newChain('local', 0)

export const stages = pipeStages(stagesOf({ plan: { minUpgradeDelay: 0, maxConcurrentUpgrades: 2 } }))

export const both = [
  upgradeProposal('1', 'v2', 100, { status: 'passed' }),
  upgradeProposal('2', 'v3', 101, { status: 'passed' }),
]

export const readings = letters<Reading>({
  a: reading(99, both),
  b: reading(110, both),
  c: reading(111, both),
  x: failure(112),
})

/** A turn in short: its cause, block, moves and what is due. */
export function inShort({ cause, state, moves, due }: Turn): string {
  return [
    cause,
    String(state.head?.number),
    ...moves.map(({ type, upgrade }) => `${type} ${upgrade.name}`),
    ...due.map(({ name }) => `due ${name}`),
  ].join(' ')
}

export const watch =
  (ports: WatchPorts = {}) =>
  (readings$: Observable<Reading>) =>
    readings$.pipe(watchChain(seed, stages, ports), map(inShort))

export const answers = ({ due }: Turn): readonly WriteOutcome[] => due.map(({ key }) => ({ result: 'written', key }))

export const turns = letters({
  A: 'reading 99 scheduled v2 scheduled v3',
  B: 'reading 110 due v2 due v3',
  W: 'write 110 triggered v2',
  V: 'write 110 triggered v3',
  C: 'reading 111',
  X: 'failure 111',
  Y: 'failure undefined',
})
