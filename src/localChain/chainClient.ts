import {
  createTestClient,
  http,
  publicActions,
  type Client,
  type TestActions,
  type PublicActions,
  type Transport,
} from 'viem'
import { anvil } from 'viem/chains'

/** A client for the actors of the local chain: reads, and the test methods of the node. */
export type ChainClient = Client<Transport, typeof anvil> & PublicActions<Transport, typeof anvil> & TestActions

/** Creates a client of a local anvil node, without caches and retries. */
export function chainClient(url: string): ChainClient {
  return createTestClient({
    mode: 'anvil',
    chain: anvil,
    transport: http(url, { retryCount: 0, timeout: 60_000 }),
    cacheTime: 0,
  }).extend(publicActions)
}
