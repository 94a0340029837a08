import { parseAbi } from 'viem'
import { describe, expect, onTestFinished } from 'vitest'
import { startChain } from '../support/chain.js'
import { onSharedChain as it } from '../support/fixtures.js'
import { readerOf, timelock } from './governorActorGiven.js'

describe('Compound Bravo', () => {
  const bravo = { version: 'bravo', timelock, initialProposalId: 41n } as const

  it('numbers its proposals from the first id', async ({ chain }) => {
    const deployment = await chain.deploy(bravo)
    const reader = readerOf(deployment)
    const count = () => chain.client.readContract({ ...reader, functionName: 'proposalCount' })
    await expect(count()).resolves.toBe(41n)
    await expect(deployment.actor.propose({ description: 'One' })).resolves.toBe(42n)
    await expect(deployment.actor.propose({ description: 'Two', proposer: 1 })).resolves.toBe(43n)
    await expect(count()).resolves.toBe(43n)
    await expect(deployment.actor.state(41n)).rejects.toThrow('GovernorBravo::state: invalid proposal id')
    await expect(deployment.actor.propose({ description: 'Three' })).rejects.toThrow('one live proposal per proposer')
  })

  it('returns votes by proposals(id) and receipts, and has no views of OpenZeppelin', async ({ chain }) => {
    const deployment = await chain.deploy(bravo)
    const { actor, voters } = deployment
    const reader = readerOf(deployment)
    const signatures = ['setVotingPeriod(uint256)']
    const calldatas = [`0x${'0'.repeat(62)}64`] as const
    const id = await actor.propose({
      targets: [deployment.governor],
      signatures,
      calldatas,
      description: 'Longer votes',
    })
    await actor.toVotingStart(id)
    await actor.vote(id, 1, 0)
    await actor.vote(id, 0, 1)
    await actor.vote(id, 2, 2)

    const proposal = await chain.client.readContract({ ...reader, functionName: 'proposals', args: [id] })
    expect([proposal[1], ...proposal.slice(5)]).toEqual([voters[0], 100n, 100n, 100n, false, false])
    await expect(chain.client.readContract({ ...reader, functionName: 'getActions', args: [id] })).resolves.toEqual([
      [deployment.governor],
      [0n],
      signatures,
      calldatas,
    ])
    await expect(
      chain.client.readContract({ ...reader, functionName: 'getReceipt', args: [id, voters[1]!] }),
    ).resolves.toEqual({ hasVoted: true, support: 0, votes: 100n })
    await expect(chain.client.readContract({ ...reader, functionName: 'quorumVotes' })).resolves.toBe(300n)
    await expect(chain.client.readContract({ ...reader, functionName: 'CLOCK_MODE' })).rejects.toThrow('revert')
    await expect(chain.client.readContract({ ...reader, functionName: 'proposalVotes', args: [id] })).rejects.toThrow(
      'revert',
    )
  })

  it('executes a call that is given by its signature', async ({ chain }) => {
    const deployment = await chain.deploy({ ...bravo, quorum: 100n })
    const { actor } = deployment
    const id = await actor.propose({
      targets: [deployment.governor],
      signatures: ['setVotingPeriod(uint256)'],
      calldatas: [`0x${'0'.repeat(62)}64`],
      description: 'Longer votes',
    })
    await actor.toVotingStart(id)
    await actor.vote(id, 1, 0)
    await actor.pastDeadline(id)
    await actor.queue(id)
    await actor.pastEta(id)
    await actor.execute(id)
    const period = parseAbi(['function votingPeriod() view returns (uint256)'])
    await expect(
      chain.client.readContract({ address: deployment.governor, abi: period, functionName: 'votingPeriod' }),
    ).resolves.toBe(100n)
  })

  it('lets a queued proposal expire after the grace period, without an event', async () => {
    // A separate node, because two weeks pass on it.
    const later = await startChain('--hardfork', 'london')
    onTestFinished(() => later.stop())
    const deployment = await later.deploy({ ...bravo, quorum: 100n })
    const { actor } = deployment
    const id = await actor.propose({ description: 'Forgotten' })
    await actor.toVotingStart(id)
    await actor.vote(id, 1, 0)
    await actor.pastDeadline(id)
    await actor.queue(id)
    await actor.pastEta(id)
    await expect(actor.state(id)).resolves.toBe('Queued')
    await actor.mine(2, 14 * 86_400)
    await expect(actor.state(id)).resolves.toBe('Expired')
    await expect(actor.execute(id)).rejects.toThrow('can only be executed if it is queued')
  })
})
