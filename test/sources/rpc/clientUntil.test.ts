import { getEventListeners } from 'node:events'
import { describe, expect } from 'vitest'
import { createEvmEndpoints } from '../../../src/sources/rpc/createEvmEndpoints.js'
import { clientUntil } from '../../../src/sources/rpc/clientUntil.js'
import { collectGarbage } from '../../support/collectGarbage.js'
import { onSharedChain as it } from '../../support/fixtures.js'

function clientOf(url: string) {
  const [endpoint] = createEvmEndpoints({ urls: [url], timeoutMs: 60_000 })
  return endpoint!.client
}

function isAlive(held: WeakRef<object>): boolean {
  collectGarbage()
  return held.deref() !== undefined
}

describe('clientUntil', () => {
  it('leaves no listeners on a signal that was given to a hundred clients', async ({ chain }) => {
    const { signal } = new AbortController()
    for (let at = 0; at < 100; at += 1)
      await clientUntil(clientOf(chain.url), signal).request({ method: 'eth_chainId' })
    await expect.poll(() => getEventListeners(signal, 'abort')).toStrictEqual([])
  })

  it('lets the client be garbage-collected when its reading has ended', async ({ chain }) => {
    const asked = async (): Promise<WeakRef<object>> => {
      const client = clientUntil(clientOf(chain.url), new AbortController().signal)
      await client.request({ method: 'eth_chainId' })
      return new WeakRef(client)
    }
    const clients = [await asked(), await asked(), await asked()]
    await expect.poll(() => clients.filter(isAlive)).toStrictEqual([])
  })

  it('ends a request when the signal aborts', async ({ proxy }) => {
    const host = new AbortController()
    proxy.behave({ fail: 'hang' })
    const asked = clientUntil(clientOf(proxy.url), host.signal).request({ method: 'eth_chainId' })
    await proxy.waitFor(1)
    host.abort()
    await expect(asked).rejects.toThrow()
  })
})
