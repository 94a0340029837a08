import { createPublicClient, custom } from 'viem'
import { describe, expect } from 'vitest'
import type { UnvouchedReading } from '../../../../src/sources/governance/GovernanceReader.js'
import { requireWholeHistory } from '../../../../src/sources/governance/evm/contracts.js'
import { follow } from './follow.js'
import { onSharedChain as it } from '../../../support/fixtures.js'

const late =
  'earlier proposals would be missed. Set governance.fromBlock to the block of the deployment or any block before it, 0 included.'

describe('the first block of a history', () => {
  it('may be that of the deployment or an older one, without an extra request', async ({ chain, proxy }) => {
    const { governor, fromBlock, actor } = await chain.deploy()
    const id = await actor.propose({ description: 'One' })
    const requests: number[] = []
    for (const first of [0n, fromBlock]) {
      const { poll, proposal } = follow({ urls: [proxy.url], addresses: [governor], fromBlock: first })
      proxy.reset()
      await poll()
      requests.push(proxy.requests.length)
      expect(proposal(id)?.title).toBe('One')
      await actor.mine(1)
      proxy.reset()
      await poll()
      expect(proxy.requests.flat().map(({ method }) => method)).not.toContain('eth_getCode')
    }
    expect(new Set(requests).size).toBe(1)
  })

  it('and block 0 are the blocks that other nodes are asked for in the first reading only', async ({ chain }) => {
    const { governor, fromBlock, actor } = await chain.deploy()
    await actor.mine(1)
    const { reader } = follow({ urls: [chain.url], addresses: [governor], fromBlock })
    const { signal } = new AbortController()
    const asked: unknown[] = []
    const vouch = ({ anchors }: UnvouchedReading) =>
      Promise.resolve(void asked.push(anchors?.map(({ number }) => number)))
    const { cursor } = await reader.read({ open: [], signal, vouch })
    await actor.mine(1)
    await reader.read({ cursor, open: [], signal, vouch })
    expect(asked).toStrictEqual([[0n, fromBlock], undefined])
  })

  it('is refused by the check and the first reading if it is after the deployment', async ({ chain }) => {
    const { governor, fromBlock, actor } = await chain.deploy()
    await actor.propose({ description: 'One' })
    const { reader } = follow({ urls: [chain.url], addresses: [governor], fromBlock: fromBlock + 1n })
    const { signal } = new AbortController()
    const message = `${governor} of local is older than block ${fromBlock + 1n}, from which the history is to be read: ${late}`
    const refusal = { kind: 'permanent', message }
    await expect(reader.check(signal)).rejects.toMatchObject(refusal)
    await expect(reader.read({ open: [], signal })).rejects.toMatchObject(refusal)
  })

  it('is refused by the check and the first reading if the chain has not reached it', async ({ chain }) => {
    const { governor, actor } = await chain.deploy()
    await actor.propose({ description: 'One' })
    const { reader } = follow({ urls: [chain.url], addresses: [governor], fromBlock: 12_000_000n })
    const { signal } = new AbortController()
    const message = `${governor} of local is older than block 12000000, from which the history is to be read: ${late}`
    const refusal = { kind: 'permanent', message }
    await expect(reader.check(signal)).rejects.toMatchObject(refusal)
    await expect(reader.read({ open: [], signal })).rejects.toMatchObject(refusal)
  })

  it('stops a reading that goes on, if it was moved above the head', async ({ chain }) => {
    const { governor, fromBlock, actor } = await chain.deploy()
    const { signal } = new AbortController()
    const before = follow({ urls: [chain.url], addresses: [governor], fromBlock })
    const { cursor } = await before.reader.read({ open: [], signal })
    await actor.propose({ description: 'One' })
    const head = await chain.heightIn(0)
    const { reader } = follow({ urls: [chain.url], addresses: [governor], fromBlock: 12_000_000n })
    await expect(reader.read({ cursor, open: [], signal })).rejects.toMatchObject({
      kind: 'transient',
      message: `local is at block ${head} at ${new URL(chain.url).host}, below governance.fromBlock (12000000): none of its history can be read. Correct governance.fromBlock, or wait until the node has caught up.`,
    })
  })

  it('is not refused while the block of a new contract is not final', async ({ chain }) => {
    const { governor, fromBlock, actor } = await chain.deploy()
    const { poll, proposal } = follow({ urls: [chain.url], addresses: [governor], fromBlock, finality: 50 })
    expect((await poll()).proposals).toStrictEqual([])
    const id = await actor.propose({ description: 'One' })
    await actor.mine(60)
    await poll()
    expect(proposal(id)?.title).toBe('One')
  })

  it('is not refused if the node has no state for it, or answers with the newest state', async ({ chain }) => {
    const { governor, fromBlock } = await chain.deploy()
    const through = (answer: (block: unknown) => unknown) =>
      createPublicClient({
        transport: custom(
          {
            request: ({ method, params }: { readonly method: string; readonly params: readonly unknown[] }) =>
              method === 'eth_getCode' ? Promise.resolve(answer(params[1])) : Promise.reject(new Error(method)),
          },
          { retryCount: 0 },
        ),
      })
    const judged = (answer: (block: unknown) => unknown) =>
      requireWholeHistory(through(answer), [governor], fromBlock + 5n, 'local')
    const pruned = (): never => {
      throw new Error('missing trie node')
    }
    await expect(judged(pruned)).resolves.toBeUndefined()
    await expect(judged(() => '0x6001')).resolves.toBeUndefined()
    await expect(judged((block) => (block === '0x0' ? pruned() : '0x6001'))).rejects.toThrow(late)
  })
})
