import { describe, expect, it } from 'vitest'
import { keyOf, type Proposal } from '../../../src/domain/proposals/proposal.js'
import { parseReminder } from '../../../src/domain/upgrades/reminder.js'
import { type PlanOptions, withDefaults } from '../../../src/domain/upgrades/scheduling.js'
import type { Upgrade } from '../../../src/domain/upgrades/upgrade.js'
import type { PlanEvent } from '../../../src/domain/upgrades/PlanEvent.js'
import { noUpgrades, stepPlan } from '../../../src/domain/upgrades/stepPlan.js'
import { block, byKey, genesis, queued, steadyPace, upgrade, upgradeProposal } from '../../support/builders.js'

const passed = (id = '1', name = 'v2', height = 100, parts: Partial<Proposal> = {}): Proposal =>
  upgradeProposal(id, name, height, { status: 'passed', ...parts })
const key = keyOf(passed())

function read(
  head: number,
  proposals: readonly Proposal[],
  parts: Partial<Extract<PlanEvent, { type: 'read' }>> = {},
): PlanEvent {
  return {
    type: 'read',
    head: block(head),
    hostTime: head * 1000,
    proposals: byKey(...proposals),
    retracted: [],
    blockTime: steadyPace(head),
    watched: { head: BigInt(head - 1), time: (head - 1) * 1000 },
    ...parts,
  }
}
const wrote = (head: number): PlanEvent => ({
  type: 'wrote',
  outcome: { result: 'written', key },
  head: block(head),
  hostTime: head * 1000,
})
const missed = (second: number): PlanEvent => ({
  type: 'missed',
  hostTime: second * 1000,
  time: genesis + BigInt(second),
})

/** Moves and due names after each event. */
function told(
  events: readonly PlanEvent[],
  options: PlanOptions = {},
  known: readonly Upgrade[] = [],
): readonly string[] {
  let upgrades = queued(...known)
  return events.map((event) => {
    const step = stepPlan({ upgrades }, event, withDefaults({ minUpgradeDelay: 0, ...options }))
    upgrades = step.upgrades
    return [
      ...step.moves.map((move) => `${move.silent ? 'silent ' : ''}${move.type} ${move.upgrade.name}`),
      ...step.due.map(({ name }) => `due ${name}`),
    ].join(', ')
  })
}

