import { encodeFunctionData, parseAbi, parseEventLogs, zeroAddress, zeroHash } from 'viem'
import { describe, expect, onTestFinished } from 'vitest'
import type { Deployment, GovernorOptions } from '../../src/localChain/deployGovernor.js'
import { transact } from '../../src/localChain/transact.js'
import { upgradeCall } from '../../src/localChain/upgradeCall.js'
import { type Chain, startChain } from '../support/chain.js'
import { onSharedChain as it } from '../support/fixtures.js'
import { readerOf, timelock } from './governorActorGiven.js'

const seconds = { clock: 'timestamp', votingDelay: 5, votingPeriod: 60 } as const

const variants: readonly (readonly [string, Partial<GovernorOptions>])[] = [
  ['OpenZeppelin 5, block clock', {}],
  ['OpenZeppelin 5, block clock, timelock', { timelock }],
  ['OpenZeppelin 5, timestamp clock', seconds],
  ['OpenZeppelin 5, timestamp clock, timelock', { ...seconds, timelock }],
  ['OpenZeppelin 5, late quorum', { lateQuorum: 5 }],
  ['OpenZeppelin 4.9 with the Bravo interface', { version: '4-bravo', timelock }],
  ['Compound Bravo', { version: 'bravo', timelock }],
]

const eventsAbi = parseAbi([
  'event ProposalCreated(uint256 id, address proposer, address[] targets, uint256[] values, string[] signatures, bytes[] calldatas, uint256 voteStart, uint256 voteEnd, string description)',
  'event ProposalCanceled(uint256 id)',
  'event ProposalQueued(uint256 id, uint256 eta)',
  'event ProposalExecuted(uint256 id)',
  'event ProposalExtended(uint256 indexed id, uint64 extendedDeadline)',
  'event VoteCast(address indexed voter, uint256 id, uint8 support, uint256 weight, string reason)',
  'event UpgradeScheduled(string name, uint256 height, string info)',
])

async function eventsOf(chain: Chain, { governor, registry, fromBlock }: Deployment) {
  const logs = await chain.client.getLogs({ address: [governor, registry], fromBlock })
  return parseEventLogs({ abi: eventsAbi, logs, strict: true })
}

describe.each(variants)('%s', (_name, options) => {
  it('passes through every state from proposal to execution', async ({ chain }) => {
    const { actor, timelock: delayed } = await chain.deploy(options)
    const id = await actor.propose({ description: 'All the way' })
    const states = [await actor.state(id)]
    const noteState = async (): Promise<void> => void states.push(await actor.state(id))

    await actor.toVotingStart(id)
    await noteState()
    for (const voter of [0, 1, 2]) await actor.vote(id, 1, voter)
    await actor.pastDeadline(id)
    await noteState()
    if (delayed !== undefined) {
      await actor.queue(id)
      await noteState()
      await actor.pastEta(id)
    }
    await actor.execute(id)
    await noteState()

    expect(states).toEqual(['Pending', 'Active', 'Succeeded', ...(delayed === undefined ? [] : ['Queued']), 'Executed'])
  })

  it('emits its events, those of the votes and that of the executed call', async ({ chain }) => {
    const deployment = await chain.deploy(options)
    const { actor, registry, timelock: delayed, voters } = deployment
    const { target, calldata } = upgradeCall(registry, { name: 'v2', height: 1_000, info: '{}' })
    const id = await actor.propose({ targets: [target], calldatas: [calldata], description: '# Upgrade v2' })
    await actor.toVotingStart(id)
    for (const voter of [0, 1, 2]) await actor.vote(id, 1, voter, 'ship it')
    await actor.vote(id, 2, 3)
    await actor.pastDeadline(id)
    if (delayed !== undefined) {
      await actor.queue(id)
      await actor.pastEta(id)
    }
    await actor.execute(id)

    const events = await eventsOf(chain, deployment)
    const names = events.map(({ eventName }) => eventName).filter((name) => name !== 'ProposalExtended')
    expect(names.sort()).toEqual([
      'ProposalCreated',
      'ProposalExecuted',
      ...(delayed === undefined ? [] : ['ProposalQueued']),
      'UpgradeScheduled',
      ...Array.from({ length: 4 }, () => 'VoteCast'),
    ])
    const argsOf = (name: string) => events.find(({ eventName }) => eventName === name)?.args
    expect(argsOf('UpgradeScheduled')).toEqual({ name: 'v2', height: 1_000n, info: '{}' })
    expect(argsOf('VoteCast')).toMatchObject({ id, voter: voters[0], support: 1, weight: 100n, reason: 'ship it' })
  })

  it('is defeated without a quorum, and without an event for that', async ({ chain }) => {
    const deployment = await chain.deploy(options)
    const { actor } = deployment
    const id = await actor.propose({ description: 'Too few' })
    await actor.toVotingStart(id)
    await actor.vote(id, 1, 0)
    await actor.vote(id, 1, 1)
    await actor.pastDeadline(id)
    await expect(actor.state(id)).resolves.toBe('Defeated')
    expect((await eventsOf(chain, deployment)).map(({ eventName }) => eventName)).toEqual([
      'ProposalCreated',
      'VoteCast',
      'VoteCast',
    ])
    await expect(actor.vote(id, 1, 2)).rejects.toThrow('revert')
  })

  it('is canceled by its proposer', async ({ chain }) => {
    const deployment = await chain.deploy(options)
    const { actor } = deployment
    const id = await actor.propose({ description: 'Never mind', proposer: 2 })
    await actor.cancel(id)
    await expect(actor.state(id)).resolves.toBe('Canceled')
    expect((await eventsOf(chain, deployment)).map(({ eventName }) => eventName)).toEqual([
      'ProposalCreated',
      'ProposalCanceled',
    ])
  })
})

