import { describe, expect, it } from 'vitest'
import type { Proposal } from '../../src/domain/proposals/proposal.js'
import { resolvePlanOptions } from '../../src/domain/upgrades/planOptions.js'
import { noUpgrades, type PlanStep, stepPlan } from '../../src/domain/upgrades/stepPlan.js'
import { newChain } from '../../src/domain/newChain.js'
import { stepLine } from '../support/line.js'
import { block, byKey, reading, steadyPace, upgradeProposal } from '../support/builders.js'

const settings = resolvePlanOptions({ minUpgradeDelay: 0 })

const plans = (
  count: number,
  parts: Partial<Proposal> = {},
  nameOf = (id: number): string => `v${id}`,
): readonly Proposal[] =>
  Array.from({ length: count }, (_, id) =>
    upgradeProposal(String(id), nameOf(id), 1_000 + id, { status: 'passed', ...parts }),
  )

function step(before: Pick<PlanStep, 'upgrades'>, proposals: readonly Proposal[], at = 60): PlanStep {
  return stepPlan(
    before,
    {
      type: 'read',
      head: block(at),
      hostTime: at * 1000,
      proposals: byKey(...proposals),
      retracted: [],
      blockTime: steadyPace(at),
      caughtUpAt: { head: BigInt(at - 1), time: (at - 1) * 1000 },
    },
    settings,
  )
}
const count = ({ upgrades }: Pick<PlanStep, 'upgrades'>, status: string): number =>
  [...upgrades.values()].filter((upgrade) => upgrade.status === status).length
const told = ({ moves }: PlanStep): readonly string[] => moves.filter(({ silent }) => !silent).map(({ type }) => type)

describe('many plans', () => {
  it('wait up to maxWaiting, lowest heights first; the others are refused with one announcement', () => {
    const all = plans(1_200)
    const first = step(noUpgrades, [...all].reverse())
    expect([count(first, 'scheduled'), count(first, 'refused')]).toStrictEqual([100, 1_100])
    expect(
      Math.max(
        ...[...first.upgrades.values()].filter(({ status }) => status === 'scheduled').map(({ height }) => height!),
      ),
    ).toBe(1_099)
    expect(told(first).filter((type) => type === 'refused')).toHaveLength(1)
    expect(first.moves.find(({ type, silent }) => type === 'refused' && !silent)).toMatchObject({
      more: 1_099,
      upgrade: { reasons: [expect.stringMatching(/^More than 100 upgrades wait/)] },
    })
    const second = step(first, all, 61)
    expect(second.moves).toStrictEqual([])
    expect(step(second, all, 62).upgrades).toBe(second.upgrades)
  })

  it('make room for a lower one, and are scheduled again when there is room', () => {
    const all = plans(101)
    const first = step(noUpgrades, all)
    const low = upgradeProposal('low', 'low', 500, { status: 'passed' })
    const second = step(first, [...all, low], 61)
    expect(told(second)).toStrictEqual(['scheduled', 'refused'])
    expect(second.upgrades.get('local/0x00000000000000000000000000000000000000A1/99')).toMatchObject({
      status: 'refused',
      crowded: true,
    })
    const without = [...all, low].map((one) => (one.id === 'low' ? { ...one, status: 'canceled' as const } : one))
    const third = step(second, without, 62)
    expect(told(third)).toStrictEqual(['cancelled', 'scheduled'])
    expect(third.upgrades.get('local/0x00000000000000000000000000000000000000A1/99')).toMatchObject({
      status: 'scheduled',
      revision: 2,
    })
  })

  it('are pending in the vote up to the same limit', () => {
    const all = plans(5_000, { status: 'voting' })
    const first = step(noUpgrades, all)
    expect(count(first, 'pending')).toBe(100)
    expect(step(first, all, 61).moves).toStrictEqual([])
  })

  it('are announced one by one only up to twenty if they are refused for their names', () => {
    const first = step(
      noUpgrades,
      plans(300, {}, (id) => `../v${id}`),
    )
    expect(told(first)).toHaveLength(20)
    expect(first.moves.filter(({ more = 0 }) => more > 0).map(({ more }) => more)).toStrictEqual([280])
    expect(count(first, 'refused')).toBe(300)
  })

  it('are judged again when a conflicting plan is cancelled', () => {
    const rivals = [
      upgradeProposal('1', 'v2', 100, { status: 'passed', votingEnd: 40n }),
      upgradeProposal('2', 'v2', 120, { status: 'passed' }),
    ]
    const settled = step(step(noUpgrades, rivals), rivals, 61)
    expect(told(step(settled, rivals, 62))).toStrictEqual([])
    expect(told(step(settled, [{ ...rivals[0]!, status: 'canceled' }, rivals[1]!], 62))).toStrictEqual([
      'cancelled',
      'scheduled',
    ])
  })
})

describe('a first sync', () => {
  const history = [
    ...Array.from({ length: 9 }, (_, id) =>
      upgradeProposal(`old${id}`, `v${id}`, 10 + id, { status: 'passed', clock: 'timestamp', votingEnd: 1n }),
    ),
    upgradeProposal('open', 'v20', 90_000, { status: 'voting', votingEnd: 80_000n }),
    upgradeProposal('next', 'v19', 85_000, { status: 'passed', votingEnd: 60n }),
  ]
  const turn = stepLine({ plan: settings })(newChain('local', 0), {
    type: 'reading',
    reading: reading(20_000, history, { previous: block(0) }),
  })

  it('records what was over as past, and announces only what is ahead', () => {
    expect([...turn.state.upgrades.values()].map(({ status }) => status).sort()).toStrictEqual([
      ...Array.from({ length: 9 }, () => 'past'),
      'pending',
      'scheduled',
    ])
    expect(turn.announcements.map(({ notification }) => notification.event)).toStrictEqual([
      'new_proposal',
      'new_proposal',
      'upgrade_scheduled',
    ])
  })
})

describe('the warnings of a reading', () => {
  it('are limited to twenty, with the number of the others', () => {
    const warnings = Array.from({ length: 10_000 }, (_, index) => `Odd ${index}.`)
    const turn = stepLine({ plan: settings })(newChain('local', 0), {
      type: 'reading',
      reading: reading(10, [], { warnings }),
    })
    expect(turn.warnings).toHaveLength(21)
    expect(turn.warnings.at(-1)).toBe('There are 9980 more of these.')
  })

  it('are all kept if there are exactly twenty', () => {
    const warnings = Array.from({ length: 20 }, (_, index) => `Odd ${index}.`)
    const turn = stepLine({ plan: settings })(newChain('local', 0), {
      type: 'reading',
      reading: reading(10, [], { warnings }),
    })
    expect(turn.warnings).toStrictEqual(warnings)
  })
})
