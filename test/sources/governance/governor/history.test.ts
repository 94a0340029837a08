import { numberToHex } from 'viem'
import { describe, expect } from 'vitest'
import type { SyncProgress } from '../../../../src/sources/createReader.js'
import type { GoodReading } from '../../../../src/domain/reading.js'
import type { Follower } from '../../../support/followReader.js'
import type { Chain } from '../../../support/chain.js'
import type { CountingProxy, RpcCall } from '../../../support/servers/countingProxy.js'
import { follow, readerOf } from './follow.js'
import { onSharedChain as it } from '../../../support/fixtures.js'

/** A governor with proposals in every status, each voted on. */
const lively = async (chain: Chain) => {
  const deployed = await chain.deploy({ votingPeriod: 12, timelock: { minDelay: 1 } })
  const { actor } = deployed
  const ids: bigint[] = []
  for (let index = 0; index < 6; index++) {
    const id = await actor.propose({ description: `Proposal ${index}`, proposer: index % 5 })
    ids.push(id)
    if (index === 1) await actor.cancel(id)
    else {
      await actor.toVotingStart(id)
      await actor.mine(1)
      for (const voter of [0, 1, 2, 3]) await actor.vote(id, index === 2 ? 0 : 1, voter)
      await actor.pastDeadline(id)
    }
    if (index === 3 || index === 4) await actor.queue(id)
    if (index === 4) {
      await actor.pastEta(id)
      await actor.execute(id)
    }
  }
  return { ...deployed, ids }
}

const rangeOf = ({ params }: RpcCall): { readonly from: number; readonly to: number } => {
  const text = JSON.stringify(params)
  const part = (name: string): number => Number(new RegExp(`"${name}":"(0x[0-9a-f]+)"`).exec(text)?.[1])
  return { from: part('fromBlock'), to: part('toBlock') }
}
const logRanges = (proxy: CountingProxy) =>
  proxy.requests
    .flat()
    .filter(({ method }) => method === 'eth_getLogs')
    .map(rangeOf)

/** Reads a history in small portions, and is restarted after each. */
async function inPortions(options: Parameters<typeof follow>[0]) {
  let time = 0
  const progress: SyncProgress[] = []
  // A clock that is a second later at every call: five windows of 7 blocks per portion.
  const slow = {
    ...options,
    maxLogRange: 7,
    now: () => (time += 1_000),
    onProgress: (step: SyncProgress) => progress.push(step),
  }
  const readings: GoodReading[] = []
  let follower = follow(slow)
  do {
    readings.push(await follower.portion())
    follower = follower.restarted(readerOf(slow))
  } while (readings.at(-1)!.backlog > 0n)
  return { follower, readings, progress }
}

/** What was read, except for the block it was read at. */
const essence = ({ proposals }: Follower) =>
  [...proposals.values()].map(({ readAt: _at, tally, ...proposal }) => ({
    ...proposal,
    votes: [tally?.yes, tally?.no],
  }))

describe('a first sync', () => {
  it.for(['latest', 2] as const)(
    'returns in many portions the same as in one, and no votes, at finality %s',
    async (finality, { chain }) => {
      const { governor, actor } = await lively(chain)
      await actor.mine(2)
      const whole = follow({ urls: [chain.url], addresses: [governor], finality })
      expect((await whole.poll()).votes).toStrictEqual([])

      const { follower, readings, progress } = await inPortions({ urls: [chain.url], addresses: [governor], finality })

      expect(readings.length).toBeGreaterThan(3)
      expect(readings.flatMap(({ votes }) => votes)).toStrictEqual([])
      expect(essence(follower)).toStrictEqual(essence(whole))
      expect([...follower.proposals.values()].map(({ status }) => status)).toStrictEqual([
        'passed',
        'canceled',
        'rejected',
        'queued',
        'executed',
        'passed',
      ])
      expect(progress.at(-1)).toMatchObject({ chain: 'local', toGo: 0n })
      expect(progress.every(({ secondsLeft }) => secondsLeft !== undefined && secondsLeft >= 0)).toBe(true)
    },
  )

  it('reads portion by portion without new blocks, also with a number of confirmations', async ({ chain }) => {
    const { governor } = await lively(chain)
    let time = 0
    const { portion, proposals } = follow({
      urls: [chain.url],
      addresses: [governor],
      maxLogRange: 7,
      finality: 1,
      now: () => (time += 1_000),
    })
    const backlogs: bigint[] = []
    do backlogs.push((await portion()).backlog)
    while (backlogs.at(-1) !== 0n)

    expect(backlogs.length).toBeGreaterThan(3)
    expect(proposals.size).toBe(6)
  })

  it('does not take a part of the history for the whole if the node falls behind', async ({ chain, proxy }) => {
    const { governor, actor } = await lively(chain)
    await actor.mine(40)
    let time = 0
    const { portion } = follow({ urls: [proxy.url], addresses: [governor], maxLogRange: 7, now: () => (time += 1_000) })
    expect((await portion()).backlog).toBeGreaterThan(0n)
    const early = await chain.client.request({ method: 'eth_getBlockByNumber', params: ['0x3', false] })
    proxy.behave({ rewrite: (call, answer) => (call.params?.[0] === 'latest' ? { result: early } : answer) })
    await expect(portion()).rejects.toThrow(/went back: it answers with block 3, behind block \d+/)
    proxy.behave({})
    expect((await portion()).at.number).toBeGreaterThan(3n)
  })

  it('also reports an older block, so that the pace of the chain is known at once', async ({ chain }) => {
    const { governor } = await lively(chain)
    const { at, previous } = await follow({ urls: [chain.url], addresses: [governor] }).poll()
    const older = at.number > 100n ? at.number - 100n : 0n
    expect(previous).toMatchObject({ number: older, hash: (await chain.client.getBlock({ blockNumber: older })).hash })
  })

  it('starts at the configured block, and requests no block twice and none after the head', async ({
    chain,
    proxy,
  }) => {
    const { governor, fromBlock } = await lively(chain)
    const { poll } = follow({ urls: [proxy.url], addresses: [governor], maxLogRange: 10, fromBlock })
    proxy.reset()
    const { at } = await poll()
    const ranges = logRanges(proxy)
    expect(ranges[0]?.from).toBe(Number(fromBlock))
    expect(ranges.at(-1)?.to).toBe(Number(at.number))
    expect(ranges.slice(1).map(({ from }) => from)).toStrictEqual(ranges.slice(0, -1).map(({ to }) => to + 1))
  })

  it('narrows its windows if the node refuses them, or uses those that the node proposes', async ({ chain, proxy }) => {
    const { governor } = await lively(chain)
    const refusing =
      (limit: number, message: (from: number) => string) =>
      (call: RpcCall, answer: Readonly<Record<string, unknown>>) => {
        if (call.method !== 'eth_getLogs') return answer
        const { from, to } = rangeOf(call)
        return to - from + 1 > limit ? { error: { code: -32005, message: message(from) } } : answer
      }
    const whole = follow({ urls: [chain.url], addresses: [governor] })
    await whole.poll()

    proxy.behave({ rewrite: refusing(9, () => 'block range is too wide (maximum 9)') })
    const halved = follow({ urls: [proxy.url], addresses: [governor] })
    await halved.poll()
    expect(halved.proposals.size).toBe(whole.proposals.size)

    proxy.behave({
      rewrite: refusing(9, (from) => `Try with this block range [${numberToHex(from)}, ${numberToHex(from + 8)}].`),
    })
    proxy.reset()
    const told = follow({ urls: [proxy.url], addresses: [governor] })
    await told.poll()
    proxy.behave({})
    expect(told.proposals.size).toBe(whole.proposals.size)
    expect(
      logRanges(proxy)
        .slice(0, 3)
        .map(({ from, to }) => to - from + 1)
        .slice(1),
    ).toStrictEqual([9, 9])
  })
})

