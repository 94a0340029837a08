import { describe, expect } from 'vitest'
import { follow } from './follow.js'
import { onWemix as it } from './onWemix.js'

describe('the block tags of WEMIX nodes', () => {
  it('do not include `safe`: the error says so, and what to do', async ({ chain, proxy }) => {
    const { registry } = await chain.wemix()
    proxy.behave({
      rewrite: (call, answer) =>
        call.params?.[0] === 'safe'
          ? { error: { code: -32602, message: 'invalid argument 0: hex string without 0x prefix' } }
          : answer,
    })
    await expect(follow({ urls: [proxy.url], registry, finality: 'safe' }).poll()).rejects.toThrow(
      /does not know the block tag .*: set finality to latest or to a number of confirmations\.$/,
    )
  })

  it('include `finalized`, which is the latest block', async ({ chain, proxy }) => {
    const { registry, changeEnv } = await chain.wemix()
    let latest: Readonly<Record<string, unknown>> = {}
    proxy.behave({
      rewrite: (call, answer) => {
        if (call.params?.[0] === 'latest') latest = answer
        return call.params?.[0] === 'finalized' ? latest : answer
      },
    })
    const { poll, proposal } = follow({ urls: [proxy.url], registry, finality: 'finalized' })
    const id = await changeEnv('blocksPer', [2n])
    const { head, at } = await poll()
    expect(at).toStrictEqual(head)
    expect(proposal(id)).toMatchObject({ status: 'submitted' })
  })

  it('are not used for logs, which are not read, nor for state, which is read at a block number', async ({
    chain,
    proxy,
  }) => {
    const { registry, changeEnv, vote } = await chain.wemix()
    const { poll } = follow({ urls: [proxy.url], registry })
    await poll()
    const id = await changeEnv('blocksPer', [2n])
    await vote(id, true, 0)
    proxy.reset()
    await poll()
    await poll()
    expect(proxy.methods()).not.toContain('eth_getLogs')
    const blocks = proxy.requests
      .flat()
      .filter(({ method }) => method === 'eth_call')
      .map(({ params }) => params?.[1])
    expect(new Set(blocks)).toStrictEqual(new Set([blocks[0]]))
    expect(blocks[0]).toMatch(/^0x[0-9a-f]+$/)
  })
})
