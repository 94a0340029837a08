import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChainState, Turn } from '../../src/domain/chainState.js'
import type { Proposal } from '../../src/domain/proposals/proposal.js'
import { byHeight, isLive, queueOf } from '../../src/domain/upgrades/queueOf.js'
import type { GoodReading } from '../../src/domain/reading.js'
import { type PlanOptions, withDefaults } from '../../src/domain/upgrades/scheduling.js'
import type { WriteOutcome } from '../../src/domain/upgrades/upgrade.js'
import { openStore } from '../../src/store/openStore.js'
import type { Store } from '../../src/store/Store.js'
import { newChain } from '../../src/domain/newChain.js'
import { stepLine } from '../support/line.js'
import { chain, failure } from '../support/builders.js'
import { type Life, readAt, type Timeline } from '../support/timeline.js'

// Everything happens within these blocks; then the chain runs on quietly until every upgrade has come to its end.
const busyBlocks = 60
const lastHeight = 90
const end = lastHeight + 25

/** What the poll at a block came to. */
type Poll = 'good' | 'twice' | 'none' | 'failed' | 'portions' | 'restart' | 'refusing' | 'unwritable'
const polls = fc.array(
  fc.constantFrom<Poll>('good', 'good', 'twice', 'none', 'none', 'none', 'failed', 'portions', 'restart'),
  { minLength: lastHeight, maxLength: lastHeight },
)
/** As `polls`, with a writer that finds somebody else's plan in the file, or a disk that says no. */
const hardPolls = fc.array(fc.constantFrom<Poll>('good', 'none', 'failed', 'portions', 'refusing', 'unwritable'), {
  minLength: lastHeight,
  maxLength: lastHeight,
})

interface Run {
  readonly state: ChainState
  readonly turns: readonly Turn[]
  readonly ids: readonly string[]
}

