import { it as plain } from 'vitest'
import { type Chain, startChain } from './chain.js'
import { type CountingProxy, startCountingProxy } from './servers/countingProxy.js'
import { type Scratch, scratch } from './scratch.js'

/** What a fixture uses to clean up. */
export interface Cleaning {
  readonly onCleanup: (cleanup: () => void | Promise<void>) => void
}
interface Server {
  readonly stop: () => Promise<void>
}
interface Node {
  readonly chain: Pick<Chain, 'url'>
}

/** The server once it runs; it is stopped with the test or file that requested it. */
export async function untilDone<T extends Server>(starting: Promise<T>, { onCleanup }: Cleaning): Promise<T> {
  const server = await starting
  onCleanup(() => server.stop())
  return server
}

/** A proxy in front of the chain. */
export const aProxy = ({ chain }: Node, cleaning: Cleaning): Promise<CountingProxy> =>
  untilDone(startCountingProxy(chain.url), cleaning)

/** Three proxies in front of the chain: nodes with the same blocks. */
export async function threeProxies(
  { chain }: Node,
  { onCleanup }: Cleaning,
): Promise<readonly [CountingProxy, CountingProxy, CountingProxy]> {
  const start = (): Promise<CountingProxy> => startCountingProxy(chain.url)
  const proxies = await Promise.all([start(), start(), start()])
  onCleanup(async () => {
    await Promise.all(proxies.map((proxy) => proxy.stop()))
  })
  return proxies
}

/** A home and a directory for a state file. */
export function aPlace({}: object, { onCleanup }: Cleaning): Scratch {
  const place = scratch()
  onCleanup(() => place[Symbol.dispose]())
  return place
}

/**
 * Tests of one file that share a local chain, `chain`. Separate for each test: `proxy` or
 * three `proxies` in front of it, and `place`, a home with room for a state file. Only the
 * requested ones are created.
 */
export const onSharedChain = plain
  .extend('chain', { scope: 'file' }, ({}, cleaning) => untilDone(startChain(), cleaning))
  .extend('proxy', aProxy)
  .extend('proxies', threeProxies)
  .extend('place', aPlace)

/**
 * As {@link onSharedChain}, with a separate chain for each test: for those that cause reorgs
 * or count blocks.
 */
export const onOwnChain = plain
  .extend('chain', ({}, cleaning) => untilDone(startChain(), cleaning))
  .extend('proxy', aProxy)
  .extend('proxies', threeProxies)
  .extend('place', aPlace)
