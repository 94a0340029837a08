import {
  type Address,
  encodeAbiParameters,
  encodeFunctionData,
  type Hex,
  numberToHex,
  parseAbi,
  parseAbiParameters,
  stringToHex,
  toEventSelector,
} from 'viem'
import { describe, expect } from 'vitest'
import { z } from 'zod'
import { deploy } from '../../../../src/localChain/deploy.js'
import { transact } from '../../../../src/localChain/transact.js'
import type { Chain } from '../../../support/chain.js'
import type { RpcCall } from '../../../support/countingProxy.js'
import { follow, readerOf } from './follow.js'
import { onOwnChain as it } from '../../../support/fixtures.js'

const { signal } = new AbortController()

type Fields = Readonly<Record<string, unknown>>
const fieldsSchema = z.record(z.string(), z.unknown())
const logsIn = ({ method }: RpcCall, { result }: Fields): readonly Fields[] | undefined =>
  method === 'eth_getLogs' && Array.isArray(result) ? z.array(fieldsSchema).parse(result) : undefined
/** Changes every log the node gives. */
const spoilLogs =
  (spoil: (log: Fields) => Fields) =>
  (call: RpcCall, answer: Fields): Fields => {
    const logs = logsIn(call, answer)
    return logs === undefined ? answer : { result: logs.map(spoil) }
  }
const swapText = (from: string, to: string) =>
  spoilLogs((log) => ({
    ...log,
    data: String(log['data']).replaceAll(stringToHex(from).slice(2), stringToHex(to).slice(2)),
  }))

describe('a node whose logs tell another content than the contract holds', () => {
  it('is not read, and the next one is, for the id is the hash of the content', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    const id = await actor.propose({ description: 'Get it from https://good.example' })
    proxy.behave({ rewrite: swapText('good', 'evil') })

    const alone = follow({ urls: [proxy.url], addresses: [governor] })
    await expect(alone.poll()).rejects.toMatchObject({ kind: 'transient' })
    await expect(alone.poll()).rejects.toThrow(
      new RegExp(`tells proposal ${id} of ${governor} with a content that is not the one its contract holds`),
    )
    expect(alone.proposals.size).toBe(0)

    const two = follow({ urls: [proxy.url, chain.url], addresses: [governor] })
    await two.poll()
    expect(two.proposal(id)?.title).toBe('Get it from https://good.example')
    await expect(
      readerOf({ urls: [proxy.url], addresses: [governor] }).readProposal(
        governor,
        id.toString(),
        signal,
        two.proposal(id)?.origin?.block,
      ),
    ).rejects.toThrow(/content/)
  })

  it('is found out by the calldata too, and under every version of OpenZeppelin', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy({ version: '4-bravo' })
    await actor.propose({ description: 'Pay', calldatas: ['0xaaaaaaaa11'] })
    await follow({ urls: [proxy.url], addresses: [governor] }).poll()
    proxy.behave({
      rewrite: spoilLogs((log) => ({ ...log, data: String(log['data']).replace('aaaaaaaa11', 'aaaaaaaa12') })),
    })
    await expect(follow({ urls: [proxy.url], addresses: [governor] }).poll()).rejects.toThrow(/content/)
  })

  it('may hold bytes that are no text: those are what is hashed', async ({ chain, proxy }) => {
    const { governor, voters } = await chain.deploy()
    // The text is broken where it is sent: no library encodes such a string.
    const data = encodeFunctionData({
      abi: parseAbi(['function propose(address[], uint256[], bytes[], string)']),
      args: [[governor], [0n], ['0x'], 'Broken ****'],
    }).replace(stringToHex('****').slice(2), 'ff00fe80')
    await transact(chain.client, { from: voters[0]!, to: governor, data: `0x${data.slice(2)}` })
    const { poll, proposals } = follow({ urls: [proxy.url], addresses: [governor] })
    await poll()
    expect([...proposals.values()].map(({ title }) => title)).toStrictEqual([expect.stringContaining('Broken')])
  })

  it('is found out by the contract where proposals are numbered', async ({ chain, proxy }) => {
    const { token, voters } = await chain.deploy()
    const [from] = voters
    const governor = await deploy(
      chain.client,
      from!,
      'SequentialGovernor',
      encodeAbiParameters(parseAbiParameters('address, uint256, uint256, uint256'), [token, 1n, 10n, 300n]),
    )
    const data = encodeFunctionData({
      abi: parseAbi(['function propose(address[], uint256[], bytes[], string)']),
      args: [[governor], [0n], ['0x'], 'By good people'],
    })
    await transact(chain.client, { from: from!, to: governor, data })

    const honest = follow({ urls: [proxy.url], addresses: [governor] })
    await honest.poll()
    expect(honest.proposal(1n)).toMatchObject({ title: 'By good people' })
    proxy.behave({ rewrite: swapText('good', 'evil') })
    const { poll, proposals } = follow({ urls: [proxy.url], addresses: [governor] })
    await expect(poll()).rejects.toThrow(/content/)
    expect(proposals.size).toBe(0)
  })

  it('is found out by the calls that Compound keeps', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy({ version: 'bravo' })
    const id = await actor.propose({ description: 'Schedule', calldatas: ['0xaaaaaaaa11'] })
    const honest = follow({ urls: [proxy.url], addresses: [governor] })
    await honest.poll()
    expect(honest.proposal(id)).toMatchObject({ title: 'Schedule' })

    proxy.behave({
      rewrite: spoilLogs((log) => ({ ...log, data: String(log['data']).replace('aaaaaaaa11', 'bbbbbbbb11') })),
    })
    await expect(follow({ urls: [proxy.url], addresses: [governor] }).poll()).rejects.toThrow(/content/)
  })
})

