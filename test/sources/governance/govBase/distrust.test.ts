import {
  decodeFunctionResult,
  encodeAbiParameters,
  encodeFunctionResult,
  numberToHex,
  parseAbi,
  parseAbiParameters,
} from 'viem'
import { describe, expect } from 'vitest'
import { isJsonObject } from '../../../../src/domain/text/json.js'
import { followReader } from '../../../support/followReader.js'
import { followGovBase } from './govBaseChain.js'
import { onCouncil as it } from './onCouncil.js'

const multicall = parseAbi(['struct R { bool success; bytes data; }', 'function aggregate3() view returns (R[])'])
const counted = (count: bigint) => encodeAbiParameters(parseAbiParameters('uint256'), [count])
type Rewrite = (
  call: { readonly method: string },
  answer: Readonly<Record<string, unknown>>,
) => Readonly<Record<string, unknown>>
/** Replaces one answer in a larger multicall. */
const replacing =
  (place: number, data: `0x${string}`): Rewrite =>
  (call, answer) => {
    const { result } = answer
    if (call.method !== 'eth_call' || typeof result !== 'string' || result.length < 1_000) return answer
    const all = decodeFunctionResult({ abi: multicall, data: `0x${result.slice(2)}` })
    return {
      result: encodeFunctionResult({
        abi: multicall,
        result: all.map((one, index) => (index === place ? { success: true, data } : one)),
      }),
    }
  }

/** Replaces the number of proposals. */
const claim = (count: bigint): Rewrite => replacing(0, counted(count))

describe('a false number of proposals in one answer', () => {
  it('changes nothing if the proposals do not exist', async ({ chain, proxy, council }) => {
    const { poll, proposals, cursor } = followGovBase(proxy.url, council)
    await poll()
    const before = cursor()
    await chain.client.mine({ blocks: 1 })
    proxy.behave({ rewrite: claim(3_000n) })
    await expect(poll()).rejects.toThrow(/has 3,000 proposals, but has no proposal \d+/)
    proxy.behave({})
    expect(cursor()).toStrictEqual(before)
    expect(proposals.size).toBe(1)
  })

  it('is corrected once three blocks have contradicted it, and later proposals are read', async ({
    chain,
    proxy,
    council,
  }) => {
    const { poll, cursor, proposals, reader } = followGovBase(proxy.url, council)
    await poll()
    // A cursor with a false number.
    const stored = cursor()
    if (!isJsonObject(stored) || !isJsonObject(stored['counts'])) throw new Error('There is no cursor with counts.')
    const counts = Object.fromEntries(Object.keys(stored['counts']).map((key) => [key, '3000']))
    const lied = followReader(reader, { cursor: { ...stored, counts }, proposals })
    for (let block = 0; block < 2; block++) {
      await chain.client.mine({ blocks: 1 })
      await expect(lied.poll()).rejects.toThrow(/1 proposal after 3,000, which cannot be/)
    }
    const id = await council.propose(1, 'proposeAddBlacklist', council.members[0])
    await lied.poll()
    await chain.client.mine({ blocks: 1 })
    await lied.poll()
    expect(lied.proposal(id)).toMatchObject({ status: 'voting' })
    expect(numberToHex(id)).toBe('0x2')
  })

  it('is not believed for three blocks that have a right answer between them', async ({ chain, proxy, council }) => {
    const { poll, proposals } = followGovBase(proxy.url, council)
    await poll()
    const known = [...proposals.keys()]
    const deny = async (): Promise<void> => {
      proxy.behave({ rewrite: claim(0n) })
      await chain.client.mine({ blocks: 1 })
      await expect(poll()).rejects.toThrow(/has 0 proposals after \d+, which cannot be/)
    }
    await deny()
    await deny()
    proxy.behave({})
    await poll()
    await deny()
    expect([...proposals.keys()]).toStrictEqual(known)
  })
})

describe('an answer about an open proposal that cannot be read', () => {
  it('leaves its status and marks it, so that nothing is acted on', async ({ chain, proxy, council }) => {
    const { poll, proposal } = followGovBase(proxy.url, council)
    await poll()
    await chain.client.mine({ blocks: 1 })
    // The first three answers are about the contract.
    proxy.behave({ rewrite: replacing(3, '0x') })
    const { warnings } = await poll()
    expect(warnings).toStrictEqual([
      `${council.address} does not tell proposal 1 in a way that can be read: it stays voting.`,
    ])
    expect(proposal(1n)).toMatchObject({ status: 'voting', notUnderstood: 'nothing that can be read' })

    proxy.behave({})
    await chain.client.mine({ blocks: 1 })
    await poll()
    expect(proposal(1n)).not.toHaveProperty('notUnderstood')
  })
})