describe('stepPlan', () => {
  it('judges a plan whose height is no number once', () => {
    const odd = passed('1', 'v2', NaN)
    expect(told([read(10, [odd]), read(11, [odd]), read(12, [odd])])).toStrictEqual(['refused v2', '', ''])
    const voted = { ...odd, status: 'voting' as const }
    expect(told([read(10, [voted]), read(11, [voted])])).toStrictEqual(['silent pending v2', ''])
  })

  it('has nothing due while nobody can say whether the plan stands, and tells so where no next poll answers it', () => {
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

  it('gives the same map where nothing moved', () => {
    const { upgrades } = stepPlan(noUpgrades, read(60, [passed()]), withDefaults({}))
    expect(stepPlan({ upgrades }, read(61, [passed()]), withDefaults({})).upgrades).toBe(upgrades)
    expect(stepPlan({ upgrades }, missed(61), withDefaults({})).upgrades).toBe(upgrades)
  })

  it('asks for what is due until the writer answers', () => {
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

  it('schedules one of two rivals, the one whose vote ended first', () => {
    const rivals = [passed('2', 'v2', 120, { votingEnd: 55n }), passed('1', 'v2', 100, { votingEnd: 50n })]
    expect(told([read(60, rivals)])).toStrictEqual(['scheduled v2, refused v2'])
    expect(
      [...stepPlan(noUpgrades, read(60, rivals), withDefaults({})).upgrades.values()].map(({ height, status }) => [
        height,
        status,
      ]),
    ).toStrictEqual([
      [100, 'scheduled'],
      [120, 'refused'],
    ])
  })

  it('lets what is called off make way for what has passed, in one reading', () => {
    const off = passed('1', 'v2', 100, { status: 'canceled', votingEnd: 55n })
    expect(told([read(60, [off, passed('2', 'v2', 120)])], {}, [upgrade('1', 'v2', 100)])).toStrictEqual([
      'cancelled v2, scheduled v2',
    ])
    expect(
      told([read(60, [passed('2', 'v2', 120)], { retracted: [key] })], {}, [upgrade('1', 'v2', 100)]),
    ).toStrictEqual(['cancelled v2, scheduled v2'])
  })

  describe('a proposal that a reorg took away', () => {
    const retracted = read(100, [], { retracted: [key] })

    it('cancels what waits before it is written', () => {
      expect(told([retracted, read(101, [])], {}, [upgrade('1', 'v2', 100)])).toStrictEqual(['cancelled v2', ''])
    })

    it('tells at once what was written already, once', () => {
      const running = upgrade('1', 'v2', 100, {
        status: 'in_progress',
        evidence: { block: 100n, head: 100n, since: 0, movedAt: 0, outage: false },
      })
      expect(told([retracted, retracted], {}, [running])).toStrictEqual(['failed v2', ''])
    })

    it('never completes what was lost, whatever the node does', () => {
      const running = upgrade('1', 'v2', 100, {
        status: 'in_progress',
        evidence: { block: 100n, head: 100n, since: 0, movedAt: 0, nodeVersion: 'v1', outage: false },
      })
      expect(
        told([retracted, read(103, [], { nodeVersion: 'v2' }), read(110, [], { nodeVersion: 'v2' })], {}, [running]),
      ).toStrictEqual(['failed v2', '', ''])
    })

    it('takes a refusal back in silence, and leaves what is done', () => {
      expect(told([retracted], {}, [upgrade('1', 'v2', 100, { status: 'refused' })])).toStrictEqual([
        'silent cancelled v2',
      ])
      expect(told([retracted], {}, [upgrade('1', 'v2', 100, { status: 'completed' })])).toStrictEqual([''])
    })

    it('comes back with its proposal', () => {
      expect(
        told([read(70, [], { retracted: [key] }), read(71, [passed()])], {}, [upgrade('1', 'v2', 100)]),
      ).toStrictEqual(['cancelled v2', 'scheduled v2'])
      expect(told([read(70, [passed()], { retracted: [key] })], {}, [upgrade('1', 'v2', 100)])).toStrictEqual([''])
    })
  })

  it('cancels what waits when a reorg takes the vote back', () => {
    expect(
      told([read(60, [passed('1', 'v2', 100, { status: 'voting' })]), read(61, [passed()])], {}, [
        upgrade('1', 'v2', 100),
      ]),
    ).toStrictEqual(['cancelled v2', 'scheduled v2'])
  })

  it('writes ahead, makes room for a lower plan that comes later, and writes again after it', () => {
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

  it('reminds once of each, the tightest of several', () => {
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

  it('fails what stalls, out of reach too, and completes it later', () => {
    const options = { stallTimeout: 10_000 }
    expect(
      told(
        [
          read(100, [passed()], { watched: { head: 99n, time: 99_000 } }),
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

  it.each(['on-schedule', 'never'] as const)('sees a switch that came before it saw the height (%s)', (when) => {
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
  })

  it('gives up what came and went during too long an absence', () => {
    expect(
      told([read(200, [passed()], { watched: { head: 90n, time: 0 }, hostTime: 3_600_001 })], {}, [
        upgrade('1', 'v2', 100),
      ]),
    ).toStrictEqual(['refused v2'])
  })

  describe('a chain that holds the plan itself', () => {
    const held = (height = 100, applied?: bigint): Proposal =>
      passed('1', 'release/v2', height, {
        carriedOut: true,
        finding: {
          plan: { name: 'release/v2', height },
          origin: 'call',
          problems: [],
          ...(applied !== undefined && { applied }),
        },
      })
    const skipped = (head: number): PlanEvent => ({
      type: 'wrote',
      outcome: { result: 'skipped', key },
      head: block(head),
      hostTime: head * 1000,
      nodeVersion: 'v1',
    })

    it('is followed from the plan to the switch, however little we like the plan', () => {
      const options: PlanOptions = { when: 'never', minUpgradeDelay: 10 ** 9, profile: 'cosmovisor' }
      expect(
        told(
          [
            read(60, [held()], { nodeVersion: 'v1' }),
            read(99, [held()], { nodeVersion: 'v1' }),
            read(99, [held()]),
            missed(100),
            read(100, [held()], { nodeVersion: 'v1' }),
            skipped(100),
            read(101, [held(100, 100n)], { nodeVersion: 'v1' }),
          ],
          options,
        ),
      ).toStrictEqual([
        'scheduled release/v2',
        'halted release/v2',
        '',
        '',
        'due release/v2',
        'triggered release/v2',
        'completed release/v2',
      ])
    })

    it('is asked of the writer as any other where files are written, and skipped', () => {
      expect(told([read(60, [held()]), read(100, [held()]), skipped(100)], { minUpgradeDelay: 10 ** 9 })).toStrictEqual(
        ['scheduled release/v2, refused release/v2', 'due release/v2', 'triggered release/v2'],
      )
    })

    describe('whose nodes stop at the block before the height', () => {
      const options: PlanOptions = { when: 'never', stallTimeout: 60_000 }
      const silent = (second: number, head: number): PlanEvent => ({
        type: 'missed',
        hostTime: second * 1000,
        time: genesis + BigInt(head),
        last: { head: block(head), blockTime: steadyPace(head), readAt: head * 1000 },
      })
      const at = (second: number): { readonly hostTime: number } => ({ hostTime: second * 1000 })

      it('is told to be stuck there once, and takes its course when it goes on', () => {
        const said = told(
          [
            read(60, [held()]),
            read(99, [held()]),
            read(99, [held()], at(150)),
            read(99, [held()], at(160)),
            read(99, [held()], at(170)),
            silent(200, 99),
            read(100, [held()], at(300)),
            skipped(100),
          ],
          options,
        )
        expect(said).toStrictEqual([
          'scheduled release/v2',
          'halted release/v2',
          '',
          'failed release/v2',
          '',
          '',
          'due release/v2',
          'triggered release/v2',
        ])
      })

      it('is told to be stuck where it fell silent before the height, once that should have come', () => {
        // Block 90 comes at second 90: ten seconds are left.
        expect(
          told([read(90, [held()]), silent(95, 90), silent(100, 90), silent(160, 90), silent(161, 90)], options),
        ).toStrictEqual(['scheduled release/v2', '', '', '', 'failed release/v2'])
      })

      it('is not where it fell silent long before the height, or had not got there', () => {
        expect(told([read(10, [held()]), silent(110, 10), silent(900, 10)], options)).toStrictEqual([
          'scheduled release/v2',
          '',
          '',
        ])
        expect(
          told([read(90, [held()]), silent(110, 90), read(91, [held()], at(171)), silent(172, 91)], options),
        ).toStrictEqual(['scheduled release/v2', '', '', ''])
      })

      it('is told where it is past the height and does not say what it made of the plan', () => {
        const doubtful = { ...held(), system: 'cosmos', finding: { ...held().finding!, unsure: 'Nobody says.' } }
        expect(
          told(
            [read(90, [held()]), read(101, [doubtful]), read(150, [doubtful], at(162)), read(160, [held(100, 100n)])],
            options,
          ),
        ).toStrictEqual(['scheduled release/v2', '', 'failed release/v2', 'triggered release/v2, completed release/v2'])
      })

      it('keeps its file and its place while it waits', () => {
        const [first, second, third] = [read(99, [held()]), read(99, [held()], at(200)), read(100, [held()], at(201))]
        expect(told([read(60, [held()]), first, second, third], { ...options, when: 'at-height' })).toStrictEqual([
          'scheduled release/v2, refused release/v2',
          'halted release/v2',
          'failed release/v2',
          'due release/v2',
        ])
      })
    })

    it('does not stop at a block before the height where nobody holds the plan', () => {
      expect(told([read(99, [passed()])])).toStrictEqual(['scheduled v2'])
    })
  })

  it('forgets an answer about an upgrade that is not there', () => {
    expect(told([wrote(60)])).toStrictEqual([''])
  })
})