/** Watches a timeline from block 0 on, poll by poll, and writes what is due when it is due. */
function watch(
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
      const behind = Number(state.readTo ?? 0n)
      const isForked = timeline.reorg !== undefined && behind < timeline.reorg.at && block >= timeline.reorg.at
      // A reader goes back in one piece.
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
        // Nobody cancels what was carried out, and nobody votes on what was canceled.
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

/** A plan of its own name for each life, at any height. */
const ownPlan = (id: number, min: number) =>
  fc.option(
    fc.integer({ min, max: lastHeight }).map((height) => ({ name: `v${id}`, height })),
    { freq: 3, nil: undefined },
  )
/** Names and heights that get in each other's way, when everything else is over. */
const rivalPlan = fc.option(
  fc.record({ name: fc.constantFrom('v2', 'v3'), height: fc.integer({ min: busyBlocks + 1, max: busyBlocks + 3 }) }),
  { freq: 4, nil: undefined },
)

const livesOf = (plan: (id: number) => fc.Arbitrary<Life['plan']>) =>
  fc.tuple(...[1, 2, 3, 4].map((id) => life(id, plan(id))))
const reorg = fc.record({ at: fc.integer({ min: 10, max: busyBlocks }), depth: fc.integer({ min: 1, max: 8 }) })
// Distinct heights, and no cancellation after the height: what was written cannot be called back, so it matters when it
// was seen.
const calmTimeline: fc.Arbitrary<Timeline> = livesOf((id) => ownPlan(id, 10)).map((lives) => ({
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
const forkedTimeline: fc.Arbitrary<Timeline> = fc
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
const rivalTimeline: fc.Arbitrary<Timeline> = fc
  .record({ lives: livesOf(() => rivalPlan), reorg: fc.option(reorg, { nil: undefined }) })
  .map(({ lives, reorg: fork }) => ({ lives, ...(fork !== undefined && { reorg: fork }) }))

const options: fc.Arbitrary<PlanOptions> = fc.record({
  minUpgradeDelay: fc.constantFrom(0, 5_000),
  maxConcurrentUpgrades: fc.integer({ min: 1, max: 2 }),
  leadBlocks: fc.constantFrom(0, 0, 4),
  when: fc.constantFrom('at-height', 'at-height', 'on-schedule', 'never'),
})

/** The proposals at the end. When they were read and first seen closed depends on when we looked. */
function proposalsOf({ state }: Run): readonly Partial<Proposal>[] {
  return [...state.proposals.values()]
    .map(({ readAt: _readAt, closedAt: _closedAt, ...rest }) => rest)
    .sort((a, b) => Number(a.id) - Number(b.id))
}

/**
 * The upgrades at the end of the proposals that still stand. Their times, reasons and rounds depend on when we
 * looked, and one that was called off between two looks was never there.
 */
function upgradesOf({ state }: Run): readonly unknown[] {
  return [...state.upgrades.values()]
    .filter(({ key }) => ['passed', 'queued', 'executed'].includes(state.proposals.get(key)?.status ?? ''))
    .map(({ key, name, height, status }) => ({ key, name, height, status }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
}

const clean: readonly Poll[] = []
const runs = { numRuns: 150 }

describe('any interleaving of readings, repeats, gaps, failures, portions and restarts', () => {
  it.each([
    ['calm', calmTimeline],
    ['reorganised', forkedTimeline],
    ['with conflicting plans', rivalTimeline],
  ] as const)('gives the state that a reading of each block gives: %s', (_, timelines) => {
    fc.assert(
      fc.property(timelines, polls, options, (timeline, schedule, plan) => {
        const every = watch(timeline, clean, plan)
        const some = watch(timeline, schedule, plan)
        expect(proposalsOf(some)).toStrictEqual(proposalsOf(every))
        expect(upgradesOf(some)).toStrictEqual(upgradesOf(every))
        expect([...some.state.upgrades.values()].filter(isLive)).toStrictEqual([])
      }),
      runs,
    )
  })

  it('tells nothing twice, and without a reorg nothing that a reading of each block does not tell', () => {
    fc.assert(
      fc.property(fc.oneof(calmTimeline, forkedTimeline, rivalTimeline), polls, options, (timeline, schedule, plan) => {
        const some = watch(timeline, schedule, plan)
        expect(new Set(some.ids).size).toBe(some.ids.length)
        if (timeline.reorg !== undefined) return
        const told = new Set(watch(timeline, clean, plan).ids)
        expect(
          some.ids.filter((id) => !id.includes(':upgrade_') && !id.includes(':source_') && !told.has(id)),
        ).toStrictEqual([])
      }),
      runs,
    )
  })

  it('survives the state file', () => {
    fc.assert(
      fc.property(fc.oneof(calmTimeline, forkedTimeline), polls, options, (timeline, schedule, plan) => {
        const store = openStore({ path: ':memory:' })
        const stored = watch(timeline, schedule, plan, store)
        store.close()
        expect(stored.ids).toStrictEqual(watch(timeline, schedule, plan).ids)
      }),
      { numRuns: 25 },
    )
  })
})

describe('in every turn of any such run, whatever the writer says', () => {
  const everyTurn = (check: (turn: Turn, plan: ReturnType<typeof withDefaults>) => void): void => {
    fc.assert(
      fc.property(
        fc.oneof(calmTimeline, forkedTimeline, rivalTimeline),
        fc.oneof(polls, hardPolls),
        options,
        (timeline, schedule, plan) => {
          for (const turn of watch(timeline, schedule, plan).turns) check(turn, withDefaults(plan))
        },
      ),
      runs,
    )
  }

  it('nothing is due before its height less the lead, before its delay is over, or beyond the places there are', () => {
    let written = 0
    everyTurn(({ state, due }, { leadBlocks, minUpgradeDelay, maxConcurrentUpgrades, when }) => {
      written += due.length
      const { number, timestamp } = state.head!
      for (const { height, scheduledAt } of due) {
        if (when !== 'on-schedule')
          expect(Number(number)).toBeGreaterThanOrEqual(height - (when === 'never' ? 0 : leadBlocks))
        // Where no file is written, nothing is delayed: the node switches at the height.
        if (when !== 'never') expect(timestamp - scheduledAt!).toBeGreaterThanOrEqual(BigInt(minUpgradeDelay / 1000))
      }
      const busy = [...state.upgrades.values()].filter(({ status }) => status === 'in_progress').length
      if (when !== 'never') expect(due.length === 0 || busy + due.length <= maxConcurrentUpgrades).toBe(true)
    })
    expect(written).toBeGreaterThan(0)
  })

  it('what is due comes from a proposal that stands', () => {
    everyTurn(({ state, due }) => {
      const statuses = due.map(({ key }) => state.proposals.get(key)?.status)
      expect(statuses.filter((status) => status !== 'passed' && status !== 'executed')).toStrictEqual([])
    })
  })

  it('no scheduled upgrade is without its proposal', () => {
    everyTurn(({ state }) => {
      const orphans = [...state.upgrades.values()].filter(
        ({ key, status }) => status === 'scheduled' && !state.proposals.has(key),
      )
      expect(state.health.backlog > 0n ? [] : orphans).toStrictEqual([])
    })
  })

  it('the queue is sorted by height, the living before the others', () => {
    everyTurn(({ state }) => {
      const all = queueOf(state.upgrades.values()).upgrades
      const pending = all.filter(({ status }) => status === 'pending')
      expect(all.slice(0, pending.length)).toStrictEqual(pending)
      const upgrades = all.slice(pending.length)
      const living = upgrades.filter(isLive)
      expect(upgrades.slice(0, living.length)).toStrictEqual(living)
      expect(living).toStrictEqual([...living].sort(byHeight))
    })
  })
})
