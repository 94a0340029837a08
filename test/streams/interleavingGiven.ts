import fc from 'fast-check'
import type { ChainState, Turn } from '../../src/domain/chainState.js'
import type { GoodReading } from '../../src/domain/reading.js'
import { type PlanOptions } from '../../src/domain/upgrades/planOptions.js'
import type { WriteOutcome } from '../../src/domain/upgrades/writeOutcome.js'
import type { Store } from '../../src/store/Store.js'
import { newChain } from '../../src/domain/newChain.js'
import { stepLine } from '../support/line.js'
import { chain, failure } from '../support/builders.js'
import { type Life, readAt, type Timeline } from '../support/timeline.js'

// All events are in these blocks; afterwards the chain runs on until every upgrade has ended.
const busyBlocks = 60

export const lastHeight = 90

const end = lastHeight + 25

/** The outcome of the poll at a block. */
export type Poll = 'good' | 'twice' | 'none' | 'failed' | 'portions' | 'restart' | 'refusing' | 'unwritable'

export const polls = fc.array(
  fc.constantFrom<Poll>('good', 'good', 'twice', 'none', 'none', 'none', 'failed', 'portions', 'restart'),
  { minLength: lastHeight, maxLength: lastHeight },
)

export interface Run {
  readonly state: ChainState
  readonly turns: readonly Turn[]
  readonly ids: readonly string[]
}

/** Watches a timeline from block 0 on, poll by poll, and writes what is due when it is due. */
export function watch(
  timeline: Timeline,
  schedule: readonly Poll[],
  plan: PlanOptions,
  store?: Pick<Store, 'commit' | 'load'>,
): Run {
  const step = stepLine({ plan, diff: { proposalTimeout: 10_000 } })
  const turns: Turn[] = []
  let state = newChain(chain, 0)
  const take = (turn: Turn): void => {
    turns.push(turn)
    state = turn.state
    void store?.commit(turn, () => [])
  }
  const good = (reading: GoodReading, poll: Poll = 'good'): void => {
    const turn = step(state, { type: 'reading', reading })
    take(turn)
    for (const { key } of turn.due) {
      const outcome: WriteOutcome =
        poll === 'refusing'
          ? { result: 'refused', key, reason: 'Not ours.' }
          : poll === 'unwritable'
            ? { result: 'failed', key, reason: 'Disk full.' }
            : { result: 'written', key }
      take(step(state, { type: 'wrote', outcome, hostTime: reading.readAt }))
    }
  }
  for (let block = 0; block <= end; block += 1) {
    const poll = block === 0 ? 'good' : (schedule[block - 1] ?? 'good')
    const reading = readAt(timeline, state.cursor, block)
    if (poll === 'none') continue
    if (poll === 'failed') take(step(state, { type: 'missed', reading: failure(block) }))
    else if (poll === 'portions') {
      const behind = Number(state.proposalsReadTo ?? 0n)
      const isForked = timeline.reorg !== undefined && behind < timeline.reorg.at && block >= timeline.reorg.at
      // A reader reads a step back in one portion.
      const half = isForked ? block : Math.floor((behind + block) / 2)
      if (half > behind && half < block) good(readAt(timeline, state.cursor, block, half))
      good(readAt(timeline, state.cursor, block))
    } else {
      good(reading, poll)
      if (poll === 'twice') good(reading)
      if (poll === 'restart') state = store?.load(chain) ?? state
    }
  }
  return {
    state,
    turns,
    ids: turns.flatMap(({ announcements }) => announcements.map(({ notification }) => notification.id)),
  }
}

