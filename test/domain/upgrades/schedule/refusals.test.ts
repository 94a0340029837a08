import { describe, expect, it } from 'vitest'
import type { Proposal } from '../../../../src/domain/proposals/proposal.js'
import type { ScheduleContext } from '../../../../src/domain/upgrades/schedule/ScheduleContext.js'
import type { Upgrade } from '../../../../src/domain/upgrades/upgrade.js'
import { block, genesis, steadyPace, upgrade } from '../../../support/builders.js'
import { moves, passed, typesOf, waiting } from './scheduleProposalGiven.js'

describe('scheduleProposal', () => {
  it('refuses a scheduled upgrade when its proposal is found to carry two plans', () => {
    const finding = { ...passed().finding!, problems: ['The proposal carries 2 plans that disagree.'] }
    expect(moves(passed('v2', 100, { finding }), [waiting])).toMatchObject([
      { type: 'refused', before: waiting, upgrade: { status: 'refused', reasons: finding.problems } },
    ])
  })

  it('announces a refusal once', () => {
    const [refusal] = moves(passed('../v2'))
    expect(refusal).toMatchObject({
      type: 'refused',
      silent: false,
      upgrade: { status: 'refused', completedAt: genesis + 60n },
    })
    expect(moves(passed('../v2'), [refusal!.upgrade])).toStrictEqual([])
  })

  it('schedules a refused upgrade once the conflicting one is cancelled', () => {
    const other = upgrade('2', 'v2', 120)
    const [refusal] = moves(passed(), [other])
    expect(refusal?.type).toBe('refused')
    expect(moves(passed(), [other, refusal!.upgrade])).toStrictEqual([])
    expect(moves(passed(), [{ ...other, status: 'cancelled' }, refusal!.upgrade])).toMatchObject([
      { type: 'scheduled', upgrade: { revision: 2 } },
    ])
  })

  it('updates the reasons of an upgrade that stays refused, silently', () => {
    const [first, second] = [upgrade('2', 'v2', 120), upgrade('3', 'v3', 100)]
    const [refusal] = moves(passed(), [first, second])
    const still = moves(passed(), [{ ...first, status: 'cancelled' }, second, refusal!.upgrade])
    expect(still).toMatchObject([
      { type: 'refused', silent: true, upgrade: { reasons: [expect.stringMatching(/^Proposal 3 already has/)] } },
    ])
    expect([refusal, still[0]].map((move) => move?.upgrade.rivals?.map(({ key }) => key))).toStrictEqual([
      [first.key, second.key],
      [second.key],
    ])
    expect(moves(passed(), [{ ...first, status: 'cancelled' }, second, still[0]!.upgrade])).toStrictEqual([])
    // The place is now held by another upgrade, and the height has passed by then.
    const late: ScheduleContext = { head: block(110), hostTime: 110_000, caughtUpAt: { head: 109n, time: 109_000 } }
    const behind = moves(passed(), [{ ...second, status: 'cancelled' }, still[0]!.upgrade], {}, late)
    expect(behind).toMatchObject([
      { type: 'refused', silent: true, upgrade: { reasons: [expect.stringMatching(/^height already passed/)] } },
    ])
    const later: ScheduleContext = { head: block(120), hostTime: 120_000, caughtUpAt: { head: 119n, time: 119_000 } }
    expect(moves(passed(), [behind[0]!.upgrade], {}, later)).toStrictEqual([])
  })

  it('does not schedule again what the writer refused', () => {
    expect(moves(passed(), [{ ...waiting, status: 'refused', completedAt: genesis }])).toStrictEqual([])
  })

  it('schedules a refused upgrade when its plan is corrected', () => {
    const refused: Upgrade = { ...moves(passed('../v2'))[0]!.upgrade }
    expect(typesOf(moves(passed('v2'), [refused]))).toStrictEqual(['scheduled'])
  })

  it('refuses a height within the vote if the vote is counted in blocks', () => {
    const between: ScheduleContext = { head: block(105), hostTime: 105_000, caughtUpAt: { head: 90n, time: 90_000 } }
    expect(typesOf(moves(passed('v2', 100, { votingEnd: 100n }), [], {}, between))).toStrictEqual(['refused'])
    expect(typesOf(moves(passed('v2', 100, { votingEnd: 99n }), [], {}, between))).toStrictEqual(['scheduled'])
    expect(
      typesOf(moves(passed('v2', 100, { votingEnd: 10n ** 9n, clock: 'timestamp' }), [], {}, between)),
    ).toStrictEqual(['scheduled'])
  })

  describe('a plan that was in time, whose proposal was reported as over at its height', () => {
    const at = (head: number): ScheduleContext => ({
      head: block(head),
      hostTime: head * 1000,
      blockTime: steadyPace(head),
      caughtUpAt: { head: BigInt(head - 1), time: (head - 1) * 1000 },
    })
    const [off] = moves(passed('v2', 100, { status: 'canceled' }), [waiting], {}, at(100))
    const again = (head: number, known: readonly Upgrade[], parts: Partial<Proposal> = {}) =>
      moves(passed('v2', 100, parts), known, { lateLimit: 60_000 }, at(head))

    it('is scheduled again if the proposal is back within the limit for late heights', () => {
      expect(off?.type).toBe('cancelled')
      for (const head of [101, 160]) {
        const [back] = again(head, [off!.upgrade])
        expect(back?.type).toBe('scheduled')
        expect(back?.upgrade.reasons).toContain('It was cancelled before, and is back.')
      }
    })

    it('is refused after that limit, which says why', () => {
      expect(again(161, [off!.upgrade])).toMatchObject([
        {
          type: 'refused',
          upgrade: {
            reasons: [
              'height already passed: height 100 came by about 1 min 1 s ago, while the proposal was reported as over or with another plan.',
            ],
          },
        },
      ])
    })

    it('is refused if it is another plan, or was never scheduled', () => {
      const { scheduledAt: _never, ...unscheduled } = off!.upgrade
      expect(typesOf(again(101, [unscheduled]))).toStrictEqual(['refused'])
      expect(typesOf(again(101, [{ ...off!.upgrade, name: 'v3' }]))).toStrictEqual(['refused'])
      expect(typesOf(again(101, []))).toStrictEqual(['refused'])
    })

    it('is refused if its vote ended after the height', () => {
      expect(typesOf(again(101, [off!.upgrade], { votingEnd: 100n }))).toStrictEqual(['refused'])
    })
  })
})
