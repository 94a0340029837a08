import { expect, it } from 'vitest'
import { proposalText } from '../../../src/cli/output/proposalText.js'
import type { PlanFinding } from '../../../src/domain/plans/plan.js'
import type { Proposal } from '../../../src/domain/proposals/proposal.js'
import { upgradeProposal } from '../../support/builders.js'

const lineOf = (start: string, proposal: Proposal): string | undefined =>
  proposalText({ proposal, estimated: false, moves: [], votes: [] }, { width: Infinity, color: false })
    .split('\n')
    .find((line) => line.trimStart().startsWith(start))

const finding: PlanFinding = { plan: { name: 'v2', height: 100 }, origin: 'call', problems: [] }

it.each<[string, Partial<PlanFinding>, string]>([
  ['is valid', {}, 'v2 at height 100'],
  ['was cancelled', { withdrawn: 'Proposal 8 called it off.' }, 'v2 at height 100. Proposal 8 called it off'],
  ['was executed', { applied: 100n }, 'v2 at height 100. The chain carried it out at height 100'],
  [
    'is unsure and has a problem',
    { unsure: 'Nobody says.', problems: ['It is odd.'] },
    'v2 at height 100; not usable: It is odd. Nobody says',
  ],
])('a plan that %s is shown with its state on chain', (_, parts, expected) => {
  expect(lineOf('Upgrade ', upgradeProposal('1', 'v2', 100, { finding: { ...finding, ...parts } }))).toBe(
    `Upgrade    ${expected}`,
  )
})

it('an action without a target is shown without one', () => {
  const action = { target: '', value: 0n, selector: '0x', signature: '/x.MsgSoftwareUpgrade', effect: 'call' } as const
  expect(lineOf('1. ', upgradeProposal('1', 'v2', 100, { actions: [action] }))).toBe('  1. /x.MsgSoftwareUpgrade')
})

it('labels and metadata are shown as name=value', () => {
  const one = upgradeProposal('1', 'v2', 100, {
    labels: { team: 'core', net: 'main' },
    metadata: { forum: 'https://f.example/7' },
  })
  expect(lineOf('Labels', one)).toBe('Labels     team=core, net=main')
  expect(lineOf('Metadata', one)).toBe('Metadata   forum=https://f.example/7')
})

it('terminal control characters are removed from a unit', () => {
  const tally = { yes: 1n, no: 0n, abstain: 0n, unit: 'A\u001b[2J\u0000B', quorum: 2n }
  expect(lineOf('for', upgradeProposal('1', 'v2', 100, { tally }))).toMatch(/ 1 AB$/)
  expect(lineOf('quorum', upgradeProposal('1', 'v2', 100, { tally }))).toBe('  quorum 2 AB')
})
