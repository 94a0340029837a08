import { setMaxListeners } from 'node:events'
import { createPublicClient, http, type HttpTransport, type PublicClient } from 'viem'
import { maxResponseBytes, strictFetch } from './strictFetch.js'

/** One node of a chain, and how it fared. */
export interface Endpoint {
  /** Host and port: all that is ever told of the URL. */
  readonly host: string
  readonly client: PublicClient
}

export interface EndpointOptions {
  readonly urls: readonly string[]
  /** Longest wait for one answer, in milliseconds. */
  readonly timeoutMs: number
}

// One poll is far below this; the nodes' own limits lie at 1,000.
const batchSize = 1_000

/** Clients of the nodes of one chain: JSON-RPC batches, no cache, no retry, for both are the caller's business. */
export function createEndpoints({ urls, timeoutMs }: EndpointOptions): readonly Endpoint[] {
  return urls.map((url) => ({
    host: hostOf(url),
    client: createPublicClient({
      cacheTime: 0,
      transport: manyListeners(http(url, {
        batch: { batchSize },
        fetchFn: strictFetch,
        maxResponseBodySize: maxResponseBytes,
        retryCount: 0,
        timeout: timeoutMs,
      })),
    }),
  }))
}

/** Every call of a batch listens to the signal of its reading. Node takes more than ten for a leak, and says so. */
function manyListeners(transport: HttpTransport): HttpTransport {
  return (options) => {
    const made = transport(options)
    const request = new Proxy(made.request, {
      apply(target, self, args: Parameters<typeof made.request>) {
        const [, given] = args
        if (given?.signal !== undefined) setMaxListeners(0, given.signal)
        return Reflect.apply(target, self, args)
      },
    })
    return { ...made, request }
  }
}

/** Endpoints over viem clients of the user's own. Whether they batch, cache or retry is theirs to set. */
export function endpointsOf(clients: readonly PublicClient[]): readonly Endpoint[] {
  return clients.map((client) => ({ host: hostOf(urlOf(client)), client }))
}

function urlOf(client: PublicClient): string {
  const url: unknown = client.transport['url']
  return typeof url === 'string' ? url : client.name
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'the given client'
}
