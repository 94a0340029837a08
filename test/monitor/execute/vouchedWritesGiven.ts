import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { EMPTY, lastValueFrom, ReplaySubject, toArray, VirtualTimeScheduler } from 'rxjs'
import { onTestFinished } from 'vitest'
import { turnExecutor } from '../../../src/monitor/execute/turnExecutor.js'
import { parseConfig } from '../../../src/config/parseConfig.js'
import type { ChainState } from '../../../src/domain/chainState.js'
import type { Health } from '../../../src/domain/health.js'
import type { Upgrade } from '../../../src/domain/upgrades/upgrade.js'
import type { Head } from '../../../src/domain/blocks/head.js'
import type { Proposal } from '../../../src/domain/proposals/proposal.js'
import type { GovernanceReader } from '../../../src/sources/governance/GovernanceReader.js'
import { newChain } from '../../../src/domain/newChain.js'
import { block, byKey, chain, contract, queued, steadyPace, upgrade, upgradeProposal } from '../../support/builders.js'
import { temporaryDirectory, turn } from '../../support/storeGiven.js'

const info = { binaries: { 'linux/amd64': 'https://good.example/v2' } }

export const passed: Proposal = upgradeProposal('1', 'v2', 100, {
  status: 'passed',
  finding: { plan: { name: 'v2', height: 100, info }, origin: 'memo', problems: [] },
})

export const due = upgrade('1', 'v2', 100, { info })

export const standing: ChainState = {
  ...newChain(chain, 0),
  head: block(103),
  blockTime: steadyPace(103),
  proposals: byKey(passed),
  upgrades: queued(due),
}

export interface Node {
  readonly proposal?: () => Promise<Proposal | undefined>
  readonly block?: (height: bigint) => Promise<Head | undefined>
}

export const unused = (): Promise<never> => Promise.reject(new Error('Not used.'))

function nodeOf(
  { proposal = () => Promise.resolve(passed), block: blockAt = (height) => Promise.resolve(block(height)) }: Node,
  index: number,
): GovernanceReader {
  return {
    chain,
    system: 'governor',
    host: `${'abcdefgh'.charAt(index)}:1`,
    read: unused,
    readProposal: proposal,
    readBlock: blockAt,
    readProposals: unused,
    readParameters: unused,
    readMembers: unused,
    check: unused,
  }
}

interface Told {
  readonly isVirtual?: boolean
  readonly leadBlocks?: number
  readonly wanted?: Upgrade
  readonly head?: Head
  /** Nodes that are read for proposals. @defaultValue the nodes, where several must agree */
  readonly tellers?: readonly Node[]
  /** Whether the reading is behind. */
  readonly lagging?: Pick<Health, 'lagging'>
}

/**
 * A writer with its nodes, at a turn that requests v2. `wait` advances the clock of the writer
 * past its limit.
 */
export function given(
  nodes: readonly Node[],
  agreement: number,
  { isVirtual = true, leadBlocks = 0, wanted = due, head = standing.head!, tellers, lagging = {} }: Told = {},
) {
  const place = temporaryDirectory()
  onTestFinished(() => place[Symbol.dispose]())
  const {
    chains: [config],
  } = parseConfig({
    chains: [
      {
        name: chain,
        rpc: { urls: nodes.map((_, index) => `http://127.0.0.1:${index + 1}`), agreement },
        governance: { system: 'governor', address: contract.toLowerCase() },
        scheduler: { leadBlocks },
        upgradeInfo: { home: place.path },
      },
    ],
  })
  const scheduler = new VirtualTimeScheduler()
  const readers = nodes.map(nodeOf)
  const act = turnExecutor(config!, {
    witnesses: tellers?.map(nodeOf) ?? (agreement > 1 ? readers : []),
    nodes: readers,
    findPlan: ({ finding }) => finding,
    ...(isVirtual && { scheduler }),
  })
  const health = { ...standing.health, ...lagging }
  let latest = { ...standing, head, health, upgrades: queued(wanted) }
  const stopping$ = new ReplaySubject<void>(1)
  const outcome$ = act(turn({ state: { ...standing, head }, due: [wanted] }), () => latest, stopping$) ?? EMPTY
  const done = lastValueFrom(outcome$.pipe(toArray()), {
    defaultValue: [],
  })
  return {
    done: async () => (await done).map(({ result }) => result),
    outcome: async () => (await done)[0],
    wait: () => scheduler.flush(),
    stop: () => stopping$.next(),
    becomes: (state: Partial<ChainState>) => void (latest = { ...latest, ...state }),
    isWritten: () => existsSync(join(place.path, 'data', 'upgrade-info.json')),
  }
}
