import { describe, expect } from 'vitest'
import { follow } from './follow.js'
import { day } from './wemixChain.js'
import { onWemix as it } from './onWemix.js'

describe('reading on demand', () => {
  it('gives one ballot, those in a status, the members, the rules, and says what it found', async ({ chain }) => {
    const { registry, gov, ballots, env, people, changeEnv, replaceMember, cancel, vote } = await chain.wemix()
    await changeEnv('blocksPer', [2n])
    await cancel(await changeEnv('blocksPer', [3n]))
    await vote(1n, true, 0)
    await replaceMember(people[1]!, people[1]!, { node: 'node\u0000two', by: 1 })
    const { reader } = follow({ urls: [chain.url], registry: `0x${registry.slice(2).toLowerCase()}` })
    const { signal } = new AbortController()

    expect(await reader.readProposal(ballots.toLowerCase(), '1', signal)).toMatchObject({ id: '1', status: 'voting' })
    expect(await reader.readProposal(ballots, '0', signal)).toBeUndefined()
    expect(await reader.readProposal(ballots, '4', signal)).toBeUndefined()
    expect(await reader.readProposal(ballots, 'no number', signal)).toBeUndefined()
    expect(await reader.readProposal(gov, '1', signal)).toBeUndefined()
    expect((await reader.readProposals('canceled', signal)).map(({ id }) => id)).toStrictEqual(['2'])
    expect(await reader.readMembers(signal)).toStrictEqual([
      { address: people[0], role: 'validator', weight: 3_333n, name: 'node1' },
      { address: people[1], role: 'validator', weight: 3_333n, name: 'nodetwo' },
      { address: people[2], role: 'validator', weight: 3_333n, name: 'node3' },
    ])
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

  it('counts a voter apart from its member', async ({ chain }) => {
    const { registry, people, addMember, vote } = await chain.wemix({ members: 1 })
    const id = await addMember(people[4]!, { voter: people[5]! })
    await vote(id, true, 0)
    const { reader } = follow({ urls: [chain.url], registry })
    expect(await reader.readMembers(new AbortController().signal)).toStrictEqual([
      { address: people[0], role: 'validator', weight: 5_000n, name: 'node1' },
      { address: people[4], role: 'validator', name: 'newcomer' },
      { address: people[5], role: 'voter', weight: 5_000n },
    ])
  })
})
