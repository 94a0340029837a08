import { describe, expect, it } from 'vitest'
import { keyOf } from '../../../src/domain/proposals/proposal.js'
import { parseReminder } from '../../../src/domain/upgrades/reminder.js'
import { resolvePlanOptions } from '../../../src/domain/upgrades/planOptions.js'
import type { PlanEvent } from '../../../src/domain/upgrades/PlanEvent.js'
import { noUpgrades, stepPlan } from '../../../src/domain/upgrades/stepPlan.js'
import { block, upgrade } from '../../support/builders.js'
import { passed, key, read, missed, told } from './planEvents.js'

const wrote = (head: number): PlanEvent => ({
  type: 'wrote',
  outcome: { result: 'written', key },
  head: block(head),
  hostTime: head * 1000,
})

describe('stepPlan', () => {
  it('judges a plan whose height is not a number once', () => {
    const odd = passed('1', 'v2', NaN)
    expect(told([read(10, [odd]), read(11, [odd]), read(12, [odd])])).toStrictEqual(['refused v2', '', ''])
    const voted = { ...odd, status: 'voting' as const }
    expect(told([read(10, [voted]), read(11, [voted])])).toStrictEqual(['silent pending v2', ''])
  })

  it('has nothing due while it is unsure whether the plan stands, and announces that except on Cosmos', () => {
    const doubtful = passed('1', 'v2', 100, {
      finding: { plan: { name: 'v2', height: 100 }, origin: 'call', problems: [], unsure: 'Who knows.' },
    })
    expect(told([read(60, [passed()]), read(100, [doubtful]), read(101, [passed()])])).toStrictEqual([
      'scheduled v2',
      'refused v2',
      'silent refused v2, due v2',
    ])
    const onCosmos = { ...doubtful, system: 'cosmos' }
    expect(told([read(60, [passed()]), read(100, [onCosmos]), read(101, [passed()])])).toStrictEqual([
      'scheduled v2',
      '',
      'due v2',
    ])
  })

  it('returns the same map if nothing changed', () => {
    const { upgrades } = stepPlan(noUpgrades, read(60, [passed()]), resolvePlanOptions({}))
    expect(stepPlan({ upgrades }, read(61, [passed()]), resolvePlanOptions({})).upgrades).toBe(upgrades)
    expect(stepPlan({ upgrades }, missed(61), resolvePlanOptions({})).upgrades).toBe(upgrades)
  })

  it('returns the same map while the node stands at the height', () => {
    const options = resolvePlanOptions({ minUpgradeDelay: 0 })
    const story = [read(60, [passed()]), read(100, [passed()]), wrote(100), read(101, [passed()]), missed(102)]
    const { upgrades } = story.reduce((step, event) => stepPlan(step, event, options), noUpgrades)
    expect(upgrades.get(key)).toMatchObject({ status: 'in_progress', evidence: { head: 101n, outage: true } })
    const still = read(101, [passed()], { hostTime: 103_000 })
    expect(stepPlan({ upgrades }, still, options).upgrades).toBe(upgrades)
    expect(stepPlan({ upgrades }, missed(104), options).upgrades).toBe(upgrades)
    expect(stepPlan({ upgrades }, read(102, [passed()]), options).upgrades).not.toBe(upgrades)
  })

  it('returns what is due until the writer answers', () => {
    expect(
      told([
        read(60, [passed()]),
        read(100, [passed()]),
        read(101, [passed()]),
        wrote(101),
        read(102, [passed()]),
        read(103, [passed()]),
      ]),
    ).toStrictEqual(['scheduled v2', 'due v2', 'due v2', 'triggered v2', '', 'completed v2'])
  })

  it('schedules one of two conflicting plans, the one whose vote ended first', () => {
    const rivals = [passed('2', 'v2', 120, { votingEnd: 55n }), passed('1', 'v2', 100, { votingEnd: 50n })]
    expect(told([read(60, rivals)])).toStrictEqual(['scheduled v2, refused v2'])
    expect(
      [...stepPlan(noUpgrades, read(60, rivals), resolvePlanOptions({})).upgrades.values()].map(
        ({ height, status }) => [height, status],
      ),
    ).toStrictEqual([
      [100, 'scheduled'],
      [120, 'refused'],
    ])
  })

  it('cancels one upgrade and schedules its successor in one reading', () => {
    const off = passed('1', 'v2', 100, { status: 'canceled', votingEnd: 55n })
    expect(told([read(60, [off, passed('2', 'v2', 120)])], {}, [upgrade('1', 'v2', 100)])).toStrictEqual([
      'cancelled v2, scheduled v2',
    ])
    expect(
      told([read(60, [passed('2', 'v2', 120)], { retracted: [key] })], {}, [upgrade('1', 'v2', 100)]),
    ).toStrictEqual(['cancelled v2, scheduled v2'])
  })

  it('replaces a cancelled plan by the rival whose vote ended first, also if a later rival changes in that reading', () => {
    const [first, second, late] = [
      passed('1', 'v2', 100, { votingEnd: 50n }),
      passed('2', 'v2', 100, { votingEnd: 51n }),
      passed('3', 'v2', 100, { votingEnd: 55n }),
    ]
    const options = resolvePlanOptions({})
    const all = stepPlan(noUpgrades, read(60, [first, second, late]), options)
    const settled = stepPlan(all, read(61, [first, second, late]), options)
    const off = passed('1', 'v2', 100, { votingEnd: 50n, status: 'canceled' })
    const executed = passed('3', 'v2', 100, { votingEnd: 55n, status: 'executed' })
    const { upgrades } = stepPlan(settled, read(62, [off, second, executed]), options)
    expect([off, second, executed].map((one) => upgrades.get(keyOf(one))?.status)).toStrictEqual([
      'cancelled',
      'scheduled',
      'refused',
    ])
  })

  it('cancels a scheduled upgrade when a reorg reopens its vote', () => {
    expect(
      told([read(60, [passed('1', 'v2', 100, { status: 'voting' })]), read(61, [passed()])], {}, [
        upgrade('1', 'v2', 100),
      ]),
    ).toStrictEqual(['cancelled v2', 'scheduled v2'])
  })

  it('writes ahead, yields to a lower plan that comes later, and writes again after it', () => {
    const low = passed('2', 'v1.5', 80)
    const answer = (head: number, name: '1' | '2'): PlanEvent => ({
      type: 'wrote',
      outcome: { result: 'written', key: keyOf(passed(name)) },
      head: block(head),
      hostTime: 0,
    })
    expect(
      told(
        [
          read(60, [passed()]),
          answer(60, '1'),
          read(61, [passed()]),
          read(62, [passed(), low]),
          answer(62, '2'),
          read(80, [passed(), low]),
          answer(80, '2'),
          read(81, [passed(), low]),
          read(82, [passed(), low]),
        ],
        { when: 'on-schedule' },
      ),
    ).toStrictEqual([
      'scheduled v2, due v2',
      'silent scheduled v2',
      '',
      'scheduled v1.5, silent rescheduled v2, due v1.5',
      'silent scheduled v1.5',
      'due v1.5',
      'triggered v1.5',
      '',
      'completed v1.5, due v2',
    ])
  })

  it('announces each reminder once, and of several only the tightest', () => {
    const reminders = ['30 blocks', '10 blocks'].map((text) => parseReminder(text)!)
    expect(
      told(
        [69, 70, 71, 90, 95].map((head) => read(head, [passed()])),
        { reminders },
        [upgrade('1', 'v2', 100)],
      ),
    ).toStrictEqual(['', 'imminent v2', '', 'imminent v2', ''])
    expect(told([read(95, [passed()]), read(96, [passed()])], { reminders })).toStrictEqual([
      'scheduled v2, imminent v2',
      '',
    ])
  })

  it('fails an upgrade that stalls, even unreachable, and completes it later', () => {
    const options = { stallTimeout: 10_000 }
    expect(
      told(
        [
          read(100, [passed()], { caughtUpAt: { head: 99n, time: 99_000 } }),
          wrote(100),
          missed(105),
          missed(111),
          missed(112),
          read(113, [passed()]),
        ],
        options,
      ),
    ).toStrictEqual(['scheduled v2, due v2', 'triggered v2', '', 'failed v2', '', 'completed v2'])
  })

  it.each(['on-schedule', 'never'] as const)(
    'completes on a version change between two readings around the height (%s)',
    (when) => {
      const answer = (head: number, nodeVersion: string): PlanEvent => ({
        type: 'wrote',
        outcome: { result: when === 'never' ? 'skipped' : 'written', key },
        head: block(head),
        hostTime: head * 1000,
        nodeVersion,
      })
      const events = [
        read(90, [passed()], { nodeVersion: 'v1' }),
        ...(when === 'never' ? [] : [answer(90, 'v1')]),
        read(103, [passed()], { nodeVersion: 'v2' }),
        answer(103, 'v2'),
        read(105, [passed()], { nodeVersion: 'v2' }),
      ]
      expect(told(events, { when }).at(-1)).toBe('completed v2')
    },
  )

  it('refuses a height that passed during too long an absence', () => {
    expect(
      told([read(3_800, [passed()], { caughtUpAt: { head: 90n, time: 90_000 } })], {}, [upgrade('1', 'v2', 100)]),
    ).toStrictEqual(['refused v2'])
  })

  it('ignores an outcome of an unknown upgrade', () => {
    expect(told([wrote(60)])).toStrictEqual([''])
  })
})