describe('a node that counts logs anew in each transaction', () => {
  it.for<[string, Fields]>([
    ['and tells the place of the transaction', {}],
    ['and does not tell it', { transactionIndex: undefined }],
    ['and calls each the first', { transactionIndex: '0x0' }],
    ['and knows no place', { transactionIndex: null }],
  ])('gives both proposals of a block, %s', async ([_, more], { chain, proxy }) => {
    const { governor, actor, voters } = await chain.deploy()
    const { poll, proposals } = follow({ urls: [proxy.url], addresses: [governor] })
    await poll()
    const data = (description: string): Hex =>
      encodeFunctionData({
        abi: parseAbi(['function propose(address[], uint256[], bytes[], string)']),
        args: [[governor], [0n], ['0x'], description],
      })
    await chain.client.setAutomine(false)
    for (const [index, from] of voters.slice(0, 2).entries())
      await chain.client.request({
        method: 'eth_sendTransaction',
        params: [{ from, to: governor, data: data(`Number ${index}`) }],
      })
    await actor.mine(1)
    await chain.client.setAutomine(true)
    proxy.behave({ rewrite: spoilLogs((log) => ({ ...log, logIndex: '0x0', ...more })) })
    await poll()
    expect([...proposals.values()].map(({ title }) => title).sort()).toStrictEqual(['Number 0', 'Number 1'])
  })
})

describe('a log that its block speaks of and the node holds back', () => {
  it('is read one poll later, within the same requests', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    const { poll, proposal, cursor } = follow({ urls: [proxy.url], addresses: [governor] })
    await poll()
    const id = await actor.propose({ description: 'Late' })
    proxy.behave({ rewrite: (call, answer) => (logsIn(call, answer) === undefined ? answer : { result: [] }) })
    await poll()
    expect(proposal(id)).toBeUndefined()
    expect(cursor()).toHaveProperty('unsure')

    proxy.behave({})
    proxy.reset()
    await actor.mine(1)
    await poll()
    expect(proposal(id)).toMatchObject({ title: 'Late', status: 'submitted' })
    expect(proxy.requests).toHaveLength(2)
    expect(cursor()).not.toHaveProperty('unsure')
  })

  it('gives no vote twice', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    const { poll, proposal } = follow({ urls: [proxy.url], addresses: [governor] })
    const id = await actor.propose({ description: 'Voted on' })
    await actor.toVotingStart(id)
    await actor.mine(1)
    await poll()
    await actor.vote(id, 1, 0)
    proxy.behave({ rewrite: (call, answer) => (logsIn(call, answer) === undefined ? answer : { result: [] }) })
    expect((await poll()).votes).toStrictEqual([])
    proxy.behave({})
    await actor.vote(id, 1, 1)
    expect((await poll()).votes).toHaveLength(2)
    await actor.mine(1)
    expect((await poll()).votes).toStrictEqual([])
    expect(proposal(id)?.tally?.yes).toBe(200n)
  })
})

