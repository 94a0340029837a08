import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EMPTY, lastValueFrom, take as takeFirst, tap, toArray, VirtualTimeScheduler } from 'rxjs'
import { onTestFinished } from 'vitest'
import { turnExecutor } from '../../../src/monitor/execute/turnExecutor.js'
import { parseConfig } from '../../../src/config/parseConfig.js'
import type { ChainState, Turn } from '../../../src/domain/chainState.js'
import type { Notification, NotificationEvent } from '../../../src/domain/notifications/notification.js'
import { keyOf, type Proposal, type ProposalStatus } from '../../../src/domain/proposals/proposal.js'
import type { GoodReading } from '../../../src/domain/reading.js'
import type { UpgradeStatus } from '../../../src/domain/upgrades/upgrade.js'
import type { GovernanceReader } from '../../../src/sources/governance/GovernanceReader.js'
import { openStore } from '../../../src/store/openStore.js'
import { newChain } from '../../../src/domain/newChain.js'
import type { ChainEvent } from '../../../src/streams/draft.js'
import { stepLine } from '../../support/line.js'
import { at, proposal, temporaryDirectory } from '../../support/storeGiven.js'

/** For a stream that may be empty. */
const none = { defaultValue: [] }
export const voted = (id: string, status: ProposalStatus, height: number): Proposal =>
  proposal(id, {
    status,
    type: 'upgrade',
    votingEnd: 5n,
    finding: { plan: { name: `v${id}`, height }, origin: 'call', problems: [] },
  })

/** A caught-up reading. */
const reading = (block: bigint, ...proposals: readonly Proposal[]): GoodReading => ({
  ok: true,
  chain: 'local',
  readAt: Number(block) * 2_000,
  head: at(block),
  at: at(block),
  proposals,
  votes: [],
  retracted: [],
  backlog: 0n,
  cursor: block.toString(),
  warnings: [],
})

const unused = (): Promise<never> => Promise.reject(new Error('Not used.'))

function witnessOf(tell: (id: string) => Proposal | undefined): GovernanceReader {
  return {
    chain: 'local',
    system: 'governor',
    read: unused,
    readProposal: (_contract, id) => Promise.resolve(tell(id)),
    readBlock: unused,
    readProposals: unused,
    readParameters: unused,
    readMembers: unused,
    check: unused,
  }
}

/**
 * A chain, its store and the file it writes; `crash` is a turn that is committed and not
 * executed. With `witnessed`, two nodes must confirm a plan, and both report that proposal.
 */
export function given(
  upgradeInfo: {
    readonly when?: 'never'
    readonly afterWrite?: { readonly command: readonly string[] }
    readonly afterCompletion?: 'keep'
    readonly profile?: 'cosmovisor'
  } = {},
  witnessed?: (id: string) => Proposal | undefined,
) {
  const witnesses = witnessed === undefined ? [] : [witnessOf(witnessed), witnessOf(witnessed)]
  const place = temporaryDirectory()
  onTestFinished(() => place[Symbol.dispose]())
  const {
    chains: [config],
  } = parseConfig({
    chains: [
      {
        name: 'local',
        rpc: { urls: ['http://127.0.0.1:1', 'http://127.0.0.1:2'], agreement: witnessed === undefined ? 1 : 2 },
        governance: { system: 'governor', address: `0x${'1'.repeat(40)}` },
        upgradeInfo: { home: place.path, when: 'on-schedule', ...upgradeInfo },
      },
    ],
  })
  const step = stepLine({
    plan: {
      minUpgradeDelay: 0,
      when: upgradeInfo.when ?? 'on-schedule',
      completion: 'height',
      afterCompletion: config!.upgradeInfo.afterCompletion,
    },
  })
  const told: Notification[] = []
  const clock = new VirtualTimeScheduler()
  const act = () => {
    const execute = turnExecutor(config!, { witnesses, findPlan: ({ finding }) => finding, scheduler: clock })
    return (turn: Turn, latest?: () => ChainState) => execute(turn, latest) ?? EMPTY
  }
  let acting = act()
  const store = openStore({ path: join(place.path, 'state.db') })
  const seen = (): ChainState => store.load('local') ?? newChain('local', 0)
  const take = (event: ChainEvent): Turn => {
    const turn = step(seen(), event)
    store.commit(turn, () => [])
    told.push(...turn.announcements.map(({ notification }) => notification))
    return turn
  }
  const path = join(place.path, 'data', 'upgrade-info.json')
  return {
    path,
    home: place.path,
    told: (event: NotificationEvent): readonly Notification[] =>
      told.filter((notification) => notification.event === event),
    /**
     * A process that ends after it committed the write, before it knew the result of the
     * command.
     */
    crashInHook: async (block: bigint, ...proposals: readonly Proposal[]): Promise<void> => {
      const outcome = (
        await lastValueFrom(
          acting(take({ type: 'reading', reading: reading(block, ...proposals) })).pipe(takeFirst(1), toArray()),
          none,
        )
      )[0]!
      take({ type: 'wrote', outcome, hostTime: Number(block) * 2_000 })
      acting = act()
    },
    /** The time limit of the disk passes. */
    giveUp: (): void => clock.flush(),
    file: (): unknown => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined),
    status: (id: string): UpgradeStatus | undefined => seen().upgrades.get(keyOf(proposal(id)))?.status,
    crash: (block: bigint, ...proposals: readonly Proposal[]): Turn =>
      take({ type: 'reading', reading: reading(block, ...proposals) }),
    /** A turn that is executed, and the process killed before the answer is committed. */
    crashAfter: async (block: bigint, ...proposals: readonly Proposal[]): Promise<void> => {
      await lastValueFrom(
        acting(take({ type: 'reading', reading: reading(block, ...proposals) })).pipe(toArray()),
        none,
      )
      acting = act()
    },
    /** A turn that is executed after a later block was already read. */
    overtaken: async (block: bigint, by: bigint, ...proposals: readonly Proposal[]): Promise<readonly string[]> => {
      const turn = take({ type: 'reading', reading: reading(block, ...proposals) })
      take({ type: 'reading', reading: reading(by) })
      return (await lastValueFrom(acting(turn, seen).pipe(toArray()), none)).map(({ result }) => result)
    },
    /** Two turns that are executed one after the other; the second was read before the first answered. */
    slowly: async (
      [block, ...proposals]: readonly [bigint, ...(readonly Proposal[])],
      [next, ...news]: readonly [bigint, ...(readonly Proposal[])],
    ): Promise<readonly string[]> => {
      const first = take({ type: 'reading', reading: reading(block, ...proposals) })
      const answers = await lastValueFrom(acting(first, seen).pipe(toArray()), none)
      const second = take({ type: 'reading', reading: reading(next, ...news) })
      for (const outcome of answers) take({ type: 'wrote', outcome, hostTime: Number(next) * 2_000 })
      const later$ = acting(second, seen).pipe(
        tap((outcome) => take({ type: 'wrote', outcome, hostTime: Number(next) * 2_000 })),
        toArray(),
      )
      return (await lastValueFrom(later$, none)).map(({ result }) => result)
    },
    poll: async (block: bigint, ...proposals: readonly Proposal[]): Promise<readonly string[]> => {
      const outcomes = await lastValueFrom(
        acting(take({ type: 'reading', reading: reading(block, ...proposals) })).pipe(toArray()),
        none,
      )
      for (const outcome of outcomes) take({ type: 'wrote', outcome, hostTime: Number(block) * 2_000 })
      return outcomes.map(({ result }) => result)
    },
  }
}
