import { describe, expect } from 'vitest'
import { isOpen, type ProposalStatus } from '../../../../src/domain/proposals/proposal.js'
import { type ChainProposal, start, timeOf } from '../../../support/servers/cosmos/chain.js'
import { upgradeMessage } from '../../../support/servers/cosmos/messages.js'
import type { CosmosServer } from '../../../support/servers/cosmosServer.js'
import type { Follower } from './follow.js'
import { onCosmos as it } from './onCosmos.js'

async function nextPoll(server: CosmosServer, hub: Follower): Promise<void> {
  server.mine(1)
  await hub.poll()
}

describe('a proposal', () => {
  it('waits for its deposit, without an end of its vote', async ({ server, hub }) => {
    server.put(12, { status: 'DEPOSIT_PERIOD', votingStart: null, votingEnd: null, title: 'More blocks' })
    await hub.poll()
    expect(hub.proposal(12)).toMatchObject({
      chain: 'hub',
      contract: 'gov',
      id: '12',
      system: 'cosmos',
      title: 'More blocks',
      description: 'What 12 is about.',
      status: 'submitted',
      derived: false,
      proposer: 'cosmos1proposer',
      clock: 'timestamp',
      submittedAt: BigInt(start),
      readAt: 1000n,
    })
    expect(hub.proposal(12)).not.toHaveProperty('votingEnd')
  })

  it('is voted on, with the tally as the chain will count it', async ({ server, hub }) => {
    server.put(12, { status: 'DEPOSIT_PERIOD', votingStart: null, votingEnd: null })
    await hub.poll()
    server.put(12, {
      status: 'VOTING_PERIOD',
      votingStart: timeOf(start + 50),
      votingEnd: timeOf(start + 9_000),
      votes: ['300000', '100000', '50000', '10000'],
    })
    await nextPoll(server, hub)
    expect(hub.proposal(12)).toMatchObject({
      status: 'voting',
      votingStart: BigInt(start + 50),
      votingEnd: BigInt(start + 9_000),
      votingEndsAt: BigInt(start + 9_000),
    })
    expect(hub.proposal(12)?.tally).toEqual({
      yes: 300_000n,
      abstain: 100_000n,
      no: 50_000n,
      veto: 10_000n,
      unit: 'uatom',
      quorum: 400_000n,
      quorumReached: true,
      quorumCounts: ['yes', 'no', 'abstain', 'veto'],
      quorumMissing: 0n,
      threshold: 0.5,
      thresholdMet: true,
      electorate: 1_000_000n,
      turnout: 0.46,
    })
  })

  it('passes with the final tally, and is closed', async ({ server, hub }) => {
    server.put(12, { status: 'VOTING_PERIOD', votes: ['300000', '100000', '50000', '10000'] })
    await hub.poll()
    server.put(12, { status: 'PASSED', finalVotes: ['310000', '100000', '50000', '10000'] })
    await nextPoll(server, hub)
    const passed = hub.proposal(12)
    expect(passed).toMatchObject({
      status: 'passed',
      carriedOut: true,
      tally: { yes: 310_000n, quorumReached: true, thresholdMet: true },
    })
    expect(passed !== undefined && isOpen(passed)).toBe(false)
  })

  it.for<readonly [ChainProposal['status'], ProposalStatus]>([
    ['DEPOSIT_PERIOD', 'submitted'],
    ['VOTING_PERIOD', 'voting'],
    ['PASSED', 'passed'],
    ['REJECTED', 'rejected'],
    ['FAILED', 'failed'],
  ])('in %s is %s', async ([status, expected], { server, hub }) => {
    server.put(3, { status })
    await hub.poll()
    expect(hub.proposal(3)?.status).toBe(expected)
  })

  it('with an unknown status is left out with a warning', async ({ server, hub }) => {
    server.put(3, { status: 'UNSPECIFIED' })
    server.put(4)
    const { warnings } = await hub.poll()
    expect(warnings).toEqual(['Proposal 3 has an unknown status and was left out.'])
    expect(hub.proposal(3)).toBeUndefined()
    expect(hub.proposal(4)?.status).toBe('voting')
  })

  it('that passed and FAILED to execute says why', async ({ server, hub }) => {
    server.put(7, {
      status: 'FAILED',
      failedReason: 'client \u001b[31mstate\n is expired',
      finalVotes: ['9', '0', '0', '0'],
    })
    await hub.poll()
    expect(hub.proposal(7)).toMatchObject({ status: 'failed', tally: { yes: 9n, quorumReached: true } })
    expect(hub.proposal(7)?.description).toMatch(
      /^It passed, but the chain could not carry it out: client state is expired\n/,
    )
  })

  it('that opens and closes between two polls is still read', async ({ server, hub }) => {
    server.put(1, { status: 'PASSED' })
    await hub.poll()
    server.put(5, { status: 'REJECTED' })
    await nextPoll(server, hub)
    expect(hub.proposal(5)?.status).toBe('rejected')
  })

  it('keeps its last tally if the node has none', async ({ server, hub }) => {
    server.put(1, { votes: ['500000', '0', '0', '0'] })
    await hub.poll()
    server.behave({
      fail: (path) =>
        path.endsWith('/tally')
          ? { status: 404, body: '{"code":5,"message":"proposal 1 doesn\'t exist","details":[]}' }
          : undefined,
    })
    await nextPoll(server, hub)
    expect(hub.proposal(1)?.tally).toMatchObject({ yes: 500_000n, quorumReached: true })
  })

  it('is not requested again once it is closed', async ({ server, hub }) => {
    server.put(1, { status: 'REJECTED' })
    server.put(2)
    await hub.poll()
    server.requests.length = 0
    await nextPoll(server, hub)
    expect(server.requests.filter((path) => path.includes('/proposals/1'))).toEqual([])
    expect(server.requests.filter((path) => path.includes('/proposals/2/tally'))).toHaveLength(1)
  })
})

