import { describe, expect } from 'vitest'
import type { CountingProxy } from '../../../support/servers/countingProxy.js'
import { onSharedChain as it } from '../../../support/fixtures.js'
import { readerOf } from './follow.js'

const blocks = 300
const logsIn = (proxy: CountingProxy): number => proxy.methods().filter((method) => method === 'eth_getLogs').length

describe('a proposal whose block is not known', () => {
  it('is found from the newest block on, and without its history', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    await chain.client.mine({ blocks })
    const id = await actor.propose({ description: 'Wanted' })
    await chain.client.mine({ blocks: 10 })
    const reader = readerOf({ urls: [proxy.url], addresses: [governor], maxLogRange: 5 })
    proxy.reset()

    expect(await reader.readProposal(governor, id.toString(), new AbortController().signal)).toMatchObject({
      title: 'Wanted',
    })
    // Three windows of five blocks, and its own block.
    expect(logsIn(proxy)).toBe(4)
  })

  it('is found in a history that no single try can read: each goes on where the last was stopped', async ({
    chain,
    proxy,
  }) => {
    const { governor, actor } = await chain.deploy()
    const id = await actor.propose({ description: 'Wanted' })
    await chain.client.mine({ blocks })
    const reader = readerOf({ urls: [proxy.url], addresses: [governor], maxLogRange: 5 })
    /** A try that is stopped at its twentieth window. */
    const tryOnce = async (): Promise<string | undefined> => {
      const trial = new AbortController()
      let left = 20
      proxy.behave({
        rewrite: ({ method }, answer) => {
          if (method === 'eth_getLogs' && --left === 0) trial.abort()
          return answer
        },
      })
      return reader.readProposal(governor, id.toString(), trial.signal).then(
        (found) => found?.title,
        () => undefined,
      )
    }
    const told: (string | undefined)[] = []
    while (told.length < 10 && told.at(-1) === undefined) told.push(await tryOnce())

    expect(told).toStrictEqual([undefined, undefined, undefined, 'Wanted'])
  })

  it('is searched for at each node from its newest block on, because another node may have hidden it', async ({
    chain,
    proxy,
  }) => {
    const { governor, actor } = await chain.deploy()
    await chain.client.mine({ blocks: 100 })
    const id = await actor.propose({ description: 'Wanted' })
    const reader = readerOf({ urls: [proxy.url, chain.url], addresses: [governor], maxLogRange: 5 })
    const trial = new AbortController()
    let left = 5
    proxy.behave({
      rewrite({ method }, answer) {
        if (method !== 'eth_getLogs') return answer
        if (--left === 0) trial.abort()
        return { result: [] }
      },
    })
    await expect(reader.readProposal(governor, id.toString(), trial.signal)).rejects.toThrow()
    proxy.behave({ fail: 'drop' })

    expect(await reader.readProposal(governor, id.toString(), new AbortController().signal)).toMatchObject({
      title: 'Wanted',
    })
  })

  it('is not called unknown by a node without its log, and is searched for anew: a reorg may have moved it', async ({
    chain,
    proxy,
  }) => {
    const { governor, actor } = await chain.deploy()
    const id = await actor.propose({ description: 'Wanted' })
    await chain.client.mine({ blocks: 10 })
    const reader = readerOf({ urls: [proxy.url], addresses: [governor], maxLogRange: 5 })
    const find = (wanted = id) => reader.readProposal(governor, wanted.toString(), new AbortController().signal)
    proxy.behave({ rewrite: ({ method }, answer) => (method === 'eth_getLogs' ? { result: [] } : answer) })
    await expect(find()).rejects.toMatchObject({ withholds: true })
    await expect(find()).rejects.toThrow(/returns no log of proposal \d+ since block 0, although its contract knows it/)
    expect(await find(1n)).toBeUndefined()
    proxy.behave({})

    expect(await find()).toMatchObject({ title: 'Wanted' })
  })
})
