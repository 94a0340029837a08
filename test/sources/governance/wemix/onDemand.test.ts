import { describe, expect } from 'vitest'
import { follow } from './follow.js'
import type { WemixChain } from './wemixChain.js'
import { day } from './wemixContracts.js'
import { onWemix } from './onWemix.js'

const { signal } = new AbortController()

/** Ballot 1 is voted on, 2 canceled, 3 submitted; and a member has a node with an odd name. */
async function lively(chain: WemixChain) {
  const wemix = await chain.wemix()
  const { registry, people, changeEnv, replaceMember, cancel, vote } = wemix
  await changeEnv('blocksPer', [2n])
  await cancel(await changeEnv('blocksPer', [3n]))
  await vote(1n, true, 0)
  await replaceMember(people[1]!, people[1]!, { node: 'node\u0000two', by: 1 })
  const { reader } = follow({ urls: [chain.url], registry: `0x${registry.slice(2).toLowerCase()}` })
  return { ...wemix, reader }
}
const it = onWemix.extend('lively', { scope: 'file' }, ({ chain }) => lively(chain))

describe('reading on demand', () => {
  it('returns a ballot, in whatever letter case its contract is written', async ({ lively: { reader, ballots } }) => {
    expect(await reader.readProposal(ballots.toLowerCase(), '1', signal)).toMatchObject({ id: '1', status: 'voting' })
  })

  it.for(['0', '4', 'no number'])('returns nothing for the unknown id %s', async (id, { lively }) => {
    expect(await lively.reader.readProposal(lively.ballots, id, signal)).toBeUndefined()
  })

  it('returns nothing for another contract', async ({ lively: { reader, gov } }) => {
    expect(await reader.readProposal(gov, '1', signal)).toBeUndefined()
  })

  it('returns the ballots with a status', async ({ lively: { reader } }) => {
    expect((await reader.readProposals('canceled', signal)).map(({ id }) => id)).toStrictEqual(['2'])
  })

  it('returns the members, with the names of their nodes made safe to print', async ({
    lively: { reader, people },
  }) => {
    expect(await reader.readMembers(signal)).toStrictEqual([
      { address: people[0], role: 'validator', weight: 3_333n, name: 'node1' },
      { address: people[1], role: 'validator', weight: 3_333n, name: 'nodetwo' },
      { address: people[2], role: 'validator', weight: 3_333n, name: 'node3' },
    ])
  })

  it('returns the rules', async ({ lively: { reader, registry, ballots, gov, env } }) => {
    expect(await reader.readParameters(signal)).toMatchObject([
      {
        contract: ballots,
        clock: 'timestamp',
        details: {
          registry,
          governance: gov,
          envStorage: env,
          members: '3',
          ballots: '3',
          ballotInVoting: '1',
          threshold: '5001 of 10000',
          ballotDurationMin: '86400',
          ballotDurationMax: '604800',
          stakingMin: '1500000000000000000000000',
          blockCreationTimeMs: '1000',
          blockGasLimit: '105000000',
        },
      },
    ])
  })

  it('returns a summary for the check, and whether an expired ballot blocks the governance', async ({
    chain,
    lively: { reader, registry, ballots, gov },
  }) => {
    expect(await reader.check(signal)).toStrictEqual([
      {
        system: 'wemix',
        contract: ballots,
        summary: `WEMIX3.0 ballots, registry ${registry}, Gov ${gov}, 3 members, 3 ballots, ballot 1 in voting`,
      },
    ])
    await chain.mine(3n * day)
    expect((await reader.check(signal))[0]?.summary).toMatch(
      /ballot 1 in voting, whose time is over: governance is stuck until a member calls finalizeEndedVote\(\)$/,
    )
  })

  it('lists a voter separately from its member', async ({ chain }) => {
    const { registry, people, addMember, vote } = await chain.wemix({ members: 1 })
    const id = await addMember(people[4]!, { voter: people[5]! })
    await vote(id, true, 0)
    const { reader } = follow({ urls: [chain.url], registry })
    expect(await reader.readMembers(signal)).toStrictEqual([
      { address: people[0], role: 'validator', weight: 5_000n, name: 'node1' },
      { address: people[4], role: 'validator', name: 'newcomer' },
      { address: people[5], role: 'voter', weight: 5_000n },
    ])
  })
})
