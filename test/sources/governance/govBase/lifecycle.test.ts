import { describe, expect } from 'vitest'
import { compareProposals } from '../../../../src/domain/proposals/compareProposals.js'
import { deployGovBase, expiry, followGovBase, pass, readerOf } from './govBaseChain.js'
import { onSharedChain as it } from '../../../support/fixtures.js'

describe('a proposal', () => {
  it('is reported as it was submitted, with the vote of its proposer', async ({ chain }) => {
    const validators = await deployGovBase(chain, 'GovBaseValidator')
    const { poll, proposal } = followGovBase(chain.url, validators)
    await poll()
    const [first] = validators.members
    const id = await validators.propose(0, 'proposeGasTip', 5_000_000_000n)
    const submitted = await poll()
    expect(submitted.votes).toMatchObject([{ voter: first, choice: 'yes', weight: 1n, id: '1' }])
    expect(proposal(id)).toMatchObject({
      system: 'gov-base',
      contract: validators.address,
      title: 'Set gas tip to 5 gwei',
      type: 'parameter',
      status: 'voting',
      derived: false,
      proposer: first,
      clock: 'timestamp',
      actions: [{ target: validators.address, signature: 'SET_GAS_TIP(uint256)', effect: 'governance' }],
      tally: {
        yes: 1n,
        no: 0n,
        abstain: 0n,
        unit: 'members',
        quorum: 3n,
        electorate: 5n,
        turnout: 0.2,
        thresholdMet: false,
        quorumReached: false,
        quorumMissing: 2n,
      },
    })
    expect(proposal(id)?.votingEnd).toBe((proposal(id)?.submittedAt ?? 0n) + BigInt(expiry))
    expect(proposal(id)?.origin).toMatchObject({ block: submitted.at.number, hash: submitted.at.hash })
  })

  it('is followed through its votes to its execution by the deciding vote', async ({ chain }) => {
    const validators = await deployGovBase(chain, 'GovBaseValidator')
    const [first, second, third, fourth, fifth] = validators.members
    const { poll, proposal } = followGovBase(chain.url, validators)
    const id = await validators.propose(0, 'proposeGasTip', 5_000_000_000n)
    await poll()

    await validators.approve(3, id)
    await validators.reject(1, id)
    const voted = await poll()
    expect(voted.votes).toMatchObject([
      { voter: fourth, choice: 'yes' },
      { voter: second, choice: 'no' },
    ])
    expect(proposal(id)?.tally).toMatchObject({ yes: 2n, no: 1n, turnout: 0.6 })
    expect(proposal(id)?.description).toBe(
      [
        'Set gas tip to 5 gwei.\n',
        '2 of 3 required approvals, 1 rejected, 5 members.',
        `Voted: ${[first, second, fourth].join(', ')}.`,
        `Not voted yet: ${[third, fifth].join(', ')}.`,
      ].join('\n'),
    )

    await validators.approve(4, id)
    await poll()
    expect(proposal(id)).toMatchObject({
      status: 'executed',
      derived: false,
      tally: { yes: 3n, no: 1n, thresholdMet: true, quorumReached: true },
    })
    expect(proposal(id)?.description).toContain(`Did not vote: ${String(third)}.`)
  })

  it('is executed at once if one approval is enough', async ({ chain }) => {
    const validators = await deployGovBase(chain, 'GovBaseValidator', { size: 1, quorum: 1 })
    const { poll, proposal } = followGovBase(chain.url, validators)
    await poll()
    const id = await validators.propose(0, 'proposeGasTip', 1n)
    await poll()

    expect(proposal(id)).toMatchObject({ status: 'executed', title: 'Set gas tip to 0.000000001 gwei' })
  })

  it('is rejected once too many members are against it', async ({ chain }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    const { poll, proposal } = followGovBase(chain.url, council)
    await poll()
    const id = await council.propose(0, 'proposeAddBlacklist', council.stranger)
    for (const member of [1, 2]) await council.reject(member, id)
    await poll()
    expect(proposal(id)).toMatchObject({ status: 'voting', type: 'other', title: `Blacklist ${council.stranger}` })
    await council.reject(3, id)
    await poll()

    expect(proposal(id)).toMatchObject({ status: 'rejected', derived: false, tally: { yes: 1n, no: 3n } })
  })

  it('can be cancelled by its proposer while nobody else has voted', async ({ chain }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    const { poll, proposal } = followGovBase(chain.url, council)
    const mistake = await council.propose(0, 'proposeChangeMaxProposals', 7n)
    const kept = await council.propose(0, 'proposeChangeMaxProposals', 8n)
    await council.approve(1, kept)
    await poll()
    await council.act(0, 'cancelProposal', mistake)
    await expect(council.act(0, 'cancelProposal', kept)).rejects.toThrow()
    await poll()

    expect(proposal(mistake)).toMatchObject({
      status: 'canceled',
      derived: false,
      title: 'Let a member have 7 open proposals',
      type: 'parameter',
    })
    expect(proposal(kept)?.status).toBe('voting')
  })
})

