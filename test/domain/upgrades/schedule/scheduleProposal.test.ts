import { describe, expect, it } from 'vitest'
import { checkPlan } from '../../../../src/domain/plans/checkPlan.js'
import type { Proposal, ProposalStatus } from '../../../../src/domain/proposals/proposal.js'
import type { ScheduleContext } from '../../../../src/domain/upgrades/schedule/ScheduleContext.js'
import { scheduleProposal } from '../../../../src/domain/upgrades/schedule/scheduleProposal.js'
import { resolvePlanOptions } from '../../../../src/domain/upgrades/planOptions.js'
import type { Upgrade } from '../../../../src/domain/upgrades/upgrade.js'
import type { UpgradeMove } from '../../../../src/domain/upgrades/upgradeMove.js'
import { block, genesis, proposal, steadyPace, upgrade } from '../../../support/builders.js'
import { context, moves, passed, typesOf, waiting } from './scheduleProposalGiven.js'

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

  it('adds a reason if the height comes before minUpgradeDelay is over', () => {
    const hurried = scheduleProposal(
      passed(),
      new Map(),
      { ...context, blockTime: steadyPace(60) },
      resolvePlanOptions({ minUpgradeDelay: 600_000 }),
    )
    expect(hurried[0]?.upgrade).toMatchObject({
      status: 'scheduled',
      reasons: [
        'The height comes before minUpgradeDelay (10 min) is over: the file is written only then, too late. Lower scheduler.minUpgradeDelay to have it in time.',
      ],
    })
    const calm = scheduleProposal(
      passed(),
      new Map(),
      { ...context, blockTime: steadyPace(60) },
      resolvePlanOptions({ minUpgradeDelay: 40_000 }),
    )
    expect(calm[0]?.upgrade.reasons).toStrictEqual([])
  })

  it('does nothing for an upgrade that is already scheduled', () => {
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
  ])('turns a proposal that is %s into %j, and into %j with scheduleOn: executed', (status, onPassed, onExecuted) => {
    expect(typesOf(moves(passed('v2', 100, { status })))).toStrictEqual(onPassed)
    expect(typesOf(moves(passed('v2', 100, { status }), [], { scheduleOn: 'executed' }))).toStrictEqual(onExecuted)
  })

  it.each<[ProposalStatus, 'execution' | undefined]>([
    ['submitted', undefined],
    ['voting', undefined],
    ['passed', 'execution'],
    ['queued', 'execution'],
  ])('of a proposal that is %s, a pending upgrade awaits %s with scheduleOn: executed', (status, awaited) => {
    const [move] = moves(passed('v2', 100, { status }), [], { scheduleOn: 'executed' })
    expect(move?.upgrade.awaits).toBe(awaited)
  })

  it('notes once that the vote on a pending upgrade has passed, and schedules it at its execution', () => {
    const noteOf = (status: ProposalStatus, known: readonly Upgrade[]): readonly UpgradeMove[] =>
      moves(passed('v2', 100, { status }), known, { scheduleOn: 'executed' })
    const [inVote] = noteOf('voting', [])
    const [waits] = noteOf('passed', [inVote!.upgrade])
    expect(waits).toMatchObject({ type: 'pending', silent: true, upgrade: { status: 'pending', awaits: 'execution' } })
    expect(noteOf('queued', [waits!.upgrade])).toStrictEqual([])
    const [scheduled] = noteOf('executed', [waits!.upgrade])
    expect(scheduled?.upgrade).toMatchObject({ status: 'scheduled', revision: 1 })
    expect(scheduled?.upgrade).not.toHaveProperty('awaits')
  })

  it.each<ProposalStatus>(['canceled', 'expired', 'failed', 'rejected', 'voting', 'submitted'])(
    'cancels a scheduled upgrade if its proposal is %s',
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
    'leaves an upgrade that is %s alone if its proposal is canceled',
    (status) => {
      expect(moves(passed('v2', 100, { status: 'canceled' }), [{ ...waiting, status }])).toStrictEqual([])
    },
  )

  it('schedules a cancelled upgrade again with a new revision, and keeps the delay it has served', () => {
    const cancelled: Upgrade = { ...waiting, status: 'cancelled', completedAt: genesis }
    expect(moves(passed(), [cancelled])).toMatchObject([
      { type: 'scheduled', upgrade: { status: 'scheduled', revision: 2, scheduledAt: genesis + 55n, reminded: [] } },
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
        upgrade: { name, height, revision: 2, reminded: [], status: 'scheduled' },
      },
    ])
  })

  it('clears the time of writing when the plan changes', () => {
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

  describe('at first sight', () => {
    const first: ScheduleContext = { head: block(110), hostTime: 110_000 }

    it('refuses a plan without a height silently if its vote ended over a month ago', () => {
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
      // A proposal that passes while govstream watches is news, whatever its clock says.
      expect(told(month + 60, { clock: 'block' }, { caughtUpAt: { head: 2_999_999n, time: 0 } })).toStrictEqual([
        'refused',
      ])
    })

    it('records a passed height or an executed plan without one silently', () => {
      expect(moves(passed(), [], {}, first)).toMatchObject([
        {
          type: 'past',
          silent: true,
          upgrade: { status: 'past', reasons: [expect.stringMatching(/^height already passed/)] },
        },
      ])
      expect(typesOf(moves(passed('v2', 0, { status: 'executed' }), [], {}, first))).toStrictEqual(['(refused)'])
    })

    it('announces the refusal of a plan that is not over', () => {
      expect(typesOf(moves(passed('../v2', 200), [], {}, first))).toStrictEqual(['refused'])
      expect(typesOf(moves(passed('v2', 0), [], {}, first))).toStrictEqual(['refused'])
    })

    it('schedules a height that is ahead', () => {
      expect(typesOf(moves(passed('v2', 200, { status: 'executed' }), [], {}, first))).toStrictEqual(['scheduled'])
    })
  })

  describe('a plan whose vote is open', () => {
    const pending: Upgrade = moves(passed('v2', 100, { status: 'voting' }))[0]!.upgrade

    it('is pending silently, with its problems as reasons', () => {
      expect(moves(passed('../v2', 100, { status: 'voting' }))).toMatchObject([
        {
          type: 'pending',
          silent: true,
          upgrade: { status: 'pending', revision: 1, reasons: [expect.stringMatching(/slash/)] },
        },
      ])
      expect(moves(passed('v2', 100, { status: 'voting' }), [pending])).toStrictEqual([])
    })

    it('has the doubt of the nodes as a reason, for as long as it lasts', () => {
      const { finding, ...doubted } = passed('v2', 100, { status: 'voting' })
      const unsure = 'A node reports that proposal 1 is rejected.'
      const move = moves({ ...doubted, ...(finding && { finding: { ...finding, unsure } }) }, [pending])
      expect(move).toMatchObject([{ type: 'pending', silent: true, upgrade: { reasons: [unsure], revision: 1 } }])
      expect(moves(passed('v2', 100, { status: 'voting' }), [move[0]!.upgrade])).toMatchObject([
        { type: 'pending', silent: true, upgrade: { reasons: [] } },
      ])
    })

    it('follows its plan, is scheduled as revision 1 when it passes, and is dropped when the vote is lost', () => {
      expect(moves(passed('v3', 100, { status: 'voting' }), [pending])).toMatchObject([
        { type: 'pending', upgrade: { name: 'v3' } },
      ])
      expect(moves(passed(), [pending])).toStrictEqual(moves(passed()))
      expect(moves(passed('../v2'), [pending])).toMatchObject([
        { type: 'refused', silent: false, upgrade: { revision: 1 } },
      ])
      for (const status of ['rejected', 'canceled', 'expired', 'failed'] as const) {
        expect(typesOf(moves(passed('v2', 100, { status }), [pending]))).toStrictEqual(['(dropped)'])
      }
      expect(typesOf(moves(proposal('1', { status: 'voting' }), [pending]))).toStrictEqual(['(dropped)'])
    })
  })

  describe('with when: never', () => {
    it('schedules a plan whose only problem is that it cannot be written', () => {
      const info = { binaries: { 'linux/amd64': 'ftp://example.org/node' } }
      const plan = { name: 'v2', height: 100, info }
      const careless = passed('v2', 100, { finding: { plan, origin: 'call', problems: checkPlan(plan).problems } })
      expect(moves(careless, [], { when: 'never' })).toMatchObject([
        { type: 'scheduled', upgrade: { reasons: checkPlan(plan).problems } },
      ])
      expect(typesOf(moves(careless))).toStrictEqual(['refused'])
    })

    it('refuses a proposal with two plans that disagree', () => {
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
})
