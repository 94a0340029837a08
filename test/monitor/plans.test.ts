import { encodeFunctionData, type Hex, parseAbi, zeroAddress } from 'viem'
import { describe, expect } from 'vitest'
import type { Deployment } from '../../src/localChain/deployGovernor.js'
import type { ProposalDraft } from '../../src/localChain/governorActor.js'
import { planBlock } from '../../src/localChain/planBlock.js'
import type { ExtractPlan } from '../../src/monitor/chain/findPlanOf.js'
import type { ConfigInput } from '../../src/config/schema.js'
import type { PlanOrigin } from '../../src/domain/plans/plan.js'
import { type Chain, startChain } from '../support/chain.js'
import { carry, pass, upgradeDraft } from './upgradeStory.js'
import { onSharedChain, untilDone } from '../support/fixtures.js'
import { chainOf, watch } from './watching.js'

// A megabyte of text needs more gas than the default block of anvil has.
const it = onSharedChain
  .extend('chain', { scope: 'file' }, ({}, cleaning) =>
    untilDone(startChain('--gas-limit', '4000000000', '--hardfork', 'cancun'), cleaning),
  )
  .extend('people', { scope: 'file' }, ({ chain }) => chain.deploy())

const info = { notes: 'faster' }
const plan = { name: 'v2', height: 0, info }
type Plans = ConfigInput['chains'][number]['plans']
interface Way {
  readonly origin: PlanOrigin
  readonly draft: (height: number, people: Deployment) => ProposalDraft
  readonly plans?: (id: bigint, height: number) => Plans
  readonly extractPlan?: (height: number) => ExtractPlan
}
const ways: readonly Way[] = [
  {
    origin: 'call',
    draft: (height, people) => upgradeDraft(people, { name: 'v2', height, info: JSON.stringify(info) }),
  },
  { origin: 'fenced-block', draft: (height) => ({ description: `# By block\n\n${planBlock({ ...plan, height })}` }) },
  { origin: 'memo', draft: (height) => ({ description: JSON.stringify({ ...plan, height }) }) },
  {
    origin: 'operator',
    draft: () => ({ description: '# By the operator' }),
    plans: (id, height) => [{ proposal: id.toString(), ...plan, height }],
  },
  {
    origin: 'library',
    draft: () => ({ description: '# By the library' }),
    extractPlan:
      (height) =>
      ({ title }) =>
        title.startsWith('By the library') ? { ...plan, height } : undefined,
  },
]

describe('the plan of a proposal', () => {
  it.for(ways)(
    'is found by $origin, and written',
    async ({ origin, draft, plans, extractPlan }, { chain, people, place }) => {
      const height = await chain.heightIn(100)
      const id = await people.actor.propose(draft(height, people))
      await using watching = watch(
        {
          chains: [
            chainOf(chain.url, people.governor, {
              plans: plans?.(id, height) ?? [],
              upgradeInfo: { home: place.home },
            }),
          ],
        },
        extractPlan === undefined ? {} : { extractPlan: extractPlan(height) },
      )
      await watching.settle()
      await carry(people.actor, id)
      await watching.told('upgrade_scheduled', id)
      expect(await watching.upgrade(id)).toMatchObject({ name: 'v2', height, origin, status: 'scheduled' })
      await chain.mineTo(height)
      await watching.told('upgrade_triggered', id)

      expect(place.file()).toStrictEqual({ name: 'v2', height, info })
    },
  )
})

const refusals: readonly {
  readonly title: string
  readonly description: (height: number) => string
  readonly reason: RegExp
}[] = [
  {
    title: 'two plans that disagree',
    description: (height) => `${planBlock({ name: 'v2', height })}\n${planBlock({ name: 'v3', height })}`,
    reason: /2 plans that disagree/,
  },
  {
    title: 'a name that leaves its directory',
    description: (height) => planBlock({ name: '../../etc', height }),
    reason: /slash/,
  },
  {
    title: 'a name that means another directory',
    description: (height) => planBlock({ name: '..', height }),
    reason: /another directory/,
  },
  { title: 'no name', description: (height) => planBlock({ name: '', height }), reason: /no name/ },
  {
    title: 'a name with unseen characters',
    description: (height) => planBlock({ name: 'v2\u202Etxt', height }),
    reason: /cannot be seen/,
  },
  { title: 'a negative height', description: () => planBlock({ name: 'v2', height: -5 }), reason: /not above 0/ },
  {
    title: 'a fractional height',
    description: () => planBlock({ name: 'v2', height: 100.5 }),
    reason: /not a whole number/,
  },
  {
    title: 'an enormous height',
    description: () => planBlock({ name: 'v2', height: 2 ** 60 }),
    reason: /above 9007199254740991/,
  },
  {
    title: 'a height behind',
    description: () => planBlock({ name: 'v2', height: 3 }),
    reason: /height already passed/,
  },
  { title: 'no JSON', description: () => '```upgrade-plan\n{"name": "v2", "height": \n```', reason: /not valid JSON/ },
]

