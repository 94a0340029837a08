import { keccak256, toBytes } from 'viem'
import { describe, expect } from 'vitest'
import { follow } from './follow.js'
import { day } from './wemixChain.js'
import { onWemix as it } from './onWemix.js'

describe('a ballot', () => {
  it('is followed from its submission to its application', async ({ chain }) => {
    const { registry, ballots, env, people, changeEnv, vote } = await chain.wemix()
    const { poll, proposal } = follow({ urls: [chain.url], registry })
    await poll()

    const id = await changeEnv('blockCreationTime', [2000n], { memo: '# Slower blocks\n\nFor older machines.' })
    await poll()
    expect(proposal(id)).toMatchObject({
      id: '1',
      contract: ballots,
      system: 'wemix',
      status: 'submitted',
      derived: false,
      type: 'parameter',
      title: 'Change blockCreationTime to 2 s',
      proposer: people[0],
      clock: 'timestamp',
      actions: [{ target: env, effect: 'governance' }],
      tally: {
        yes: 0n,
        no: 0n,
        abstain: 0n,
        unit: 'bp',
        electorate: 10_000n,
        threshold: 0.5,
        thresholdMet: false,
        turnout: 0,
      },
    })
    expect(proposal(id)?.description).toBe(
      'Changes the variable blockCreationTime to 2 s.\nThe first vote starts it; until then it has no deadline.\n\n# Slower blocks\n\nFor older machines.',
    )
    expect(proposal(id)?.votingEnd).toBeUndefined()

    await vote(id, true, 0)
    const { at, votes } = await poll()
    expect(proposal(id)).toMatchObject({
      status: 'voting',
      derived: false,
      votingStart: at.timestamp,
      votingEnd: at.timestamp + 2n * day,
    })
    expect(votes).toMatchObject([
      { contract: ballots, id: '1', voter: people[0], choice: 'yes', weight: 3_333n, index: 1 },
    ])

    await vote(id, false, 1)
    await poll()
    expect(proposal(id)?.tally).toMatchObject({ yes: 3_333n, no: 3_333n, thresholdMet: false, turnout: 0.6666 })
    await vote(id, true, 2)
    expect((await poll()).votes).toMatchObject([{ voter: people[2], choice: 'yes' }])
    expect(proposal(id)).toMatchObject({
      status: 'executed',
      derived: false,
      tally: { yes: 6_666n, no: 3_333n, thresholdMet: true },
    })
  })

  it('is rejected by the votes against it', async ({ chain }) => {
    const { registry, changeEnv, vote } = await chain.wemix()
    const { poll, proposal } = follow({ urls: [chain.url], registry })
    const id = await changeEnv('blocksPer', [2n])
    await vote(id, false, 0)
    await poll()
    await vote(id, false, 1)
    await poll()
    expect(proposal(id)).toMatchObject({
      status: 'rejected',
      derived: false,
      tally: { no: 6_666n, thresholdMet: false },
    })
  })

  it('is rejected by a draw, where everybody has voted', async ({ chain }) => {
    const { registry, changeEnv, vote } = await chain.wemix({ members: 4 })
    const { poll, proposal } = follow({ urls: [chain.url], registry })
    const id = await changeEnv('blocksPer', [2n])
    for (const by of [0, 1, 2, 3]) await vote(id, by < 2, by)
    await poll()
    expect(proposal(id)).toMatchObject({
      status: 'rejected',
      tally: { yes: 5_000n, no: 5_000n, turnout: 1, thresholdMet: false },
    })
  })

  it('has failed where the vote passed and the world had moved on', async ({ chain }) => {
    const { registry, people, addMember, vote } = await chain.wemix()
    const { poll, proposal } = follow({ urls: [chain.url], registry })
    const newcomer = people[5]!
    const ids = [await addMember(newcomer), await addMember(newcomer)]
    await poll()
    for (const id of ids) for (const by of [0, 1, 2]) await vote(id, true, by).catch(() => undefined)
    await poll()
    expect(proposal(ids[0]!)).toMatchObject({ status: 'executed' })
    expect(proposal(ids[1]!)).toMatchObject({ status: 'failed', derived: false, tally: { thresholdMet: true } })
    expect(proposal(ids[1]!)?.description).toContain('The vote passed, but the change could not be applied.')
  })

  it('says that nothing was done where it was accepted and had nothing to remove', async ({ chain }) => {
    const { registry, people, removeMember, vote } = await chain.wemix({ members: 5 })
    const { poll, proposal } = follow({ urls: [chain.url], registry })
    const ids = [await removeMember(people[4]!), await removeMember(people[4]!)]
    await poll()
    for (const id of ids) for (const by of [0, 1, 2]) await vote(id, true, by).catch(() => undefined)
    await poll()
    expect(proposal(ids[0]!)).toMatchObject({ status: 'executed', derived: false })
    expect(proposal(ids[0]!)).not.toHaveProperty('skipped')
    expect(proposal(ids[1]!)).toMatchObject({
      status: 'executed',
      derived: false,
      skipped: 'Nothing was done: Not a member.',
    })
    // It is not asked about again, and stays.
    await poll()
    expect(proposal(ids[1]!)).toHaveProperty('skipped')
  })

  it('is canceled by its creator', async ({ chain }) => {
    const { registry, changeEnv, cancel } = await chain.wemix()
    const { poll, proposal } = follow({ urls: [chain.url], registry })
    const id = await changeEnv('blocksPer', [2n])
    await poll()
    await cancel(id)
    await poll()
    expect(proposal(id)).toMatchObject({ status: 'canceled', derived: false })
  })

  it('expires without a word, blocks every other one, and is rejected once a member says so', async ({ chain }) => {
    const { registry, changeEnv, vote, finalizeEndedVote } = await chain.wemix()
    const { poll, proposal } = follow({ urls: [chain.url], registry })
    const stuck = await changeEnv('blocksPer', [2n])
    const waiting = await changeEnv('maxBaseFee', [10n ** 13n])
    await vote(stuck, true, 0)
    await poll()
    const end = proposal(stuck)!.votingEnd!
    await chain.client.setNextBlockTimestamp({ timestamp: end })
    await chain.client.mine({ blocks: 1 })
    await poll()
    expect(proposal(stuck)).toMatchObject({ status: 'voting', derived: false })

    await chain.mine()
    await poll()
    expect(proposal(stuck)).toMatchObject({ status: 'expired', derived: true })
    expect(proposal(stuck)?.description).toContain(
      'Governance is stuck: no ballot can be voted on until a member calls finalizeEndedVote().',
    )
    expect(proposal(waiting)).toMatchObject({ status: 'submitted' })
    expect(proposal(waiting)?.description).toContain(`It cannot be voted on: ballot ${stuck} ended undecided`)
    await expect(vote(waiting, true, 1)).rejects.toThrow('Expired')

    // Long after nobody asks about closed ballots any more.
    await chain.client.mine({ blocks: 300 })
    await poll()
    await poll()
    await finalizeEndedVote()
    await poll()
    expect(proposal(stuck)).toMatchObject({ status: 'rejected', derived: false })
    expect(proposal(waiting)?.description).toContain('The first vote starts it')
    await vote(waiting, true, 1)
    await poll()
    expect(proposal(waiting)).toMatchObject({ status: 'voting' })
  })

  it('of a member about itself is over with the transaction that made it', async ({ chain }) => {
    const { registry, people, replaceMember } = await chain.wemix()
    const { poll, proposal } = follow({ urls: [chain.url], registry })
    await poll()
    const id = await replaceMember(people[0]!, people[0]!, { node: 'renamed' })
    await poll()
    expect(proposal(id)).toMatchObject({
      status: 'executed',
      derived: false,
      type: 'membership',
      title: `Member ${people[0]} changes its own entry (renamed)`,
    })
    expect(proposal(id)?.description).toContain('Accepted without a vote')
    expect(proposal(id)?.tally).toBeUndefined()
  })

  it('reads the same to who comes late, and to who restarts, as to who was there all along', async ({ chain }) => {
    const { registry, people, addMember, changeEnv, vote, cancel } = await chain.wemix()
    const early = follow({ urls: [chain.url], registry })
    await early.poll()
    const first = await addMember(people[4]!, { memo: 'Welcome' })
    await vote(first, true, 0)
    await early.poll()
    await cancel(await changeEnv('blocksPer', [3n]))
    await early.poll()
    await vote(first, false, 1)
    const restarted = early.restarted({ urls: [chain.url], registry })
    await restarted.poll()
    await vote(first, true, 2)
    await restarted.poll()
    await restarted.poll()
    const late = follow({ urls: [chain.url], registry })
    const { votes } = await late.poll()

    const essence = ({ proposals }: typeof late) =>
      [...proposals.values()].map((proposal) => ({ ...proposal, readAt: 0n }))
    expect(essence(late)).toStrictEqual(essence(restarted))
    expect(essence(late)).toHaveLength(2)
    expect(votes).toStrictEqual([])
  })

  it('tells each vote once, also to who was away for long', async ({ chain }) => {
    const { registry, changeEnv, vote } = await chain.wemix({ members: 9 })
    const { poll } = follow({ urls: [chain.url], registry })
    await poll()
    for (let round = 0; round < 4; round++) {
      const id = await changeEnv('blocksPer', [2n])
      for (let by = 0; by < 5; by++) await vote(id, true, by)
    }
    const { votes } = await poll()
    expect(votes.map(({ index, id }) => [index, id])).toStrictEqual(
      Array.from({ length: 20 }, (_, at) => [at + 1, String(Math.floor(at / 5) + 1)]),
    )
    await chain.mine()
    expect((await poll()).votes).toStrictEqual([])
  })
})