describe('a reader with a cursor', () => {
  it('continues after a restart as if it had never stopped', async ({ chain }) => {
    const { governor, actor } = await chain.deploy()
    const stays = follow({ urls: [chain.url], addresses: [governor] })
    let dies = follow({ urls: [chain.url], addresses: [governor] })
    const both = async () => {
      const reading = await stays.poll()
      dies = dies.restarted(readerOf({ urls: [chain.url], addresses: [governor] }))
      const again = await dies.poll()
      expect({ ...again, readAt: 0 }).toStrictEqual({ ...reading, readAt: 0 })
      return reading
    }
    await both()
    const id = await actor.propose({ description: 'Through thick and thin' })
    await both()
    await actor.toVotingStart(id)
    await both()
    await actor.vote(id, 1, 0)
    await actor.vote(id, 0, 1)
    expect((await both()).votes).toHaveLength(2)
    await actor.pastDeadline(id)
    await actor.mine(1)
    await both()
    expect(dies.proposal(id)?.status).toBe('rejected')
  })

  it('reads all votes of a proposal that was made and decided between two polls', async ({ chain }) => {
    const { governor, actor } = await chain.deploy()
    const { poll, proposal } = follow({ urls: [chain.url], addresses: [governor] })
    await poll()
    const id = await actor.propose({ description: 'Over in no time' })
    await actor.toVotingStart(id)
    await actor.mine(1)
    for (const voter of [0, 1, 2]) await actor.vote(id, 1, voter)
    await actor.pastDeadline(id)
    await actor.execute(id)
    const { votes } = await poll()

    expect(votes).toHaveLength(3)
    expect(proposal(id)).toMatchObject({ status: 'executed', tally: { yes: 300n, thresholdMet: true } })
  })

  it('reports its previous block, however many windows it reads', async ({ chain }) => {
    const { governor, actor } = await chain.deploy()
    const { poll } = follow({ urls: [chain.url], addresses: [governor], maxLogRange: 10 })
    const { at } = await poll()
    await actor.propose({ description: 'On the way' })
    await actor.mine(30)
    const { previous } = await poll()

    expect(previous).toMatchObject({ number: at.number, hash: at.hash })
  })

  it('follows a deadline that moves', async ({ chain }) => {
    const { governor, actor } = await chain.deploy({ votingPeriod: 20, lateQuorum: 15 })
    const { poll, proposal } = follow({ urls: [chain.url], addresses: [governor] })
    const id = await actor.propose({ description: 'Late' })
    await poll()
    const before = proposal(id)?.votingEnd ?? 0n
    await actor.toVotingStart(id)
    await actor.mine(12)
    for (const voter of [0, 1, 2]) await actor.vote(id, 1, voter)
    await poll()

    expect(proposal(id)?.votingEnd).toBeGreaterThan(before)
  })

  it('keeps the proposals of several governors apart', async ({ chain }) => {
    const one = await chain.deploy()
    const two = await chain.deploy({ version: 'bravo' })
    const { poll, proposals } = follow({ urls: [chain.url], addresses: [one.governor, two.governor] })
    await one.actor.propose({ description: 'Of one' })
    await two.actor.propose({ description: 'Of two' })
    await poll()
    expect([...proposals.values()].map(({ contract, title }) => ({ contract, title }))).toStrictEqual([
      { contract: one.governor, title: 'Of one' },
      { contract: two.governor, title: 'Of two' },
    ])
  })
})
