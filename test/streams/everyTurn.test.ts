import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Turn } from '../../src/domain/chainState.js'
import { byHeight, isLive, queueOf } from '../../src/domain/upgrades/queueOf.js'
import { resolvePlanOptions } from '../../src/domain/upgrades/planOptions.js'
import {
  calmTimeline,
  forkedTimeline,
  lastHeight,
  options,
  polls,
  rivalTimeline,
  runs,
  type Poll,
  watch,
} from './interleavingGiven.js'

/** As `polls`, with a writer that finds a foreign plan in the file, or a disk that fails. */
const hardPolls = fc.array(fc.constantFrom<Poll>('good', 'none', 'failed', 'portions', 'refusing', 'unwritable'), {
  minLength: lastHeight,
  maxLength: lastHeight,
})

type Check = (turn: Turn, plan: ReturnType<typeof resolvePlanOptions>) => void

const noneIsDueTooEarly: Check = ({ state, due }, { leadBlocks, minUpgradeDelay, maxConcurrentUpgrades, when }) => {
  const { number, timestamp } = state.head!
  for (const { height = 0, scheduledAt } of due) {
    if (when !== 'on-schedule')
      expect(Number(number)).toBeGreaterThanOrEqual(height - (when === 'never' ? 0 : leadBlocks))
    // Without a file nothing is delayed: the node switches at the height.
    if (when !== 'never') expect(timestamp - scheduledAt!).toBeGreaterThanOrEqual(BigInt(minUpgradeDelay / 1000))
  }
  const busy = [...state.upgrades.values()].filter(({ status }) => status === 'in_progress').length
  if (when !== 'never') expect(due.length === 0 || busy + due.length <= maxConcurrentUpgrades).toBe(true)
}

const eachDueHasPassed: Check = ({ state, due }) => {
  const statuses = due.map(({ key }) => state.proposals.get(key)?.status)
  expect(statuses.filter((status) => status !== 'passed' && status !== 'executed')).toStrictEqual([])
}

const eachScheduledHasItsProposal: Check = ({ state }) => {
  const orphans = [...state.upgrades.values()].filter(
    ({ key, status }) => status === 'scheduled' && !state.proposals.has(key),
  )
  expect(state.health.backlog > 0n ? [] : orphans).toStrictEqual([])
}

/** By height, pending and live upgrades first. */
const queueIsSorted: Check = ({ state }) => {
  const all = queueOf(state.upgrades.values()).upgrades
  const pending = all.filter(({ status }) => status === 'pending')
  expect(all.slice(0, pending.length)).toStrictEqual(pending)
  const upgrades = all.slice(pending.length)
  const living = upgrades.filter(isLive)
  expect(upgrades.slice(0, living.length)).toStrictEqual(living)
  expect(living).toStrictEqual([...living].sort(byHeight))
}

describe('in every turn of any random run, whatever the writer answers', () => {
  it('what is due has passed and is not too early, what is scheduled has its proposal, and the queue is sorted', () => {
    const timelines = fc.oneof(calmTimeline, forkedTimeline, rivalTimeline)
    fc.assert(
      // One run for all four: the run takes longer than what is checked of it.
      fc.property(timelines, fc.oneof(polls, hardPolls), options, (timeline, schedule, plan) => {
        for (const turn of watch(timeline, schedule, plan).turns) {
          for (const check of [noneIsDueTooEarly, eachDueHasPassed, eachScheduledHasItsProposal, queueIsSorted])
            check(turn, resolvePlanOptions(plan))
        }
      }),
      runs,
    )
  })
})

describe('the plan of a vote that passes', () => {
  it('is due once, at its height, if each block is read', () => {
    const votes = [2, 3].map((block) => ({ block, yes: true }))
    const life = { id: '1', created: 1, votingStart: 1, votingEnd: 6, votes, plan: { name: 'v2', height: 70 } }
    const { turns } = watch({ lives: [life] }, [], { minUpgradeDelay: 0 })
    expect(turns.flatMap(({ due, state }) => due.map(({ name }) => [name, state.head?.number]))).toStrictEqual([
      ['v2', 70n],
    ])
  })
})
