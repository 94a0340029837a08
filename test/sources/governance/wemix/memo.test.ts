import { describe, expect } from 'vitest'
import { decodeAbiParameters, encodeAbiParameters, isHex, parseAbiParameters } from 'viem'
import type { RpcCall } from '../../../support/servers/countingProxy.js'
import { follow } from './follow.js'
import { onWemix as it } from './onWemix.js'

/** A multicall without a contract returns its results as code: geth limits the size of that, anvil does not. */
const withCodeLimit = ({ method, params }: RpcCall, answer: Readonly<Record<string, unknown>>) =>
  method === 'eth_call' && !('to' in Object(params?.[0])) && String(answer['result']).length > 2 * 24_576
    ? { error: { code: -32000, message: 'max code size exceeded' } }
    : answer

const results = parseAbiParameters('(bool success, bytes returnData)[]')
/** Makes all but the first view of a multicall over so many new ballots run out of gas. */
const starvedBallots =
  (ballots: number) =>
  ({ method, params }: RpcCall, answer: Readonly<Record<string, unknown>>) => {
    const { result } = answer
    if (method !== 'eth_call' || 'to' in Object(params?.[0]) || !isHex(result)) return answer
    const [views] = decodeAbiParameters(results, result)
    if (views.length !== ballots * 5) return answer
    return {
      result: encodeAbiParameters(results, [
        views.map((view, index) => (index === 0 ? view : { success: false, returnData: '0x' as const })),
      ]),
    }
  }

describe('a memo', () => {
  it.for([
    ['nothing', '0x', ''],
    ['bytes that are not UTF-8', '0xff48656c6c6ffe', '\ufffdHello\ufffd'],
    ['NUL', '0x4865006c6c6f0000', 'Hello'],
    ['terminal commands and right-to-left text', '0x1b5b33316d48656c6c6fe280ae', 'Hello'],
  ] as const)('of %s is shown cleaned', async ([_what, memo, shown], { chain }) => {
    const { registry, changeEnv } = await chain.wemix()
    const { poll, proposal } = follow({ urls: [chain.url], registry })
    const id = await changeEnv('blocksPer', [2n], { memo })
    await poll()
    expect(proposal(id)?.description).toBe(
      `Changes the variable blocksPer to 2.\nThe first vote starts it; until then it has no deadline.${shown === '' ? '' : `\n\n${shown}`}`,
    )
  })

  it('longer than a multicall can return is still read, again and again, and shortened', async ({ chain, proxy }) => {
    const { registry, changeEnv, editMemo } = await chain.wemix()
    const { poll, proposal, proposals } = follow({ urls: [proxy.url], registry })
    const others = [await changeEnv('blocksPer', [2n]), await changeEnv('blocksPer', [3n])]
    const id = await changeEnv('blocksPer', [4n], { memo: 'x'.repeat(18_000) })
    // In two steps, because a block cannot hold more.
    await editMemo(id, 'x'.repeat(30_000))
    proxy.behave({ rewrite: withCodeLimit })
    await poll()
    expect(proposal(id)?.description).toHaveLength(20_000)
    expect(proposals.size).toBe(3)
    await chain.mine()
    proxy.reset()
    await poll()
    expect(proxy.requests).toHaveLength(2)
    expect(others.map((other) => proposal(other)?.readAt)).toStrictEqual([proposal(id)?.readAt, proposal(id)?.readAt])
  })

  it('that leaves the views beside it without gas does not hide their answers', async ({ chain, proxy }) => {
    const { registry, changeEnv } = await chain.wemix()
    await changeEnv('blocksPer', [2n], { memo: 'x'.repeat(1_000) })
    await changeEnv('blocksPer', [3n])
    proxy.behave({ rewrite: starvedBallots(2) })
    const { poll, proposals } = follow({ urls: [proxy.url], registry })
    await poll()
    expect([...proposals.values()].map(({ title }) => title)).toStrictEqual([
      'Change blocksPer to 2',
      'Change blocksPer to 3',
    ])
  })

  it('can change after votes, not once the ballot is final, but always for a canceled ballot', async ({ chain }) => {
    const { registry, changeEnv, vote, editMemo, cancel } = await chain.wemix()
    const { poll, proposal } = follow({ urls: [chain.url], registry })
    const id = await changeEnv('blocksPer', [2n], { memo: 'first' })
    await vote(id, true, 0)
    await poll()
    await editMemo(id, 'second')
    await poll()
    expect(proposal(id)?.description).toContain('second')
    await vote(id, true, 1)
    await expect(editMemo(id, 'third')).rejects.toThrow('already finalized')
    await poll()
    expect(proposal(id)).toMatchObject({ status: 'executed' })

    const other = await changeEnv('blocksPer', [2n], { memo: 'first' })
    await cancel(other)
    await editMemo(other, 'after the end')
    await poll()
    expect(proposal(other)).toMatchObject({ status: 'canceled' })
  })
})
