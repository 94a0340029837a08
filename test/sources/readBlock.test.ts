import { onSharedChain, untilDone } from '../support/fixtures.js'
import { describe, expect } from 'vitest'
import { describeProposal } from '../../src/domain/proposals/describeProposal.js'
import { createReader, type ReaderOptions } from '../../src/sources/createReader.js'
import { createHttpEndpoints } from '../../src/sources/http/createHttpEndpoints.js'
import { createJsonRpcEndpoints } from '../../src/sources/jsonRpc/createJsonRpcEndpoints.js'
import { createEvmEndpoints } from '../../src/sources/rpc/createEvmEndpoints.js'
import { type CosmosServer, startCosmosServer } from '../support/servers/cosmosServer.js'
import type { CountingProxy } from '../support/servers/countingProxy.js'
import { startWemixvisorServer, timeOfBlock, type WemixvisorServer } from '../support/servers/wemixvisorServer.js'

/** In addition to the EVM chain, a server of the wemixvisor dialect and a Cosmos chain. */
const it = onSharedChain
  .extend('wemixvisor', { scope: 'file' }, ({}, cleaning) => untilDone(startWemixvisorServer(100), cleaning))
  .extend('hub', { scope: 'file' }, ({}, cleaning) => untilDone(startCosmosServer(), cleaning))

const { signal } = new AbortController()
const address = `0x${'1'.repeat(40)}` as const
const describePlain = (raw: Parameters<typeof describeProposal>[0]) => describeProposal(raw, [])
const now = (): number => 1_800_000_000_000

function evm(proxy: CountingProxy, system: 'governor' | 'gov-base' | 'wemix', chainId?: number): ReaderOptions {
  const common = {
    chain: 'local',
    endpoints: createEvmEndpoints({ urls: [proxy.url], timeoutMs: 60_000 }),
    fromBlock: 0n,
    finality: 'latest' as const,
    maxLogRange: 1_000,
    describe: describePlain,
    now,
    ...(chainId !== undefined && { chainId }),
  }
  return system === 'wemix' ? { system, ...common, registry: address } : { system, ...common, addresses: [address] }
}
const wemixvisorReader = (wemixvisor: WemixvisorServer) =>
  createReader({
    system: 'wemixvisor-rpc',
    chain: 'local',
    endpoints: createJsonRpcEndpoints({ chain: 'local', urls: [wemixvisor.url], timeoutMs: 60_000 }),
    describe: describePlain,
    now,
  })
const hubReader = (hub: CosmosServer, chainId = 'cosmoshub-4') =>
  createReader({
    system: 'cosmos',
    chain: 'hub',
    rpc: createHttpEndpoints({ chain: 'hub', urls: [hub.url], timeoutMs: 60_000 }),
    rest: createHttpEndpoints({ chain: 'hub', urls: [hub.url], timeoutMs: 60_000 }),
    now,
    chainId,
  })

describe.each(['governor', 'gov-base', 'wemix'] as const)('readBlock of %s', (system) => {
  it('returns the block of the node in one request, and nothing for a later height', async ({ chain, proxy }) => {
    const { number, hash, parentHash, timestamp } = await chain.client.getBlock()
    proxy.reset()
    expect(await createReader(evm(proxy, system)).readBlock(number, signal)).toStrictEqual({
      number,
      hash,
      parentHash,
      timestamp,
    })
    expect(proxy.requests).toHaveLength(1)
    expect(await createReader(evm(proxy, system)).readBlock(2n ** 40n, signal)).toBeUndefined()
  })

  it('fails for a node of another chain', async ({ proxy }) => {
    await expect(createReader(evm(proxy, system, 5)).readBlock(0n, signal)).rejects.toMatchObject({
      name: 'SourceError',
      kind: 'permanent',
    })
  })

  it('fails if the block has a wrong number or an empty hash', async ({ proxy }) => {
    const wrongs = [
      { wrong: { number: '0x5' }, said: 'something that is not block 0' },
      { wrong: { hash: `0x${'0'.repeat(64)}` }, said: 'with a hash of zeros' },
    ]
    for (const { wrong, said } of wrongs) {
      proxy.behave({
        rewrite: ({ method }, answer) =>
          method === 'eth_getBlockByNumber' ? { result: Object.assign({}, answer['result'], wrong) } : answer,
      })
      const answer = createReader(evm(proxy, system)).readBlock(0n, signal)
      await expect(answer).rejects.toMatchObject({ name: 'SourceError', kind: 'transient' })
      await expect(answer).rejects.toThrow(said)
    }
    proxy.behave({})
  })
})

describe('readBlock of wemixvisor-rpc', () => {
  it('returns the block of the server, and nothing above the height of its status', async ({ wemixvisor }) => {
    const time = BigInt(Date.parse(timeOfBlock(60)) / 1000)
    expect(await wemixvisorReader(wemixvisor).readBlock(60n, signal)).toStrictEqual({
      number: 60n,
      hash: `0x${'3c'.padStart(64, '0')}`,
      parentHash: 'height-59',
      timestamp: time,
    })
    expect(await wemixvisorReader(wemixvisor).readBlock(101n, signal)).toBeUndefined()
  })

  it('uses only the status if the server does not serve blocks', async ({ wemixvisor }) => {
    wemixvisor.behave({ without: ['block'] })
    expect(await wemixvisorReader(wemixvisor).readBlock(60n, signal)).toStrictEqual({
      number: 60n,
      hash: 'height-60',
      parentHash: 'height-59',
      timestamp: 1_800_000_000n,
    })
    expect(await wemixvisorReader(wemixvisor).readBlock(101n, signal)).toBeUndefined()
    wemixvisor.behave({})
  })
})

describe('readBlock of cosmos', () => {
  it('returns the block of CometBFT, and nothing for a later height', async ({ hub }) => {
    expect(await hubReader(hub).readBlock(60n, signal)).toStrictEqual({
      number: 60n,
      hash: '3C'.padStart(64, '0'),
      parentHash: '',
      timestamp: 1_719_000_300n,
    })
    expect(await hubReader(hub).readBlock(1_001n, signal)).toBeUndefined()
  })

  it('fails for a node of another chain, and for another block', async ({ hub }) => {
    await expect(hubReader(hub, 'osmosis-1').readBlock(60n, signal)).rejects.toMatchObject({ kind: 'permanent' })
    hub.answer('/block', {
      result: {
        block_id: {},
        block: { header: { chain_id: 'cosmoshub-4', height: '61', time: '2026-01-01T00:00:00Z' } },
      },
    })
    await expect(hubReader(hub).readBlock(60n, signal)).rejects.toMatchObject({ kind: 'transient' })
  })
})