describe('the words of a ballot', () => {
  it('say what each type asks for', async ({ chain }) => {
    const { registry, people, gov, addMember, removeMember, replaceMember, changeGov, changeEnv, signal } =
      await chain.wemix()
    const [first, second, , , , other, voter, impl] = people
    await addMember(other!, { node: 'seoul\u202e-1', voter: voter! })
    await removeMember(second!)
    await replaceMember(second!, other!)
    await changeGov(impl!)
    await changeEnv('ballotDurationMinMax', [day, 7n * day])
    await signal('software-upgrade', 'hello')
    await signal('software-upgrade', '{"name":"v2","height":5000}')
    await signal('colour', 'blue')
    const { poll, proposals } = follow({ urls: [chain.url], registry })
    await poll()
    const all = [...proposals.values()]

    expect(all.map(({ type, title }) => [type, title])).toStrictEqual([
      ['membership', `Add member ${other} (seoul-1)`],
      ['membership', `Remove member ${second}`],
      ['membership', `Replace member ${second} by ${other}`],
      ['parameter', `Point governance at ${impl}`],
      ['parameter', 'Change ballotDurationMinMax to 1 d to 7 d'],
      ['parameter', 'Set software-upgrade to "hello"'],
      ['upgrade', 'Upgrade v2 at height 5000'],
      ['parameter', `Set the variable ${keccak256(toBytes('colour')).slice(0, 10)}… to "blue"`],
    ])
    expect(all[7]!.description).toContain(
      `Sets the variable ${keccak256(toBytes('colour'))}, of type String: that is the hash of its name`,
    )
    expect(all[0]!.description).toContain(
      `Adds member ${other} (seoul-1), voter ${voter}, node at 10.0.0.9:8589, 1500000 WEMIX locked.`,
    )
    expect(all[1]!.description).toContain(`Removes member ${second}, 1000000 WEMIX unlocked, 500000 WEMIX slashed.`)
    expect(all[3]!.actions).toStrictEqual([
      { target: gov, value: 0n, selector: '0x3659cfe6', signature: 'upgradeTo(address)', effect: 'governance' },
    ])
    expect(all.map(({ proposer }) => proposer)).toStrictEqual(Array.from({ length: 8 }, () => first))
  })
})

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
