import { describe, expect } from 'vitest'
import type { Chain } from '../../../support/chain.js'
import { followReader } from '../../../support/followReader.js'
import { deployGovBase, expiry, followGovBase, type GovBase, pass, readerOf } from './govBaseChain.js'
import { onSharedChain as it } from '../../../support/fixtures.js'

/** A history: 130 proposals of two contracts, most of them closed. */
async function historyOf(chain: Chain, council: GovBase): Promise<void> {
  for (let index = 0; index < 130; index++) {
    const id = await council.propose(index % 5, 'proposeChangeMaxProposals', 50n)
    if (index % 10 !== 0) await council.act(index % 5, 'cancelProposal', id)
  }
  await pass(chain, expiry + 1)
  const joining = await council.propose(0, 'proposeAddMember', council.stranger, 3)
  await council.approve(1, joining)
  await council.approve(2, joining)
  await council.propose(0, 'proposeAddBlacklist', council.stranger)
}

describe('a first sync', () => {
  it('reads a long history once, in portions, without its logs and votes', async ({ chain, proxy }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    await historyOf(chain, council)
    const { poll, proposals, proposal } = followGovBase(proxy.url, council)
    proxy.reset()
    const reading = await poll()

    expect(reading).toMatchObject({ backlog: 0n, votes: [], warnings: [], retracted: [] })
    expect(proposals.size).toBe(132)
    const standings = [...proposals.values()].map(({ status, derived }) => `${status}${derived ? ', derived' : ''}`)
    const countOf = (standing: string): number => standings.filter((one) => one === standing).length
    expect(['canceled', 'expired, derived', 'executed', 'voting'].map(countOf)).toStrictEqual([117, 13, 1, 1])
    expect(proposal(1n)?.tally?.electorate).toBe(5n)
    expect(proposal(132n)?.tally?.electorate).toBe(6n)
    expect([...proposals.values()].map(({ id }) => Number(id))).toStrictEqual(
      Array.from({ length: 132 }, (_, index) => index + 1),
    )
    expect(proxy.methods()).not.toContain('eth_getLogs')
    expect(proxy.requests.length).toBeLessThanOrEqual(4)

    await chain.client.mine({ blocks: 1 })
    proxy.reset()
    await poll()
    expect(proxy.requests).toHaveLength(2)
    expect(JSON.stringify(proxy.requests)).not.toContain((77).toString(16).padStart(64, '0'))
  })

  it('returns the same proposals as a reader that followed them from the start', async ({ chain }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    const early = followGovBase(chain.url, council)
    await early.poll()
    const done = await council.propose(0, 'proposeChangeQuorum', 2)
    await early.poll()
    await council.approve(1, done)
    await early.poll()
    await council.approve(2, done)
    await early.poll()
    await council.propose(3, 'proposeAddBlacklist', council.stranger)
    await early.poll()

    const late = followGovBase(chain.url, council)
    await late.poll()
    expect(late.proposals.size).toBe(2)
    for (const [key, proposal] of late.proposals) {
      const { origin: _origin, ...known } = early.proposals.get(key)!
      expect({ ...known, readAt: 0n }).toStrictEqual({ ...proposal, readAt: 0n })
    }
  })
})

describe('a reader with a cursor', () => {
  it('continues after a restart as if it had never stopped', async ({ chain }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    const id = await council.propose(0, 'proposeAddBlacklist', council.stranger)
    const before = followGovBase(chain.url, council)
    await before.poll()
    await council.approve(1, id)
    const after = before.restarted(readerOf(chain.url, [council]))
    const reading = await after.poll()

    expect(reading.votes).toMatchObject([{ voter: council.members[1], choice: 'yes' }])
    expect(after.proposal(id)?.tally?.yes).toBe(2n)
    expect(JSON.stringify(before.cursor())).toContain(`"${council.address.toLowerCase()}":"1"`)
  })

  it('reads the votes portion by portion after a long absence, and the state at the end', async ({ chain }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    let time = 0
    const { poll, portion, proposal } = followReader(
      readerOf(chain.url, [council], { maxLogRange: 4, now: () => (time += 2_000) }),
    )
    await poll()
    const id = await council.propose(0, 'proposeAddBlacklist', council.stranger)
    for (const member of [1, 3]) {
      await chain.client.mine({ blocks: 20 })
      await council.reject(member, id)
    }
    const first = await portion()
    expect(first.proposals).toStrictEqual([])
    expect(first.backlog).toBeGreaterThan(0n)
    const rest = await poll()

    expect([...first.votes, ...rest.votes].map(({ voter, choice }) => [voter, choice])).toStrictEqual([
      [council.members[0], 'yes'],
      [council.members[1], 'no'],
      [council.members[3], 'no'],
    ])
    expect(proposal(id)).toMatchObject({ status: 'voting', tally: { yes: 1n, no: 2n } })
  })

  it('keeps proposals of several contracts with the same id apart', async ({ chain }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    const validators = await deployGovBase(chain, 'GovBaseValidator')
    const { poll, proposals } = followGovBase(chain.url, council, validators)
    await poll()
    await council.propose(0, 'proposeAddBlacklist', council.stranger)
    await validators.propose(0, 'proposeGasTip', 1n)
    const { votes } = await poll()

    expect([...proposals.values()].map(({ contract, id }) => [contract, id])).toStrictEqual([
      [council.address, '1'],
      [validators.address, '1'],
    ])
    expect(votes.map(({ contract }) => contract)).toStrictEqual([council.address, validators.address])
  })

  it('finds more new proposals than it expected', async ({ chain }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    const { poll, proposals } = followGovBase(chain.url, council)
    await poll()
    for (let index = 0; index < 9; index++) await council.propose(index % 5, 'proposeChangeMaxProposals', 5n)
    const { votes } = await poll()

    expect(proposals.size).toBe(9)
    expect(votes).toHaveLength(9)
  })

  it('reads at the configured finality', async ({ chain }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    const { poll, proposal } = followReader(readerOf(chain.url, [council], { finality: 2 }))
    const id = await council.propose(0, 'proposeAddBlacklist', council.stranger)
    await chain.client.mine({ blocks: 2 })
    await poll()
    await council.approve(1, id)
    await chain.client.mine({ blocks: 1 })
    await poll()
    expect(proposal(id)?.tally?.yes).toBe(1n)
    await chain.client.mine({ blocks: 1 })
    await poll()
    expect(proposal(id)?.tally?.yes).toBe(2n)
  })
})
