import type { ChainState, Turn } from '../../src/domain/chainState.js'
import { keyOf, type Proposal } from '../../src/domain/proposals/proposal.js'
import type { GoodReading } from '../../src/domain/reading.js'
import { newChain } from '../../src/domain/newChain.js'
import type { PlanOptions } from '../../src/domain/upgrades/planOptions.js'
import type { ChainEvent } from '../../src/streams/draft.js'
import type { StageOptions } from '../../src/streams/pipeStages.js'
import { block, reading, upgradeProposal } from '../support/builders.js'
import { stepLine } from '../support/line.js'

/** Proposal 1, which passed and carries v2 for block 100. */
export const passed = (parts: Partial<Proposal> = {}): Proposal =>
  upgradeProposal('1', 'v2', 100, { status: 'passed', ...parts })
export const key = keyOf(passed())
export const read = (
  at: number,
  proposals: readonly Proposal[] = [],
  parts: Partial<GoodReading> = {},
): ChainEvent => ({
  type: 'reading',
  reading: reading(at, proposals, parts),
})
/** The same event an hour and a half later in chain time. */
export const later = (event: ChainEvent): ChainEvent => {
  if (event.type !== 'reading') return event
  const at = Number(event.reading.head.number) + 5_400
  return {
    type: 'reading',
    reading: { ...event.reading, readAt: at * 1000, head: block(at), at: block(at), previous: block(at - 1) },
  }
}
/** The answer of the writer for it. */
export const wrote = (result: 'written' | 'skipped', second: number): ChainEvent => ({
  type: 'wrote',
  outcome: { result, key },
  hostTime: second * 1000,
})

/** The turns of these events, each from the state before. */
export function run(
  events: readonly ChainEvent[],
  plan: PlanOptions = {},
  options: StageOptions = {},
): readonly Turn[] {
  let state: ChainState = newChain('local', 0)
  const step = stepLine({ ...options, plan: { minUpgradeDelay: 0, ...plan } })
  return events.map((event) => {
    const turn = step(state, event)
    state = turn.state
    return turn
  })
}
/** The announcements of each turn, and its due upgrades. */
export const told = (...given: Parameters<typeof run>): readonly string[] =>
  run(...given).map(({ announcements, due }) =>
    [...announcements.map(({ notification }) => notification.event), ...due.map(({ name }) => `due ${name}`)].join(
      ', ',
    ),
  )
