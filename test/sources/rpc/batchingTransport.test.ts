import { getEventListeners } from 'node:events'
import { type Client, createPublicClient, http } from 'viem'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { createEvmEndpoints, type EvmEndpoint, evmEndpointsOf } from '../../../src/sources/rpc/createEvmEndpoints.js'
import { startAnsweringServer } from './answeringServer.js'
import { askMany, good, wanted } from './batchGiven.js'

it('sends no more calls in a batch than are configured', async () => {
  expect((await askMany(good, { batchSize: 5 })).sizes).toStrictEqual([[5, 5, 2]])
})

describe('the abort signal of a reading', () => {
  const warned: Error[] = []
  const note = (warning: Error): unknown => warned.push(warning)
  afterEach(() => {
    process.off('warning', note)
    warned.length = 0
  })
  const poll = async (client: Client): Promise<void> => {
    const controller = new AbortController()
    const scoped = client.scope({ signal: controller.signal })
    await Promise.all(
      wanted.map((at) =>
        scoped.request({ method: 'eth_getBlockByNumber', params: [`0x${BigInt(at).toString(16)}`, false] }),
      ),
    )
    expect(getEventListeners(controller.signal, 'abort').length).toBeLessThan(2)
    // Node emits a warning in a later turn.
    await new Promise((resolve) => setImmediate(resolve))
  }

  it.each<readonly [string, (url: string) => EvmEndpoint | undefined]>([
    ['our own', (url) => createEvmEndpoints({ urls: [url], timeoutMs: 60_000 })[0]],
    ['an unbatched one of the host', (url) => evmEndpointsOf([createPublicClient({ transport: http(url) })])[0]],
    [
      'a batching one of the host',
      (url) => evmEndpointsOf([createPublicClient({ transport: http(url, { batch: true }) })])[0],
    ],
  ])('is shared by many calls of a client without a warning of Node (%s)', async (_what, endpointAt) => {
    const server = await startAnsweringServer(good)
    onTestFinished(server.stop)
    process.on('warning', note)
    await poll(endpointAt(server.url)!.client)
    expect(warned).toStrictEqual([])
  })
})
