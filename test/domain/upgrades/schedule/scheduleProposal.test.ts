import { describe, expect, it } from 'vitest'
import { checkPlan } from '../../../../src/domain/plans/checkPlan.js'
import { occupiedBy } from '../../../../src/domain/upgrades/occupied.js'
import type { Proposal, ProposalStatus } from '../../../../src/domain/proposals/proposal.js'
import { readPlan } from '../../../../src/domain/plans/readPlan.js'
import type { ScheduleContext } from '../../../../src/domain/upgrades/schedule/ScheduleContext.js'
import { scheduleProposal } from '../../../../src/domain/upgrades/schedule/scheduleProposal.js'
import { type PlanOptions, withDefaults } from '../../../../src/domain/upgrades/scheduling.js'
import type { Upgrade, UpgradeMove } from '../../../../src/domain/upgrades/upgrade.js'
import { block, genesis, proposal, queued, steadyPace, upgrade, upgradeProposal } from '../../../support/builders.js'

const context: ScheduleContext = { head: block(60), hostTime: 60_000, watched: { head: 59n, time: 59_000 } }
const passed = (name = 'v2', height = 100, parts: Partial<Proposal> = {}): Proposal =>
  upgradeProposal('1', name, height, { status: 'passed', ...parts })

function moves(
  one: Proposal,
  known: readonly Upgrade[] = [],
  options: PlanOptions = {},
  at: ScheduleContext = context,
): readonly UpgradeMove[] {
  return scheduleProposal(one, queued(...known), at, withDefaults(options))
}
const typesOf = (made: readonly UpgradeMove[]): readonly string[] =>
  made.map(({ type, silent }) => (silent ? `(${type})` : type))
const waiting = upgrade('1', 'v2', 100, { scheduledAt: genesis + 55n, reminded: ['24h'] })

