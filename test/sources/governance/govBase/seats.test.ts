import { onSharedChain, untilDone } from '../../../support/fixtures.js'
import { describe, expect } from 'vitest'
import { councilStanding } from '../../../../src/domain/proposals/attendance.js'
import { startChain } from '../../../support/chain.js'
import { deployGovBase, followGovBase } from './govBaseChain.js'

/** More accounts than a chain has by default. */
const it = onSharedChain.extend('chain', { scope: 'file' }, ({}, cleaning) =>
  untilDone(startChain('--accounts', '25'), cleaning),
)

describe('the seats', () => {
  it('are updated when a member is replaced, though no proposal or version shows that', async ({ chain }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    const [first, second] = council.members
    const { poll, proposal } = followGovBase(chain.url, council)
    const id = await council.propose(0, 'proposeAddBlacklist', council.members[3])
    await poll()
    expect(proposal(id)?.description).toContain(`Not voted yet: ${String(second)}, `)

    await council.act(1, 'changeMember', council.stranger)
    await poll()
    expect(proposal(id)?.description).toContain(`Approved by: ${String(first)}.`)
    expect(proposal(id)?.description).toContain(`Not voted yet: ${council.stranger}, `)
    expect(proposal(id)?.description).not.toContain(String(second))
  })

  it('show who has not voted, and how many votes decide', async ({ chain }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil', { quorum: 3 })
    const { poll, proposal } = followGovBase(chain.url, council)
    const id = await council.propose(0, 'proposeChangeMaxProposals', 5n)
    await poll()
    const [first, second, ...others] = council.members
    expect(proposal(id)?.attendance).toStrictEqual({ voted: [first], missing: [second, ...others] })
    expect(councilStanding(proposal(id) ?? {})).toMatchObject({ toPass: 2, toFail: 3 })

    await council.approve(1, id)
    await poll()
    expect(councilStanding(proposal(id) ?? {})).toMatchObject({ toPass: 1, missing: others })
    await council.approve(2, id)
    await poll()
    expect(proposal(id)).toMatchObject({ status: 'executed' })
    expect(proposal(id)).not.toHaveProperty('attendance')
  })

  it('of a proposal are those of its version, and a later member cannot vote on it', async ({ chain }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil', { quorum: 2 })
    const { poll, proposal } = followGovBase(chain.url, council)
    await poll()
    const older = await council.propose(0, 'proposeChangeMaxProposals', 5n)
    const joining = await council.propose(0, 'proposeAddMember', council.stranger, 3)
    await council.approve(1, joining)
    const newer = await council.propose(0, 'proposeChangeMaxProposals', 6n)
    await poll()

    expect(proposal(joining)?.status).toBe('executed')
    expect(proposal(older)?.tally).toMatchObject({ electorate: 5n, quorum: 2n })
    expect(proposal(older)?.description).not.toContain(council.stranger)
    expect(proposal(newer)?.tally).toMatchObject({ electorate: 6n, quorum: 3n })
    expect(proposal(newer)?.description).toContain(council.stranger)
  })

  it('keep the quorum that a proposal was made with, whatever the quorum becomes', async ({ chain }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil', { quorum: 2 })
    const { poll, proposal } = followGovBase(chain.url, council)
    const older = await council.propose(0, 'proposeChangeMaxProposals', 5n)
    const stricter = await council.propose(0, 'proposeChangeQuorum', 4)
    await council.approve(1, stricter)
    await poll()
    expect(proposal(older)?.tally?.quorum).toBe(2n)
    const [parameters] = await followGovBase(chain.url, council).reader.readParameters(new AbortController().signal)
    expect(parameters?.quorum).toBe(4n)
  })

  it('may be more than expected', async ({ chain }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil', { size: 20, quorum: 11 })
    const { poll, proposal, reader } = followGovBase(chain.url, council)
    await poll()
    const id = await council.propose(17, 'proposeAddBlacklist', council.members[3])
    await poll()

    expect(proposal(id)?.tally).toMatchObject({ electorate: 20n, turnout: 0.05 })
    expect(proposal(id)?.description).toContain(`Approved by: ${String(council.members[17])}.`)
    expect((await reader.readMembers(new AbortController().signal)).map(({ address }) => address)).toStrictEqual(
      council.members,
    )
  })
})