describe('a head that never was', () => {
  it('claimed once, with everything that goes with it, is forgotten by the next honest answer', async ({
    chain,
    proxy,
  }) => {
    const { governor, actor } = await chain.deploy()
    const { poll, proposal } = follow({ urls: [proxy.url], addresses: [governor], maxLogRange: 2 ** 41 })
    await poll()
    await actor.mine(1)
    const real = await chain.client.request({ method: 'eth_getBlockByNumber', params: ['latest', false] })
    const absurd: Fields = { ...real, number: numberToHex(2n ** 40n), hash: `0x${'ab'.repeat(32)}` }
    const claimed = (at: unknown): boolean => at === 'latest' || at === absurd['number']
    proxy.behave({
      rewrite: (call, answer) => {
        if (call.method === 'eth_getBlockByNumber') return claimed(call.params?.[0]) ? { result: absurd } : answer
        return call.method === 'eth_getLogs' ? { result: [] } : answer
      },
    })
    expect(await poll()).toMatchObject({ at: { number: 2n ** 40n }, head: { number: 2n ** 40n } })
    proxy.behave({})
    const lost = await actor.propose({ description: 'After' })
    const reading = await poll()

    expect(reading.at.number).toBe(await chain.client.getBlockNumber())
    expect(reading.head.number).toBe(reading.at.number)
    expect(proposal(lost)).toMatchObject({ title: 'After' })
    expect(reading.retracted).toStrictEqual([])
  })
})