describe('scheduleProposal', () => {
  it('schedules the plan of a proposal that passed', () => {
    expect(moves(passed())).toStrictEqual([
      {
        type: 'scheduled',
        time: genesis + 60n,
        silent: false,
        upgrade: upgrade('1', 'v2', 100, { scheduledAt: genesis + 60n, noticedAt: 60_000 }),
      },
    ])
  })

  it('says so where the height comes before the delay is over', () => {
    const hurried = scheduleProposal(
      passed(),
      new Map(),
      { ...context, blockTime: steadyPace(60) },
      withDefaults({ minUpgradeDelay: 600_000 }),
    )
    expect(hurried[0]?.upgrade).toMatchObject({
      status: 'scheduled',
      reasons: ['The height comes before minUpgradeDelay (10 min) is over: the file is written only then.'],
    })
    const calm = scheduleProposal(
      passed(),
      new Map(),
      { ...context, blockTime: steadyPace(60) },
      withDefaults({ minUpgradeDelay: 40_000 }),
    )
    expect(calm[0]?.upgrade.reasons).toStrictEqual([])
  })

  it('does nothing when it is asked again', () => {
    expect(moves(passed(), [waiting])).toStrictEqual([])
  })

  it.each<[ProposalStatus, readonly string[], readonly string[]]>([
    ['submitted', ['(pending)'], ['(pending)']],
    ['voting', ['(pending)'], ['(pending)']],
    ['rejected', [], []],
    ['canceled', [], []],
    ['expired', [], []],
    ['failed', [], []],
    ['passed', ['scheduled'], ['(pending)']],
    ['queued', ['scheduled'], ['(pending)']],
    ['executed', ['scheduled'], ['scheduled']],
  ])('makes of a proposal that is %s %j, and %j where it has to be executed first', (status, onPassed, onExecuted) => {
    expect(typesOf(moves(passed('v2', 100, { status })))).toStrictEqual(onPassed)
    expect(typesOf(moves(passed('v2', 100, { status }), [], { scheduleOn: 'executed' }))).toStrictEqual(onExecuted)
  })

  it.each<ProposalStatus>(['canceled', 'expired', 'failed', 'rejected', 'voting', 'submitted'])(
    'cancels what waits when its proposal is %s',
    (status) => {
      expect(moves(passed('v2', 100, { status }), [waiting])).toStrictEqual([
        {
          type: 'cancelled',
          time: genesis + 60n,
          silent: false,
          before: waiting,
          upgrade: {
            ...waiting,
            status: 'cancelled',
            completedAt: genesis + 60n,
            reasons: [`The proposal is ${status}.`],
          },
        },
      ])
    },
  )

  it.each(['in_progress', 'completed', 'failed', 'cancelled', 'refused'] as const)(
    'leaves an upgrade that is %s to itself when its proposal is canceled',
    (status) => {
      expect(moves(passed('v2', 100, { status: 'canceled' }), [{ ...waiting, status }])).toStrictEqual([])
    },
  )

  it('brings a cancelled one back with its proposal, in another round, with the delay it has served', () => {
    const cancelled: Upgrade = { ...waiting, status: 'cancelled', completedAt: genesis }
    expect(moves(passed(), [cancelled])).toMatchObject([
      { type: 'scheduled', upgrade: { status: 'scheduled', round: 2, scheduledAt: genesis + 55n, reminded: [] } },
    ])
  })

  it.each([
    ['another height', 'v2', 120],
    ['another name', 'v3', 100],
  ])('reschedules for %s', (_, name, height) => {
    expect(moves(passed(name, height), [waiting])).toMatchObject([
      {
        type: 'rescheduled',
        silent: false,
        before: waiting,
        upgrade: { name, height, round: 2, reminded: [], status: 'scheduled' },
      },
    ])
  })

  it('forgets that the file was written when the plan changes', () => {
    expect(moves(passed('v2', 120), [{ ...waiting, writtenAt: genesis }])[0]?.upgrade).not.toHaveProperty('writtenAt')
  })

  it('follows the plan of the operator', () => {
    const findPlan = () => ({ plan: { name: 'v9', height: 90 }, origin: 'operator' as const, problems: [] })
    expect(moves(passed(), [waiting], { findPlan })).toMatchObject([
      { type: 'rescheduled', upgrade: { name: 'v9', height: 90, origin: 'operator' } },
    ])
  })

  it('cancels when the plan is gone', () => {
    expect(typesOf(moves(proposal('1', { status: 'passed' }), [waiting]))).toStrictEqual(['cancelled'])
    expect(moves(proposal('1', { status: 'passed' }))).toStrictEqual([])
  })

  it('refuses what waits when its proposal turns out to carry two plans', () => {
    const finding = { ...passed().finding!, problems: ['The proposal carries 2 plans that disagree.'] }
    expect(moves(passed('v2', 100, { finding }), [waiting])).toMatchObject([
      { type: 'refused', before: waiting, upgrade: { status: 'refused', reasons: finding.problems } },
    ])
  })

  it('refuses aloud, and says so once', () => {
    const [refusal] = moves(passed('../v2'))
    expect(refusal).toMatchObject({
      type: 'refused',
      silent: false,
      upgrade: { status: 'refused', completedAt: genesis + 60n },
    })
    expect(moves(passed('../v2'), [refusal!.upgrade])).toStrictEqual([])
  })

  it('takes up what was in conflict once the other is off', () => {
    const other = upgrade('2', 'v2', 120)
    const [refusal] = moves(passed(), [other])
    expect(refusal?.type).toBe('refused')
    expect(moves(passed(), [other, refusal!.upgrade])).toStrictEqual([])
    expect(moves(passed(), [{ ...other, status: 'cancelled' }, refusal!.upgrade])).toMatchObject([
      { type: 'scheduled', upgrade: { round: 2 } },
    ])
  })

  it('does not take up again what the writer refused', () => {
    expect(moves(passed(), [{ ...waiting, status: 'refused', completedAt: genesis }])).toStrictEqual([])
  })

  it('schedules what was refused when its plan is mended', () => {
    const refused: Upgrade = { ...moves(passed('../v2'))[0]!.upgrade }
    expect(typesOf(moves(passed('v2'), [refused]))).toStrictEqual(['scheduled'])
  })

  it('refuses a height that lies within the vote, where the vote is counted in blocks', () => {
    const between: ScheduleContext = { head: block(105), hostTime: 105_000, watched: { head: 90n, time: 90_000 } }
    expect(typesOf(moves(passed('v2', 100, { votingEnd: 100n }), [], {}, between))).toStrictEqual(['refused'])
    expect(typesOf(moves(passed('v2', 100, { votingEnd: 99n }), [], {}, between))).toStrictEqual(['scheduled'])
    expect(
      typesOf(moves(passed('v2', 100, { votingEnd: 10n ** 9n, clock: 'timestamp' }), [], {}, between)),
    ).toStrictEqual(['scheduled'])
  })

  describe('at first sight', () => {
    const first: ScheduleContext = { head: block(110), hostTime: 110_000 }

    it('says nothing of a plan without a height whose vote has been over for a month', () => {
      const month = 30 * 86_400
      const told = (ago: number, parts: Partial<Proposal>, at: Partial<ScheduleContext> = {}): readonly string[] => {
        const head = block(3_000_000)
        const votingEnd = parts.clock === 'timestamp' ? head.timestamp - BigInt(ago) : head.number - BigInt(ago)
        const context = { head, hostTime: 0, blockTime: steadyPace(3_000_000), ...at }
        return typesOf(moves(passed('v2', 0, { votingEnd, ...parts }), [], {}, context))
      }
      for (const clock of ['block', 'timestamp'] as const) {
        expect(told(month + 60, { clock })).toStrictEqual(['(refused)'])
        expect(told(month - 60, { clock })).toStrictEqual(['refused'])
      }
      expect(told(month + 60, { clock: 'block', foreignClock: true })).toStrictEqual(['refused'])
      // What passes while somebody watches is news, whatever its clock says.
      expect(told(month + 60, { clock: 'block' }, { watched: { head: 2_999_999n, time: 0 } })).toStrictEqual([
        'refused',
      ])
    })

    it('records in silence what is history', () => {
      expect(moves(passed(), [], {}, first)).toMatchObject([
        {
          type: 'past',
          silent: true,
          upgrade: { status: 'past', reasons: [expect.stringMatching(/^height already passed/)] },
        },
      ])
      expect(typesOf(moves(passed('v2', 0, { status: 'executed' }), [], {}, first))).toStrictEqual(['(refused)'])
    })

    it('refuses aloud what is not', () => {
      expect(typesOf(moves(passed('../v2', 200), [], {}, first))).toStrictEqual(['refused'])
      expect(typesOf(moves(passed('v2', 0), [], {}, first))).toStrictEqual(['refused'])
    })

    it('schedules what is ahead', () => {
      expect(typesOf(moves(passed('v2', 200, { status: 'executed' }), [], {}, first))).toStrictEqual(['scheduled'])
    })
  })

  describe('a plan in the vote', () => {
    const pending: Upgrade = moves(passed('v2', 100, { status: 'voting' }))[0]!.upgrade

    it('is pending: with what is wrong with it, and told to nobody', () => {
      expect(moves(passed('../v2', 100, { status: 'voting' }))).toMatchObject([
        {
          type: 'pending',
          silent: true,
          upgrade: { status: 'pending', round: 1, reasons: [expect.stringMatching(/slash/)] },
        },
      ])
      expect(moves(passed('v2', 100, { status: 'voting' }), [pending])).toStrictEqual([])
    })

    it('follows its plan, is scheduled when it passes, in the first round, and goes with a vote that is lost', () => {
      expect(moves(passed('v3', 100, { status: 'voting' }), [pending])).toMatchObject([
        { type: 'pending', upgrade: { name: 'v3' } },
      ])
      expect(moves(passed(), [pending])).toStrictEqual(moves(passed()))
      expect(moves(passed('../v2'), [pending])).toMatchObject([
        { type: 'refused', silent: false, upgrade: { round: 1 } },
      ])
      for (const status of ['rejected', 'canceled', 'expired', 'failed'] as const) {
        expect(typesOf(moves(passed('v2', 100, { status }), [pending]))).toStrictEqual(['(dropped)'])
      }
      expect(typesOf(moves(proposal('1', { status: 'voting' }), [pending]))).toStrictEqual(['(dropped)'])
    })
  })

  describe('a plan that the chain itself holds', () => {
    const info = { binaries: { 'linux/amd64': 's3::https://example.org/node?checksum=sha256:nonsense' } }
    const careless = (name: string, parts: Partial<Proposal> = {}): Proposal =>
      proposal('1', {
        type: 'upgrade',
        status: 'passed',
        carriedOut: true,
        finding: {
          ...readPlan({ name, height: 100, info }),
          origin: 'call',
          problems: readPlan({ name, height: 100, info }).problems,
        },
        ...parts,
      })

    it.each(['v2', 'release/v2', 'v2 ', 'v'.repeat(140)])(
      'is scheduled with remarks, whatever is wrong with it: %j',
      (name) => {
        expect(moves(careless(name), [], { when: 'never' })[0]?.upgrade.reasons.join()).toMatch(
          /not an http or https address/,
        )
        expect(moves(careless(name), [], { when: 'never' })).toMatchObject([
          {
            type: 'scheduled',
            silent: false,
            upgrade: { status: 'scheduled', held: true },
          },
        ])
      },
    )

    it('is scheduled where we write, and the writing is refused aloud', () => {
      const made = moves(careless('release/v2'))
      expect(
        made.map(({ type, silent, upgrade: { status, unwritten } }) => [type, silent, status, unwritten]),
      ).toStrictEqual([
        ['scheduled', false, 'scheduled', true],
        ['refused', false, 'scheduled', true],
      ])
      expect(moves(careless('release/v2'), [made[1]!.upgrade])).toStrictEqual([])
    })

    it('is refused where no height can be waited for', () => {
      const signal = readPlan({ name: 'Signal', height: '0' })
      expect(
        typesOf(moves(careless('v2', { finding: { ...signal, origin: 'call' } }), [], { when: 'never' })),
      ).toStrictEqual(['refused'])
    })

    it('is past where the chain has left its height behind before the first look', () => {
      expect(typesOf(moves(careless('v2'), [], {}, { head: block(101), hostTime: 101_000 }))).toStrictEqual(['(past)'])
    })

    it('is one plan, whoever asked for it', () => {
      const other = upgrade('9', 'v2', 100, { held: true })
      const occupied = occupiedBy([other])
      expect(moves(careless('v2'), [other], { when: 'never' }, { ...context, occupied })).toStrictEqual([])
    })

    it('is refused where only we would act on it', () => {
      expect(typesOf(moves(careless('release/v2', { carriedOut: false })))).toStrictEqual(['refused'])
    })
  })

  describe('where nothing is written', () => {
    it('schedules what has only a form that cannot be written', () => {
      const info = { binaries: { 'linux/amd64': 'ftp://example.org/node' } }
      const plan = { name: 'v2', height: 100, info }
      const careless = passed('v2', 100, { finding: { plan, origin: 'call', problems: checkPlan(plan).problems } })
      expect(moves(careless, [], { when: 'never' })).toMatchObject([
        { type: 'scheduled', upgrade: { reasons: checkPlan(plan).problems } },
      ])
      expect(typesOf(moves(careless))).toStrictEqual(['refused'])
    })

    it('refuses what is not one plan that everybody sees', () => {
      const torn = passed('v2', 100, {
        finding: {
          plan: { name: 'v2', height: 100 },
          origin: 'call',
          problems: ['The proposal carries 2 plans that disagree.'],
        },
      })
      expect(typesOf(moves(torn, [], { when: 'never' }))).toStrictEqual(['refused'])
    })
  })

  describe('a plan that the chain says it carried out', () => {
    const applied = passed('v2', 100, {
      finding: { plan: { name: 'v2', height: 100 }, origin: 'call', problems: [], applied: 100n },
    })
    const first: ScheduleContext = { head: block(110), hostTime: 110_000 }

    it('is past at first sight, however short ago', () => {
      expect(moves(applied, [], {}, first)).toMatchObject([{ type: 'past', silent: true, upgrade: { status: 'past' } }])
    })

    it('triggers and completes one that waits, for the switch came between two polls', () => {
      expect(moves(applied, [waiting]).map(({ type, upgrade: { status } }) => [type, status])).toStrictEqual([
        ['triggered', 'in_progress'],
        ['completed', 'completed'],
      ])
    })

    it.each(['in_progress', 'failed', 'cancelled', 'pending'] as const)(
      'completes one that is %s, whatever version the node tells',
      (status) => {
        expect(moves(applied, [{ ...waiting, status }])).toMatchObject([
          { type: 'completed', silent: false, seen: { evidence: 'chain_applied' }, upgrade: { status: 'completed' } },
        ])
      },
    )

    it('is history where it was refused at first sight, and over where it is over', () => {
      const { scheduledAt: _, ...unscheduled } = waiting
      expect(typesOf(moves(applied, [{ ...unscheduled, status: 'refused' }]))).toStrictEqual(['(past)'])
      expect(moves(applied, [{ ...waiting, status: 'completed' }])).toStrictEqual([])
      expect(moves(applied, [{ ...waiting, status: 'failed', withdrawn: true }])).toStrictEqual([])
    })
  })
})