describe('an expiry, which no event reports', () => {
  it('is derived one second after the end, not before, and confirmed once the contract is called', async ({
    chain,
  }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    const { poll, proposal } = followGovBase(chain.url, council)
    const id = await council.propose(0, 'proposeAddBlacklist', council.stranger)
    await poll()
    const end = proposal(id)?.votingEnd ?? 0n

    await chain.client.setNextBlockTimestamp({ timestamp: end })
    await chain.client.mine({ blocks: 1 })
    await poll()
    expect(proposal(id)).toMatchObject({ status: 'voting', derived: false })

    await chain.client.setNextBlockTimestamp({ timestamp: end + 1n })
    await chain.client.mine({ blocks: 1 })
    await poll()
    expect(proposal(id)).toMatchObject({ status: 'expired', derived: true })

    // The vote that triggers the expiry is not counted.
    await council.approve(1, id)
    const late = followGovBase(chain.url, council)
    await late.poll()
    expect(late.proposal(id)).toMatchObject({ status: 'expired', derived: false, tally: { yes: 1n } })
  })

  it('is confirmed without a new announcement for a reader that followed it', async ({ chain }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    const { poll, proposal } = followGovBase(chain.url, council)
    await poll()
    const id = await council.propose(0, 'proposeAddBlacklist', council.stranger)
    await poll()
    await pass(chain, expiry + 1)
    await poll()
    const derived = proposal(id)
    expect(derived).toMatchObject({ status: 'expired', derived: true })

    await council.approve(1, id)
    const touched = await poll()
    expect(proposal(id)).toMatchObject({
      status: 'expired',
      derived: false,
      origin: derived?.origin,
      tally: { yes: 1n },
    })
    expect(compareProposals(derived, proposal(id)!)).toMatchObject([{ type: 'detailsRead' }])
    expect(touched.proposals).toHaveLength(1)
  })

  it('is confirmed for a proposal that is not followed any more, with the time at which it closed', async ({
    chain,
  }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    const reader = readerOf(chain.url, [council])
    const { signal } = new AbortController()
    const id = await council.propose(0, 'proposeAddBlacklist', council.stranger)
    await pass(chain, expiry + 1)
    const first = await reader.read({ open: [], signal })
    await council.approve(1, id)
    const touched = await reader.read({ cursor: first.cursor, open: [], signal })

    expect(first.proposals).toMatchObject([{ status: 'expired', derived: true }])
    expect(touched.proposals).toMatchObject([
      {
        id: id.toString(),
        status: 'expired',
        derived: false,
        closedAt: { block: touched.at.number, timestamp: touched.proposals[0]!.votingEnd },
      },
    ])
  })

  it('also ends a proposal that was approved but not executed', async ({ chain }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil', { quorum: 1 })
    const { poll, proposal } = followGovBase(chain.url, council)
    const id = await council.propose(0, 'proposeRemoveBlacklist', council.stranger)
    await poll()
    expect(proposal(id)?.status).toBe('passed')
    await pass(chain, expiry + 1)
    await poll()

    expect(proposal(id)).toMatchObject({ status: 'expired', derived: true })
  })
})