it('the governor accepts a vote in the deadline block and opens one block after the start', async ({ chain }) => {
  const deployment = await chain.deploy({ votingDelay: 3, votingPeriod: 4 })
  const { actor } = deployment
  const id = await actor.propose({ description: 'On the edge' })
  await actor.mine(3)
  await expect(actor.state(id)).resolves.toBe('Pending')
  await actor.mine(1)
  await expect(actor.state(id)).resolves.toBe('Active')
  await actor.mine(2)
  await actor.vote(id, 1, 0)
  const deadline = await chain.client.readContract({
    ...readerOf(deployment),
    functionName: 'proposalDeadline',
    args: [id],
  })
  await expect(chain.client.getBlockNumber()).resolves.toBe(deadline)
  await actor.mine(1)
  await expect(actor.state(id)).resolves.toBe('Defeated')
})

it('the governor extends the deadline on a late quorum, and returns the quorum only after the snapshot', async ({
  chain,
}) => {
  const deployment = await chain.deploy({ lateQuorum: 8 })
  const { actor } = deployment
  const reader = readerOf(deployment)
  const id = await actor.propose({ description: 'Late' })
  const deadline = await chain.client.readContract({ ...reader, functionName: 'proposalDeadline', args: [id] })
  const quorum = { ...reader, functionName: 'quorum', args: [deadline - 10n] } as const
  await expect(chain.client.readContract(quorum)).rejects.toThrow('0xecd3f81e')
  await actor.toVotingStart(id)
  await expect(chain.client.readContract(quorum)).resolves.toBe(300n)
  await actor.mine(6)
  for (const voter of [0, 1, 2]) await actor.vote(id, 1, voter)

  const [extended] = (await eventsOf(chain, deployment)).filter(({ eventName }) => eventName === 'ProposalExtended')
  const head = await chain.client.getBlockNumber()
  expect(head).toBeLessThanOrEqual(deadline)
  expect(extended?.args).toEqual({ id, extendedDeadline: head + 8n })
  await expect(chain.client.readContract({ ...reader, functionName: 'proposalDeadline', args: [id] })).resolves.toBe(
    head + 8n,
  )
})

it('a proposal that the timelock executes directly has no event of the governor', async ({ chain }) => {
  const deployment = await chain.deploy({ timelock })
  const { actor } = deployment
  const id = await actor.propose({ description: 'Backdoor' })
  await actor.toVotingStart(id)
  for (const voter of [0, 1, 2]) await actor.vote(id, 1, voter)
  await actor.pastDeadline(id)
  await actor.queue(id)
  await actor.pastEta(id)
  const [scheduled] = await chain.client.getLogs({
    address: deployment.timelock,
    fromBlock: deployment.fromBlock,
    strict: true,
    event: parseAbi(['event CallSalt(bytes32 indexed id, bytes32 salt)'])[0],
  })
  const data = encodeFunctionData({
    abi: parseAbi([
      'function executeBatch(address[] targets, uint256[] values, bytes[] payloads, bytes32 predecessor, bytes32 salt) payable',
    ]),
    args: [[zeroAddress], [0n], ['0x'], zeroHash, scheduled!.args.salt],
  })
  await transact(chain.client, { from: deployment.voters[4]!, to: deployment.timelock!, data })
  await expect(actor.state(id)).resolves.toBe('Executed')
  expect((await eventsOf(chain, deployment)).map(({ eventName }) => eventName)).not.toContain('ProposalExecuted')
})

describe('the clocks', () => {
  it.for([
    ['block', 'mode=blocknumber&from=default'],
    ['timestamp', 'mode=timestamp'],
  ] as const)('%s is reported as such', async ([clock, mode], { chain }) => {
    const deployment = await chain.deploy({ clock })
    await expect(chain.client.readContract({ ...readerOf(deployment), functionName: 'CLOCK_MODE' })).resolves.toBe(mode)
  })
})

it('OpenZeppelin 4.9 with the Bravo interface has no votes view and a yes-only quorum, also on London', async () => {
  const london = await startChain('--hardfork', 'london')
  onTestFinished(() => london.stop())
  const deployment = await london.deploy({ version: '4-bravo' })
  const { actor } = deployment
  const reader = readerOf(deployment)
  const id = await actor.propose({ description: 'Abstain' })
  await actor.toVotingStart(id)
  for (const voter of [0, 1, 2]) await actor.vote(id, 2, voter)
  await actor.vote(id, 1, 3)
  await actor.pastDeadline(id)
  await expect(actor.state(id)).resolves.toBe('Defeated')
  await expect(london.client.readContract({ ...reader, functionName: 'COUNTING_MODE' })).resolves.toBe(
    'support=bravo&quorum=bravo',
  )
  await expect(london.client.readContract({ ...reader, functionName: 'proposalVotes', args: [id] })).rejects.toThrow(
    'revert',
  )
})

it('a reorg removes a proposal', async () => {
  const own = await startChain()
  onTestFinished(() => own.stop())
  const { actor } = await own.deploy()
  await actor.mine(2)
  const id = await actor.propose({ description: 'Short-lived' })
  await own.reorg(1)
  await expect(actor.state(id)).rejects.toThrow('0x6ad06075')
})

it('deploying fails for options that no governor has', async ({ chain }) => {
  await expect(chain.deploy({ version: 'bravo', clock: 'timestamp' })).rejects.toThrow(
    'Version bravo has no timestamp clock.',
  )
  await expect(chain.deploy({ lateQuorum: 3, timelock })).rejects.toThrow(
    'lateQuorum goes with version 5 without a timelock.',
  )
})
