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

describe('in every turn of any random run, whatever the writer answers', () => {
  const everyTurn = (check: (turn: Turn, plan: ReturnType<typeof resolvePlanOptions>) => void): void => {
    fc.assert(
      fc.property(
        fc.oneof(calmTimeline, forkedTimeline, rivalTimeline),
        fc.oneof(polls, hardPolls),
        options,
        (timeline, schedule, plan) => {
          for (const turn of watch(timeline, schedule, plan).turns) check(turn, resolvePlanOptions(plan))
        },
      ),
      runs,
    )
  }

  it('nothing is due before its height less leadBlocks, before its delay, or above maxConcurrentUpgrades', () => {
    let written = 0
    everyTurn(({ state, due }, { leadBlocks, minUpgradeDelay, maxConcurrentUpgrades, when }) => {
      written += due.length
      const { number, timestamp } = state.head!
      for (const { height = 0, scheduledAt } of due) {
        if (when !== 'on-schedule')
          expect(Number(number)).toBeGreaterThanOrEqual(height - (when === 'never' ? 0 : leadBlocks))
        // Without a file nothing is delayed: the node switches at the height.
        if (when !== 'never') expect(timestamp - scheduledAt!).toBeGreaterThanOrEqual(BigInt(minUpgradeDelay / 1000))
      }
      const busy = [...state.upgrades.values()].filter(({ status }) => status === 'in_progress').length
      if (when !== 'never') expect(due.length === 0 || busy + due.length <= maxConcurrentUpgrades).toBe(true)
    })
    expect(written).toBeGreaterThan(0)
  })

  it('every due upgrade belongs to a passed or executed proposal', () => {
    everyTurn(({ state, due }) => {
      const statuses = due.map(({ key }) => state.proposals.get(key)?.status)
      expect(statuses.filter((status) => status !== 'passed' && status !== 'executed')).toStrictEqual([])
    })
  })

  it('every scheduled upgrade has its proposal', () => {
    everyTurn(({ state }) => {
      const orphans = [...state.upgrades.values()].filter(
        ({ key, status }) => status === 'scheduled' && !state.proposals.has(key),
      )
      expect(state.health.backlog > 0n ? [] : orphans).toStrictEqual([])
    })
  })

  it('the queue is sorted by height, pending and live upgrades first', () => {
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
