import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Proposal } from '../../src/domain/proposals/proposal.js'
import { isLive } from '../../src/domain/upgrades/queueOf.js'
import { openStore } from '../../src/store/openStore.js'
import {
  calmTimeline,
  forkedTimeline,
  options,
  polls,
  rivalTimeline,
  runs,
  type Poll,
  type Run,
  watch,
} from './interleavingGiven.js'

/** The proposals at the end. When they were read and first seen closed depends on the times of the polls. */
function proposalsOf({ state }: Run): readonly Partial<Proposal>[] {
  return [...state.proposals.values()]
    .map(({ readAt: _readAt, closedAt: _closedAt, ...rest }) => rest)
    .sort((a, b) => Number(a.id) - Number(b.id))
}

/**
 * The upgrades at the end, of the proposals that still stand. Their times, reasons and revisions depend on the times
 * of the polls, and one that was cancelled between two polls never existed.
 */
function upgradesOf({ state }: Run): readonly unknown[] {
  return [...state.upgrades.values()]
    .filter(({ key }) => ['passed', 'queued', 'executed'].includes(state.proposals.get(key)?.status ?? ''))
    .map(({ key, name, height, status }) => ({ key, name, height, status }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** What only some polls announce; what they announce of upgrades and health depends on their times. */
function addedIn(ids: readonly string[], told: readonly string[]): readonly string[] {
  return ids.filter((id) => !id.includes(':upgrade_') && !id.includes(':source_') && !told.includes(id))
}

const clean: readonly Poll[] = []

describe('any interleaving of readings, repeats, gaps, failures, portions and restarts', () => {
  it.each([
    ['calm', calmTimeline],
    ['reorganised', forkedTimeline],
    ['with conflicting plans', rivalTimeline],
  ] as const)(
    'leads to the same state as reading each block, and announces nothing twice and without a reorg nothing else: %s',
    (_, timelines) => {
      fc.assert(
        fc.property(timelines, polls, options, (timeline, schedule, plan) => {
          const every = watch(timeline, clean, plan)
          const some = watch(timeline, schedule, plan)
          expect(proposalsOf(some)).toStrictEqual(proposalsOf(every))
          expect(upgradesOf(some)).toStrictEqual(upgradesOf(every))
          expect([...some.state.upgrades.values()].filter(isLive)).toStrictEqual([])
          expect(new Set(some.ids).size).toBe(some.ids.length)
          if (timeline.reorg === undefined) expect(addedIn(some.ids, every.ids)).toStrictEqual([])
        }),
        runs,
      )
    },
  )

  it('leads to the same with the state stored in a file', () => {
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
