import { aProxy, onSharedChain, untilDone } from '../../../support/fixtures.js'
import { decodeFunctionData, encodeFunctionResult, isHex, multicall3Abi, numberToHex } from 'viem'
import { describe, expect } from 'vitest'
import { z } from 'zod'
import { multicallAddress } from '../../../../src/sources/rpc/standingMulticall.js'
import { startChain } from '../../../support/chain.js'
import { standMulticall } from '../../../support/multicallContract.js'
import type { CountingProxy, RpcCall } from '../../../support/servers/countingProxy.js'
import { follow } from '../governor/follow.js'

/** A chain with the multicall contract. */
const it = onSharedChain.extend('chain', { scope: 'file' }, async ({}, cleaning) => {
  const chain = await untilDone(startChain(), cleaning)
  await standMulticall(chain)
  return chain
})

const callSchema = z.looseObject({
  to: z.string().optional(),
  data: z.custom<`0x${string}`>((value) => isHex(value)),
})
const callIn = ({ method, params }: RpcCall) =>
  method === 'eth_call' ? callSchema.parse(params?.[0]) : { to: 'none', data: '0x' as const }
const isToMulticall = (call: RpcCall): boolean => callIn(call).to?.toLowerCase() === multicallAddress.toLowerCase()
const calls = (proxy: CountingProxy): readonly RpcCall[] =>
  proxy.requests.flat().filter(({ method }) => method === 'eth_call')
/** Refuses calls without an address. */
const narrow = (call: RpcCall, answer: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  callIn(call).to === undefined ? { error: { code: -32602, message: "missing field 'to'" } } : answer

describe('a node that refuses calls without an address, on a chain with the multicall contract', () => {
  it.for([
    ['OpenZeppelin 5', '5'],
    ['OpenZeppelin 4, which has no clock of its own', '4-bravo'],
    ['Compound, which counts in block.number', 'bravo'],
  ] as const)(
    'is read through that contract, with the same result as any other node: %s',
    async ([_, version], { chain, proxy }) => {
      const { governor, actor } = await chain.deploy({ version, votingPeriod: 100 })
      const [first, second] = [
        await actor.propose({ description: 'Voted on' }),
        await actor.propose({ description: 'Not yet', proposer: 1 }),
      ]
      await actor.toVotingStart(second)
      for (const voter of [0, 1, 2]) await actor.vote(first, 1, voter)
      const wide = follow({ urls: [chain.url], addresses: [governor] })
      const narrowed = follow({ urls: [proxy.url], addresses: [governor] })
      proxy.behave({ rewrite: narrow })
      for (const { poll } of [wide, narrowed]) await poll()
      expect([...narrowed.proposals.values()]).toStrictEqual([...wide.proposals.values()])
      expect(narrowed.proposal(first)).toMatchObject({ status: 'voting', tally: { yes: 300n } })
      expect(narrowed.proposal(first)).not.toHaveProperty('foreignClock')

      await actor.pastDeadline(second)
      for (const { poll } of [wide, narrowed]) await poll()
      expect([...narrowed.proposals.values()]).toStrictEqual([...wide.proposals.values()])
      expect([narrowed.proposal(first)?.status, narrowed.proposal(second)?.status]).toStrictEqual([
        'passed',
        'rejected',
      ])
    },
  )

  it('costs two requests a poll, with all questions in one call at the block of the reading', async ({
    chain,
    proxy,
  }) => {
    const { governor, actor } = await chain.deploy({ votingPeriod: 100 })
    for (const proposer of [0, 1, 2, 3, 4]) await actor.propose({ description: `Number ${proposer}`, proposer })
    await actor.mine(3)
    const { poll } = follow({ urls: [proxy.url], addresses: [governor] })
    proxy.behave({ rewrite: narrow })
    await poll()
    await actor.mine(1)
    await poll()
    await actor.mine(1)
    proxy.reset()
    const { at } = await poll()
    expect(proxy.requests).toHaveLength(2)
    expect(calls(proxy)).toHaveLength(1)
    const [call] = calls(proxy)
    expect(isToMulticall(call!)).toBe(true)
    expect(call?.params?.[1]).toBe(numberToHex(at.number))
    const asked = decodeFunctionData({ abi: multicall3Abi, data: callIn(call!).data })
    expect(z.tuple([z.array(z.unknown())]).parse(asked.args)[0].length).toBeGreaterThanOrEqual(10)
  })

  it('returns through it the block.number of contracts, which on a rollup is that of the parent chain', async ({
    chain,
    proxy,
  }) => {
    const { governor, actor } = await chain.deploy({ version: 'bravo', votingPeriod: 100 })
    const id = await actor.propose({ description: 'On a rollup' })
    await actor.toVotingStart(id)
    proxy.behave({
      rewrite: (call, answer) =>
        isToMulticall(call) && callIn(call).data === '0x42cbb15c'
          ? { result: numberToHex(400_000n, { size: 32 }) }
          : narrow(call, answer),
    })
    const { poll, proposal } = follow({ urls: [proxy.url], addresses: [governor] })
    await poll()
    expect(proposal(id)).toMatchObject({ status: 'voting', foreignClock: true })
  })
})

/** The answer of a contract that returns 400,000 for every view. */
const lieTo = (call: RpcCall): `0x${string}` => {
  const word = numberToHex(400_000n, { size: 32 })
  const { data } = callIn(call)
  if (data === '0x42cbb15c') return word
  const { args } = decodeFunctionData({ abi: multicall3Abi, data })
  const result = z
    .tuple([z.array(z.unknown())])
    .parse(args)[0]
    .map(() => ({ success: true, returnData: word }))
  return encodeFunctionResult({ abi: multicall3Abi, functionName: 'aggregate3', result })
}

describe('a node that refuses calls without an address, on a chain with another contract at that address', () => {
  it('gets single calls, because the key that deploys to that address is public', async ({ onTestFinished }) => {
    const chain = await untilDone(startChain(), { onCleanup: onTestFinished })
    const proxy = await aProxy({ chain }, { onCleanup: onTestFinished })
    await chain.client.setCode({ address: multicallAddress, bytecode: '0x00' })
    const { governor, actor } = await chain.deploy({ version: 'bravo', votingPeriod: 100 })
    const id = await actor.propose({ description: 'Read' })
    await actor.toVotingStart(id)
    proxy.behave({
      rewrite: (call, answer) => (isToMulticall(call) ? { result: lieTo(call) } : narrow(call, answer)),
    })
    const wide = follow({ urls: [chain.url], addresses: [governor] })
    const narrowed = follow({ urls: [proxy.url], addresses: [governor] })
    for (const { poll } of [wide, narrowed]) await poll()
    expect(calls(proxy).some(isToMulticall)).toBe(true)
    expect([...narrowed.proposals.values()]).toStrictEqual([...wide.proposals.values()])
    expect(narrowed.proposal(id)).toMatchObject({ status: 'voting' })
    expect(narrowed.proposal(id)).not.toHaveProperty('foreignClock')
  })
})
