import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { encodeAbiParameters, encodeFunctionResult, parseAbi, parseAbiParameters } from 'viem'
import { SourceError } from '../../../../src/domain/errors.js'
import { followGovBase } from './govBaseChain.js'
import { onCouncil as it } from './onCouncil.js'

const multicall = parseAbi(['struct R { bool success; bytes data; }', 'function aggregate3() view returns (R[])'])
/** As many answers as the calls of a poll with one open proposal: three of the contract, two for each of five ids. */
const answersOf = (data: readonly `0x${string}`[]): `0x${string}` =>
  encodeFunctionResult({
    abi: multicall,
    result: Array.from({ length: 13 }, (_, index) => ({ success: true, data: data[index % data.length] ?? '0x' })),
  })
const bytes = fc.uint8Array({ maxLength: 120 }).map((data): `0x${string}` => `0x${Buffer.from(data).toString('hex')}`)
const answer = fc.oneof(
  fc.jsonValue().map((result) => ({ result })),
  fc.jsonValue().map((error) => ({ error })),
  bytes.map((result) => ({ result })),
  fc.array(bytes, { minLength: 1, maxLength: 13 }).map((data) => ({ result: answersOf(data) })),
)
const method = fc.constantFrom('eth_call', 'eth_getLogs', 'eth_getBlockByNumber', 'eth_chainId', 'web3_clientVersion')

describe('any answer of a node', () => {
  it('is read, or the reading fails with a SourceError and the known proposal stays', async ({
    chain,
    proxy,
    council,
  }) => {
    const { poll, proposal } = followGovBase(proxy.url, council)
    await poll()
    await fc.assert(
      fc.asyncProperty(method, answer, async (hit, given) => {
        await chain.client.mine({ blocks: 1 })
        proxy.behave({ rewrite: (call, real) => (call.method === hit ? given : real) })
        const outcome = await poll().catch((cause: unknown) => cause)
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(SourceError)
        expect(proposal(1n)).toMatchObject({
          title: `Blacklist ${council.stranger}`,
          status: 'voting',
          tally: { yes: 1n },
        })
      }),
      { numRuns: 120 },
    )
  })

  it.for([
    ['impossibly large', (1n << 255n) - 1n],
    ['lower than before', 0n],
  ] as const)(
    'with a number of proposals that is %s fails the reading at once and changes nothing',
    async ([_title, count], { chain, proxy, council }) => {
      const { poll, proposals, cursor } = followGovBase(proxy.url, council)
      proxy.behave({})
      await poll()
      const before = cursor()
      await chain.client.mine({ blocks: 1 })
      const data = encodeAbiParameters(parseAbiParameters('uint256'), [count])
      proxy.behave({ rewrite: (call, real) => (call.method === 'eth_call' ? { result: answersOf([data]) } : real) })

      await expect(poll()).rejects.toThrow(/says that 0x\w+ has [\d.,e]+ proposals after 1, which cannot be/)
      await expect(poll()).rejects.toHaveProperty('kind', 'transient')
      expect(proposals.size).toBe(1)
      expect(cursor()).toStrictEqual(before)
    },
  )
})