const life = (id: number, plan: fc.Arbitrary<Life['plan']>): fc.Arbitrary<Life> =>
  fc
    .record({
      created: fc.integer({ min: 1, max: 30 }),
      delay: fc.integer({ min: 0, max: 5 }),
      period: fc.integer({ min: 1, max: 15 }),
      votes: fc.array(
        fc.record({
          after: fc.integer({ min: 1, max: 15 }),
          yes: fc.constantFrom(true, true, false),
          isLost: fc.boolean(),
        }),
        { maxLength: 6 },
      ),
      isLost: fc.boolean(),
      canceledAfter: fc.option(fc.integer({ min: 0, max: 25 }), { freq: 4, nil: undefined }),
      executedAfter: fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }),
      finalisedAfter: fc.option(fc.constantFrom(-1, 1, 4, 9), { freq: 3, nil: undefined }),
      plan,
    })
    .map(
      ({
        created,
        delay,
        period,
        votes,
        isLost,
        canceledAfter,
        executedAfter,
        finalisedAfter,
        plan: carried,
      }): Life => {
        const votingStart = created + delay
        const votingEnd = votingStart + period
        const finalised =
          carried !== undefined || finalisedAfter === undefined
            ? undefined
            : finalisedAfter < 0
              ? 0
              : votingEnd + finalisedAfter
        const executed = executedAfter === undefined ? undefined : Math.max(votingEnd, finalised ?? 0) + executedAfter
        const called = canceledAfter === undefined ? undefined : created + canceledAfter
        // A plan that was executed is not canceled, and a canceled proposal gets no votes.
        const canceled = called !== undefined && called < (executed ?? busyBlocks) ? called : undefined
        return {
          id: String(id),
          created,
          isLost,
          votingStart,
          votingEnd,
          votes: votes
            .map(({ after, ...vote }) => ({ ...vote, block: votingStart + Math.min(after, period) }))
            .filter(({ block }) => block < (canceled ?? end))
            .sort((a, b) => a.block - b.block),
          ...(carried !== undefined && { plan: carried }),
          ...(executed !== undefined && { executed }),
          ...(finalised !== undefined && { finalised }),
          ...(canceled !== undefined && { canceled }),
        }
      },
    )

/** A plan with a name of its own for each proposal, at any height. */
const ownPlan = (id: number, min: number) =>
  fc.option(
    fc.integer({ min, max: lastHeight }).map((height) => ({ name: `v${id}`, height })),
    { freq: 3, nil: undefined },
  )

/** Plans with conflicting names and heights, once everything else is over. */
const rivalPlan = fc.option(
  fc.record({ name: fc.constantFrom('v2', 'v3'), height: fc.integer({ min: busyBlocks + 1, max: busyBlocks + 3 }) }),
  { freq: 4, nil: undefined },
)

const livesOf = (plan: (id: number) => fc.Arbitrary<Life['plan']>) =>
  fc.tuple(...[1, 2, 3, 4].map((id) => life(id, plan(id))))

const reorg = fc.record({ at: fc.integer({ min: 10, max: busyBlocks }), depth: fc.integer({ min: 1, max: 8 }) })

// Distinct heights, and no cancellation after the height: a written file cannot be revoked, so the time at which it
// was seen would matter.
export const calmTimeline: fc.Arbitrary<Timeline> = livesOf((id) => ownPlan(id, 10)).map((lives) => ({
  lives: lives
    .map((one, index) =>
      one.plan === undefined
        ? one
        : { ...one, plan: { ...one.plan, height: one.plan.height - (one.plan.height % 4) + index } },
    )
    .map(({ canceled, ...rest }) =>
      canceled === undefined || canceled >= (rest.plan?.height ?? end) ? rest : { ...rest, canceled },
    ),
}))

export const forkedTimeline: fc.Arbitrary<Timeline> = fc
  .record({ lives: livesOf((id) => ownPlan(id, busyBlocks + 1)), reorg })
  .map(({ lives, reorg: fork }) => ({
    reorg: fork,
    lives: lives.map((one, index) =>
      one.plan === undefined
        ? one
        : {
            ...one,
            plan: { ...one.plan, height: busyBlocks + 1 + ((one.plan.height * 4 + index) % (lastHeight - busyBlocks)) },
          },
    ),
  }))

export const rivalTimeline: fc.Arbitrary<Timeline> = fc
  .record({ lives: livesOf(() => rivalPlan), reorg: fc.option(reorg, { nil: undefined }) })
  .map(({ lives, reorg: fork }) => ({ lives, ...(fork !== undefined && { reorg: fork }) }))

export const options: fc.Arbitrary<PlanOptions> = fc.record({
  minUpgradeDelay: fc.constantFrom(0, 5_000),
  maxConcurrentUpgrades: fc.integer({ min: 1, max: 2 }),
  leadBlocks: fc.constantFrom(0, 0, 4),
  when: fc.constantFrom('at-height', 'at-height', 'on-schedule', 'never'),
})

export const runs = { numRuns: 150 }
