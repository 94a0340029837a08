import { numberToHex } from 'viem'
import { describe, expect } from 'vitest'
import { follow, readerOf } from './follow.js'
import { day } from './wemixContracts.js'
import { onWemix as it } from './onWemix.js'

describe('a ballot', () => {
  it('is reported as it was submitted, without a deadline before its first vote', async ({ chain }) => {
    const { registry, ballots, env, people, changeEnv } = await chain.wemix()
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
  })

  it('is followed through its votes to its execution', async ({ chain }) => {
    const { registry, ballots, people, changeEnv, vote } = await chain.wemix()
    const { poll, proposal } = follow({ urls: [chain.url], registry })
    const id = await changeEnv('blockCreationTime', [2000n])
    await poll()

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

  it('is rejected by a tie of all members', async ({ chain }) => {
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

  it('has failed if the vote passed but the change could not be applied', async ({ chain }) => {
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

  it('is executed with a reason for doing nothing if it was accepted but had nothing to remove', async ({ chain }) => {
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
    // It is not requested again, and stays.
    await poll()
    expect(proposal(ids[1]!)).toHaveProperty('skipped')
  })

  it('has that reason after a long absence, too, within the limit of blocks per log request', async ({
    chain,
    proxy,
  }) => {
    const { registry, people, removeMember, vote } = await chain.wemix({ members: 5 })
    const { poll, proposal } = follow({ urls: [proxy.url], registry, maxLogRange: 10 })
    const ids = [await removeMember(people[4]!), await removeMember(people[4]!)]
    await poll()
    await chain.client.mine({ blocks: 30 })
    for (const id of ids) for (const by of [0, 1, 2]) await vote(id, true, by).catch(() => undefined)
    proxy.reset()
    const { at } = await poll()
    const asked = proxy.requests.flat().filter(({ method }) => method === 'eth_getLogs')
    expect(asked).toMatchObject([
      { params: [{ fromBlock: numberToHex(at.number - 9n), toBlock: numberToHex(at.number) }] },
    ])
    expect(proposal(ids[1]!)).toMatchObject({ status: 'executed', skipped: 'Nothing was done: Not a member.' })
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

  it('expires without an event, blocks every other one, and is rejected once a member finalizes it', async ({
    chain,
  }) => {
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

    // Long after closed ballots are no longer requested.
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

  it('of a member about itself is executed in the transaction that created it', async ({ chain }) => {
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

  it('reads the same for a late reader, after a restart, and for a reader that followed it', async ({ chain }) => {
    const { registry, people, addMember, changeEnv, vote, cancel } = await chain.wemix()
    const early = follow({ urls: [chain.url], registry })
    await early.poll()
    const first = await addMember(people[4]!, { memo: 'Welcome' })
    await vote(first, true, 0)
    await early.poll()
    await cancel(await changeEnv('blocksPer', [3n]))
    await early.poll()
    await vote(first, false, 1)
    const restarted = early.restarted(readerOf({ urls: [chain.url], registry }))
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

  it('has each vote reported once, also after a long absence', async ({ chain }) => {
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
