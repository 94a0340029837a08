import { describe, expect, it } from 'vitest'
import { keyOf, type Proposal } from '../../../src/domain/proposals/proposal.js'
import { withPlanStanding } from '../../../src/domain/proposals/withPlanStanding.js'
import { governorTraits } from '../../../src/sources/governance/governor/reader.js'
import { reading, upgradeProposal } from '../../support/builders.js'
import { at, chainThat } from './heldWithdrawalsGiven.js'
import { fails, firstOf, type GivenNode, nodeThat } from './nodesGiven.js'

describe('a withdrawal that every endpoint reports and enough nodes deny', () => {
  const passed = at('7', 'passed')
  const ended = { key: keyOf(passed), name: 'v7', height: 1_000, withdrawn: 'Proposal 91 cancelled it.' }
  const { withdrawn: _withdrawn, ...standing } = ended
  const told = reading(10, [], { standings: [ended] })
  const node = (host: string, says: () => Proposal | undefined | Promise<never>): GivenNode =>
    nodeThat({ host, reports: () => told, says })
  const stands = (host: string) => node(host, () => passed)
  const from = (nodes: readonly GivenNode[]) =>
    chainThat({ ...firstOf(nodes), traits: { doubts: 'own', repeatsEnds: 'always' } }, nodes, [passed])

  it('is left out, the plan is not in doubt, and a warning says so once', async () => {
    const chain = from([node('a', () => withPlanStanding(passed, ended)), stands('b'), stands('c')])
    const { standings, proposals, warnings } = await chain.read()
    expect([standings, proposals]).toStrictEqual([[standing], [passed]])
    expect(warnings).toStrictEqual([
      'a of local says that proposal 7, whose upgrade v7 is scheduled, has been cancelled by another proposal, and fewer than 2 nodes say so: it is ignored, because 2 nodes report otherwise. Check the nodes in rpc.urls.',
    ])
    expect((await chain.read()).warnings).toStrictEqual([])
  })

  it.each<[string, () => Proposal | Promise<never>]>([
    ['does not answer', fails],
    ['is in doubt itself', () => ({ ...passed, finding: { ...passed.finding!, unsure: 'Who knows.' } })],
    ['does not understand it', () => ({ ...passed, notUnderstood: 'odd' })],
    ['reports another plan', () => upgradeProposal('7', 'v8', 1_000, { status: 'passed', readAt: 9n })],
  ])('waits if one of them %s', async (_what, says) => {
    const { standings } = await from([
      node('a', () => withPlanStanding(passed, ended)),
      stands('b'),
      node('c', says),
    ]).read()
    expect(standings?.[0]?.unsure).toContain('fewer than 2 nodes confirm it')
  })
})

describe('a doubt of the node that is read', () => {
  const passed = at('7', 'passed')
  const unsure = { key: keyOf(passed), name: 'v7', height: 1_000, unsure: 'Proposal 8 cannot be read.' }
  const doubted = withPlanStanding(passed, unsure)
  const garbled = { ...passed, notUnderstood: 'odd' }
  const own = { doubts: 'own', repeatsEnds: 'always' } as const
  const ofPlan = [own, reading(10, [], { standings: [unsure] }), doubted] as const
  const ofAnswer = [governorTraits, reading(10, [garbled]), garbled] as const
  const given = (
    [traits, told, said]: typeof ofPlan | typeof ofAnswer,
    ...others: readonly GivenNode['readProposal'][]
  ) => {
    const first = nodeThat({ host: 'a', reports: () => told, says: () => said })
    const nodes = [first, ...others.map((readProposal) => ({ ...first, readProposal }))]
    return chainThat({ ...firstOf(nodes), traits }, nodes, [passed]).read()
  }
  const stands = () => Promise.resolve(passed)

  it('is left out once enough nodes report that the plan stands', async () => {
    const { standings } = await given(ofPlan, stands, stands)
    expect(standings).toStrictEqual([{ key: keyOf(passed), name: 'v7', height: 1_000 }])
    const { proposals } = await given(ofAnswer, stands, stands)
    expect(proposals).toStrictEqual([passed])
  })

  it('stays as it is if too few do', async () => {
    const { standings, warnings } = await given(ofPlan, stands, fails)
    expect([standings, warnings]).toStrictEqual([[unsure], []])
    const { proposals } = await given(ofAnswer, () => Promise.resolve(garbled), stands)
    expect(proposals).toStrictEqual([garbled])
  })
})
