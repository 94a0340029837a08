import { describe, expect } from 'vitest'
import { deployGovBase, followGovBase } from './govBaseChain.js'
import { onSharedChain as it } from '../../../support/fixtures.js'

describe('an execution that skips accounts', () => {
  const accounts = [
    '0x00000000000000000000000000000000000000A1',
    '0x00000000000000000000000000000000000000A2',
    '0x00000000000000000000000000000000000000a3',
  ]

  it('is reported with the reason as executed in part or not at all, by transaction and not by event id', async ({
    chain,
  }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil', { quorum: 2 })
    const { poll, proposal } = followGovBase(chain.url, council)
    await poll()
    const whole = await council.propose(0, 'proposeAddBlacklistBatch', accounts.slice(0, 2))
    const again = await council.propose(1, 'proposeAddBlacklistBatch', accounts.slice(0, 2))
    const part = await council.propose(2, 'proposeAddBlacklistBatch', accounts)
    // The newest proposal, whose id the events have.
    const newest = await council.propose(3, 'proposeChangeMaxProposals', 7n)
    for (const id of [whole, again, part]) await council.approve(4, id)
    await poll()

    expect([whole, again, part, newest].map((id) => [proposal(id)?.status, proposal(id)?.skipped])).toStrictEqual([
      ['executed', undefined],
      ['executed', 'Nothing was done: already blacklisted.'],
      ['executed', '2 of 3 accounts were passed over: already blacklisted.'],
      ['voting', undefined],
    ])
  })
})

describe('an approved action that fails', () => {
  it('is passed and has three attempts, after which it has failed', async ({ chain }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil', { quorum: 1 })
    const { poll, proposal } = followGovBase(chain.url, council)
    await poll()
    const id = await council.propose(0, 'proposeRemoveBlacklist', council.stranger)
    const left: (string | undefined)[] = []
    for (let attempt = 0; attempt < 3; attempt++) {
      await poll()
      expect(proposal(id)).toMatchObject({ status: 'passed', derived: false })
      left.push(/(\d) of 3 attempts left/.exec(proposal(id)?.description ?? '')?.[1])
      await council.act(1, 'executeProposal', id)
    }
    expect(left).toStrictEqual(['2', '1', '0'])
    await poll()
    expect(proposal(id)).toMatchObject({ status: 'failed', derived: false })
  })

  it('is executed by a later attempt', async ({ chain }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil', { quorum: 1 })
    const { poll, proposal } = followGovBase(chain.url, council)
    const id = await council.propose(0, 'proposeRemoveBlacklist', council.stranger)
    await poll()
    await council.propose(0, 'proposeAddBlacklist', council.stranger)
    await council.act(1, 'executeProposal', id)
    await poll()

    expect(proposal(id)?.status).toBe('executed')
  })

  it('has failed for good after executeWithFailure, which emits no ProposalFailed', async ({ chain }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil', { quorum: 1 })
    const { poll, proposal } = followGovBase(chain.url, council)
    const id = await council.propose(0, 'proposeRemoveBlacklist', council.stranger)
    await poll()
    await council.act(1, 'executeWithFailure', id)
    await poll()

    expect(proposal(id)).toMatchObject({ status: 'failed', derived: false })
  })

  it('cancels the deciding vote if it reverts, and the proposal stays open', async ({ chain }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil', { quorum: 2 })
    const { poll, proposal } = followGovBase(chain.url, council)
    const id = await council.propose(0, 'proposeAddMember', council.members[4], 2)
    await poll()
    await expect(council.approve(1, id)).rejects.toThrow()
    const reading = await poll()

    expect(reading.votes).toStrictEqual([])
    expect(proposal(id)).toMatchObject({
      status: 'voting',
      tally: { yes: 1n },
      title: `Add member ${String(council.members[4])}, quorum stays 2`,
    })
  })
})