describe('a reorg right after the very first sync', () => {
  it.for([0n, 1n])('is one like any other, from block %i on', async (fromBlock, { chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    await actor.propose({ description: 'Goes' })
    const { poll, proposals } = follow({ urls: [proxy.url], addresses: [governor], fromBlock })
    await poll()
    expect(proposals.size).toBe(1)

    await chain.reorg(1)
    const reading = await poll()
    expect(reading.retracted).toHaveLength(1)
    expect(proposals.size).toBe(0)
    const id = await actor.propose({ description: 'Comes' })
    await poll()
    expect([...proposals.values()]).toMatchObject([{ id: id.toString() }])
  })
})

describe('a governor that is upgraded behind its proxy', () => {
  const proxyAbi = parseAbi(['function upgradeTo(address)', 'function propose(address[], uint256[], bytes[], string)'])
  const upgradable = async (
    chain: Chain,
  ): Promise<{
    readonly address: Address
    readonly from: Address
    readonly timed: Address
  }> => {
    const [byBlock, byTime] = [await chain.deploy(), await chain.deploy({ clock: 'timestamp' })]
    const from = byBlock.voters[0]!
    return {
      address: await deploy(
        chain.client,
        from,
        'UpgradableProxy',
        encodeAbiParameters(parseAbiParameters('address'), [byBlock.governor]),
      ),
      from,
      timed: byTime.governor,
    }
  }
  const propose = (chain: Chain, from: Address, to: Address, text: string) =>
    transact(chain.client, {
      from,
      to,
      data: encodeFunctionData({ abi: proxyAbi, functionName: 'propose', args: [[to], [0n], ['0x'], text] }),
    })

  it('is read by its new rules from the next poll on, for its proxy logs it', async ({ chain, proxy }) => {
    const { address, from, timed } = await upgradable(chain)
    const { poll, proposals } = follow({ urls: [proxy.url], addresses: [address] })
    await poll()
    await transact(chain.client, {
      from,
      to: address,
      data: encodeFunctionData({ abi: proxyAbi, functionName: 'upgradeTo', args: [timed] }),
    })
    await poll()
    await propose(chain, from, address, 'By time')
    await poll()
    expect([...proposals.values()]).toMatchObject([{ clock: 'timestamp' }])
  })

  it('is so too where the head was absurd when the old rules were learned', async ({ chain, proxy }) => {
    const { address, from, timed } = await upgradable(chain)
    const { poll, proposals } = follow({ urls: [proxy.url], addresses: [address] })
    proxy.behave({
      rewrite: (call, answer) =>
        call.method === 'eth_getBlockByNumber' && call.params?.[0] === 'latest'
          ? { result: { ...fieldsSchema.parse(answer['result']), number: numberToHex(2n ** 40n) } }
          : answer,
    })
    await poll().catch(() => undefined)
    proxy.behave({})
    await poll()
    await transact(chain.client, {
      from,
      to: address,
      data: encodeFunctionData({ abi: proxyAbi, functionName: 'upgradeTo', args: [timed] }),
    })
    await poll()
    await propose(chain, from, address, 'By time')
    await poll()
    expect([...proposals.values()]).toMatchObject([{ clock: 'timestamp' }])
  })

  it('is found out about again by time, where nothing tells, within the same requests', async ({ chain, proxy }) => {
    const { address, from, timed } = await upgradable(chain)
    let now = Date.now()
    const { poll, proposals } = follow({ urls: [proxy.url], addresses: [address], now: () => now })
    await poll()
    const slot = '0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc'
    await chain.client.setStorageAt({ address, index: slot, value: `0x${timed.slice(2).padStart(64, '0')}` })
    await propose(chain, from, address, 'Nobody told')
    now += 3_600_000
    proxy.reset()
    await poll()
    expect([...proposals.values()]).toMatchObject([{ clock: 'timestamp' }])
    expect(proxy.requests.length).toBeLessThanOrEqual(3)
  })
})

describe('a node whose logs end a proposal that goes on', () => {
  const ending =
    (id: bigint, event: string) =>
    (call: RpcCall, answer: Fields): Fields => {
      const logs = logsIn(call, answer) ?? []
      const log = logs.findLast(({ data }) => String(data).includes(id.toString(16)))
      if (log === undefined) return answer
      const data = encodeAbiParameters(parseAbiParameters('uint256'), [id])
      return { result: [...logs, { ...log, topics: [toEventSelector(event)], data, logIndex: '0x77' }] }
    }
  const lie = /tells that proposal \d+ of .* is over, and its contract that it is submitted/

  it.for(['ProposalCanceled(uint256)', 'ProposalExecuted(uint256)'])(
    'is passed over, in a first sync and later: %s',
    async (event, { chain, proxy }) => {
      const { governor, actor } = await chain.deploy()
      const late = follow({ urls: [proxy.url, chain.url], addresses: [governor] })
      await late.poll()
      const id = await actor.propose({ description: 'It goes on' })
      proxy.behave({ rewrite: ending(id, event) })
      const first = follow({ urls: [proxy.url, chain.url], addresses: [governor] })
      for (const each of [first, late]) {
        expect((await each.poll()).warnings).toStrictEqual([])
        expect(each.proposal(id)?.status).toBe('submitted')
      }
    },
  )

  it('is not believed where there is no other: the word of the contract counts', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy({ votingDelay: 100 })
    const id = await actor.propose({ description: 'It goes on' })
    await chain.client.mine({ blocks: 50 })
    proxy.behave({ rewrite: ending(id, 'ProposalCanceled(uint256)') })
    let time = 0
    for (const options of [{}, { maxLogRange: 10, now: () => (time += 10_000) }]) {
      const alone = follow({ urls: [proxy.url], addresses: [governor], ...options })
      expect((await alone.poll()).warnings.join()).toMatch(lie)
      expect(alone.proposal(id)?.status).toBe('submitted')
    }
  })

  it('is told from one whose proposals are over, which costs one request for all of them', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy({ votingDelay: 100 })
    const ids: bigint[] = []
    const { poll, proposal } = follow({ urls: [proxy.url], addresses: [governor] })
    await poll()
    const costs: number[] = []
    for (const count of [1, 3]) {
      for (let index = 0; index < count; index += 1) {
        const id = await actor.propose({ description: `${count} ${index}` })
        await actor.cancel(id)
        ids.push(id)
      }
      proxy.reset()
      expect((await poll()).warnings).toStrictEqual([])
      costs.push(proxy.requests.length)
    }
    expect(ids.map((id) => proposal(id)?.status)).toStrictEqual(['canceled', 'canceled', 'canceled', 'canceled'])
    expect(costs).toStrictEqual([3, 3])
  })
})