describe('a plan that passed but is not allowed', () => {
  it('is refused with its reasons, for each kind, and no file is written', async ({ chain, place }) => {
    const own = await chain.deploy({ votingPeriod: 100 })
    await using watching = watch({ chains: [chainOf(chain.url, own.governor, { upgradeInfo: { home: place.home } })] })
    await watching.settle()
    const height = await chain.heightIn(120)
    const ids: bigint[] = []
    for (const { title, description } of refusals)
      ids.push(await own.actor.propose({ description: `# ${title}\n\n${description(height)}` }))
    await own.actor.mine(2)
    for (const id of ids) for (const voter of [0, 1, 2]) await own.actor.vote(id, 1, voter)
    await own.actor.pastDeadline(ids.at(-1)!)
    await Promise.all(ids.map((id) => watching.told('upgrade_refused', id)))
    await own.actor.mine(100)
    await watching.settle()

    for (const [index, id] of ids.entries()) {
      const { title, reason } = refusals[index]!
      const { status, reasons } = await watching.upgrade(id)
      expect({ title, status }).toStrictEqual({ title, status: 'refused' })
      expect(reasons.join(' ')).toMatch(reason)
      const refused = watching.notifications(id).filter(({ event }) => event === 'upgrade_refused')
      expect(refused).toHaveLength(1)
      expect(refused[0]).toMatchObject({ priority: 'critical', data: { reasons } })
      expect(refused[0]?.title).not.toMatch(/[\p{Cc}\u202e]/u)
    }
    expect(place.file()).toBeUndefined()
  })

  it.for([
    { taken: 'name', plan: { name: 'v2', height: 900_001 }, reason: 'an upgrade named v2' },
    { taken: 'height', plan: { name: 'v3', height: 900_000 }, reason: 'the upgrade v2 at height 900,000' },
  ])('is refused if its $taken is used by a scheduled upgrade', async ({ plan: later, reason }, { chain }) => {
    const own = await chain.deploy()
    await using watching = watch({ chains: [chainOf(chain.url, own.governor)] })
    await watching.settle()
    const first = await pass(own, upgradeDraft(own, { name: 'v2', height: 900_000 }))
    await watching.told('upgrade_scheduled', first)
    const second = await pass(own, upgradeDraft(own, later, { description: 'Again' }))
    const { message } = await watching.told('upgrade_refused', second)

    expect(message).toContain(`Proposal ${first} already has ${reason}`)
    expect(await watching.upgrade(first)).toMatchObject({ status: 'scheduled' })
  })

  it('is refused if a plan of the operator contradicts the one on chain', async ({ chain }) => {
    const own = await chain.deploy()
    const id = await own.actor.propose(upgradeDraft(own, { name: 'v2', height: 900_000 }))
    await using watching = watch({
      chains: [chainOf(chain.url, own.governor, { plans: [{ proposal: id.toString(), name: 'v2', height: 900_001 }] })],
    })
    await watching.settle()
    await carry(own.actor, id)
    const { message } = await watching.told('upgrade_refused', id)

    expect(message).toContain('2 plans that disagree')
  })
})

describe('a description on chain', () => {
  it.for([
    { title: 'a megabyte', text: new TextEncoder().encode(`# Long\n\n${'x'.repeat(1_000_000)}`), shown: /^Long$/ },
    {
      title: 'invalid UTF-8',
      text: Uint8Array.from([0x23, 0x20, 0x41, 0xff, 0xc0, 0xaf, 0xed, 0xa0, 0x80, 0x42]),
      shown: /^A\ufffd+B$/,
    },
  ])('may be $title', async ({ text, shown }, { chain }) => {
    const own = await chain.deploy()
    await using watching = watch({ chains: [chainOf(chain.url, own.governor)] })
    await watching.settle()
    await proposeBytes(chain, own, text)
    await watching.told('new_proposal')
    await watching.settle()

    const [appeared] = watching.changes.flatMap((change) =>
      change.type === 'proposalAppeared' ? [change.proposal] : [],
    )
    expect(appeared?.title).toMatch(shown)
    expect(appeared?.description.length).toBeLessThanOrEqual(20_000)
    expect(watching.events()).toStrictEqual(['new_proposal'])
  })
})

/** Proposes with a description of exactly these bytes, which our encoders would not produce. */
async function proposeBytes(chain: Chain, { governor, voters }: Deployment, bytes: Uint8Array): Promise<void> {
  const room = '\u0001'.repeat(bytes.length)
  const data = encodeFunctionData({
    abi: parseAbi(['function propose(address[] targets, uint256[] values, bytes[] calldatas, string description)']),
    args: [[zeroAddress], [0n], ['0x'], room],
  })
  const place = data.lastIndexOf('01'.repeat(bytes.length))
  const patched: Hex = `0x${data.slice(2, place)}${Buffer.from(bytes).toString('hex')}${data.slice(place + bytes.length * 2)}`
  await chain.client.request<{
    Method: 'eth_sendTransactionSync'
    Parameters: readonly unknown[]
    ReturnType: unknown
  }>({
    method: 'eth_sendTransactionSync',
    params: [{ from: voters[0], to: governor, data: patched, gas: '0x40000000' }],
  })
}
