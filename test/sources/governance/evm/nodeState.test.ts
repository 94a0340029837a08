import { createReader } from '../../../../src/sources/createReader.js'
import type { NodeState } from '../../../../src/sources/governance/GovernanceReader.js'
import { createEvmEndpoints } from '../../../../src/sources/rpc/createEvmEndpoints.js'
import { expect } from 'vitest'
import { governor } from '../../../support/configs.js'
import { onSharedChain as it } from '../../../support/fixtures.js'

const stateAt = (url: string, chainId?: number): Promise<NodeState> | undefined =>
  createReader({
    system: 'governor',
    chain: 'local',
    addresses: [governor],
    endpoints: createEvmEndpoints({ urls: [url], timeoutMs: 60_000 }),
    fromBlock: 0,
    finality: 64,
    maxLogRange: 10_000,
    now: () => Date.now(),
    describe: ({ description }) => ({ title: description, description, type: 'text' }),
    ...(chainId !== undefined && { chainId }),
  }).readNodeState?.(new AbortController().signal)

it('a synced node is reported as synced, at its newest block, in one request', async ({ chain, proxy }) => {
  await chain.client.mine({ blocks: 5 })
  const { number } = await chain.client.getBlock()
  expect(await stateAt(proxy.url)).toMatchObject({ head: { number }, isSyncing: false })
  expect(proxy.requests).toHaveLength(1)
})

it('a node that is catching up is reported as syncing, and one without that method as neither', async ({ proxy }) => {
  const saying = (answer: object) =>
    proxy.behave({ rewrite: ({ method }, own) => (method === 'eth_syncing' ? { ...own, ...answer } : own) })
  saying({ result: { currentBlock: '0x1', highestBlock: '0x9' } })
  expect(await stateAt(proxy.url)).toMatchObject({ isSyncing: true })
  saying({ result: undefined, error: { code: -32601, message: 'method not found' } })
  expect(await stateAt(proxy.url)).not.toHaveProperty('isSyncing')
})

it('a node of another chain is refused', async ({ chain }) => {
  await expect(stateAt(chain.url, 5)).rejects.toThrow(/is on chain 31337, expected 5/)
})