describe('a proposal that the chain deletes', () => {
  it('without enough deposit has expired', async ({ server, hub }) => {
    server.put(8, { status: 'DEPOSIT_PERIOD', depositEnd: timeOf(start + 1_001 * 5) })
    await hub.poll()
    server.drop(8)
    await nextPoll(server, hub)
    expect(hub.proposal(8)).toMatchObject({ status: 'expired', derived: true })
  })

  it('before the end of its deposit period is canceled, also after a restart', async ({ server, hub }) => {
    server.put(8, { status: 'DEPOSIT_PERIOD', depositEnd: timeOf(start + 900_000) })
    await hub.poll()
    hub = hub.restarted()
    server.drop(8)
    await nextPoll(server, hub)
    expect(hub.proposal(8)).toMatchObject({ status: 'canceled', derived: true })
  })

  it('during its vote is canceled', async ({ server, hub }) => {
    server.put(8)
    await hub.poll()
    server.drop(8)
    await nextPoll(server, hub)
    expect(hub.proposal(8)).toMatchObject({ status: 'canceled', derived: true })
  })
})

describe('an expedited proposal', () => {
  const parts = {
    expedited: true,
    messages: [upgradeMessage('v18', 5_000)],
    votingEnd: timeOf(start + 7_000),
    votes: ['600000', '0', '400000', '0'],
  } as const

  it('keeps its type, is marked as expedited, and has its own threshold', async ({ server, hub }) => {
    server.put(20, parts)
    await hub.poll()
    expect(hub.proposal(20)).toMatchObject({
      type: 'upgrade',
      expedited: true,
      tally: { threshold: 0.667, thresholdMet: false },
    })
  })

  it('that becomes regular stays in voting, with a later end and no result yet', async ({ server, hub }) => {
    server.put(20, parts)
    await hub.poll()
    server.put(20, { expedited: false, votingEnd: timeOf(start + 90_000), finalVotes: ['1', '2', '3', '4'] })
    await nextPoll(server, hub)
    expect(hub.proposal(20)).toMatchObject({
      status: 'voting',
      votingEnd: BigInt(start + 90_000),
      tally: { yes: 600_000n, threshold: 0.5, thresholdMet: true },
    })
    expect(hub.proposal(20)).not.toHaveProperty('expedited')
  })

  it('of type text is an emergency until its vote is over', async ({ server, hub }) => {
    server.put(21, { expedited: true })
    await hub.poll()
    expect(hub.proposal(21)?.type).toBe('emergency')
    server.put(21, { status: 'PASSED' })
    await nextPoll(server, hub)
    expect(hub.proposal(21)?.type).toBe('text')
  })
})
