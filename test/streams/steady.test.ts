import fc from 'fast-check'
import { expect, it } from 'vitest'
import { newChain } from '../../src/domain/newChain.js'
import type { PlanFinding } from '../../src/domain/plans/plan.js'
import { proposalStatuses } from '../../src/domain/proposals/proposal.js'
import { resolvePlanOptions } from '../../src/domain/upgrades/planOptions.js'
import { reading, tally, upgradeProposal } from '../support/builders.js'
import { stepLine } from '../support/line.js'

const finding = fc.record<PlanFinding, keyof PlanFinding>(
  {
    plan: fc.record(
      {
        name: fc.constantFrom('', 'v2', 'v3', 'v2 ', '../v2', '..', 'x'.repeat(300)),
        height: fc.constantFrom(NaN, Infinity, -0, 0, 1.5, -3, 2 ** 53, 1e21, 10, 999, 1_000, 50_000, 50_001),
        info: fc.constantFrom('', '{"a":1}', { b: 1, a: [1, { c: 2 }] }, {}),
      },
      { requiredKeys: ['name', 'height'] },
    ),
    origin: fc.constantFrom('call', 'fenced-block', 'operator'),
    problems: fc.constantFrom([], ['It is odd.']),
    withdrawn: fc.constant('It was called off.'),
    applied: fc.constantFrom(5n, 999n),
    unsure: fc.constant('Nobody says.'),
  },
  { requiredKeys: ['plan', 'origin', 'problems'] },
)

const given = fc.record(
  {
    id: fc.constantFrom('1', '2', '3'),
    finding,
    status: fc.constantFrom(...proposalStatuses),
    system: fc.constantFrom('governor', 'cosmos', 'wemix'),
    clock: fc.constantFrom('block', 'timestamp'),
    votingEnd: fc.constantFrom(50n, 90_000n),
    tally: fc.constantFrom(tally(3n), tally(3n, { quorum: 2n, quorumReached: true, turnout: 0.5 })),
    expedited: fc.constant(true),
    carriedOut: fc.constant(true),
    notUnderstood: fc.constant('8'),
  },
  { requiredKeys: ['id', 'finding', 'status', 'system', 'clock'] },
)

it.each(['at-height', 'on-schedule', 'never'] as const)(
  'reports nothing for unchanged proposals, however odd, with when: %s',
  (when) => {
    fc.assert(
      fc.property(
        fc.uniqueArray(given, { selector: ({ id }) => id, maxLength: 3 }),
        fc.boolean(),
        (proposals, isFirst) => {
          const step = stepLine({ plan: resolvePlanOptions({ minUpgradeDelay: 10 ** 12, when }) })
          // Each reading creates new objects.
          const read = () => proposals.map((parts) => structuredClone(upgradeProposal(parts.id, '', 0, parts)))
          let state = newChain('local', 0)
          const said = (at: number, all = read()): readonly string[] => {
            const turn = step(state, { type: 'reading', reading: reading(at, all) })
            state = turn.state
            return [
              ...turn.changes.map(({ type }) => type),
              ...turn.moves.map(({ type }) => type),
              ...turn.announcements.map(({ notification }) => notification.id),
            ]
          }
          if (!isFirst) said(1_000, [])
          // Votes that expire by themselves have done so by then.
          for (const at of [1_001, 1_002, 1_003]) said(at)
          expect([1_004, 1_005, 1_006].flatMap((at) => said(at))).toStrictEqual([])
        },
      ),
      { numRuns: 500 },
    )
  },
)
