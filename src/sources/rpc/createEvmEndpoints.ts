import { type Chain, createClient, custom, type CustomTransport, type Client, withTimeout } from 'viem'
import { defined } from '../../domain/defined.js'
import { createFetchClient } from '../../transport/createFetchClient.js'
import type { HttpClient } from '../../transport/HttpClient.js'
import { RequestError } from '../../transport/RequestError.js'
import { batchingTransport } from './batchingTransport.js'
import { unnamedHost } from './unnamedHost.js'

/** One EVM node of a chain. */
export interface EvmEndpoint {
  /** Host and port: the only part of the URL that is ever shown. */
  readonly host: string
  readonly client: Client
}

/** A viem client that the caller made: for any chain, with or without actions. Only its `request` is used. */
export interface ViemClient {
  readonly name: string
  readonly chain?: Chain | undefined
  readonly transport: object
  readonly request: (...args: never[]) => Promise<unknown>
}

/** How to reach EVM nodes by URL. */
export interface EvmEndpointOptions {
  readonly urls: readonly string[]
  /** Maximum wait for one answer, in milliseconds. */
  readonly timeoutMs: number
  /** @defaultValue the `fetch` of the host */
  readonly http?: HttpClient
  /** Sent with every request. @defaultValue none */
  readonly headers?: Readonly<Record<string, string>>
  /** Maximum number of calls in one request. @defaultValue 100 */
  readonly batchSize?: number
  /** Removes secrets from the text of a node's refusal. @defaultValue removes nothing */
  readonly conceal?: (text: string) => string
}

// Maximum size of one answer. Any sensible window of logs takes less; larger answers are not read.
const maxBytes = 32 * 1024 * 1024

// CCIP read is off, because a contract or a node could otherwise make viem request any server, even in our network.
const settings = { cacheTime: 0, ccipRead: false } as const

/**
 * Creates clients for the nodes of one chain. They send JSON-RPC batches, and neither cache nor retry; both are up to
 * the caller.
 */
export function createEvmEndpoints({
  urls,
  timeoutMs,
  http = createFetchClient(),
  headers = {},
  batchSize = 100,
  conceal = (text) => text,
}: EvmEndpointOptions): readonly EvmEndpoint[] {
  return urls.map((text) => {
    const url = new URL(text)
    const transport = manyListeners(batchingTransport({ url, http, headers, timeoutMs, maxBytes, batchSize, conceal }))
    return { host: url.host, client: createClient({ ...settings, transport }) }
  })
}

/**
 * Creates endpoints from viem clients of the caller, which may batch, cache or retry as they are configured. Because
 * not all of them have a time limit, a request ends after `timeoutMs`, retries included.
 */
export function evmEndpointsOf(
  clients: readonly ViemClient[],
  { timeoutMs = 30_000 }: Partial<Pick<EvmEndpointOptions, 'timeoutMs'>> = {},
): readonly EvmEndpoint[] {
  return clients.map((client) => ({ host: hostOf(urlOf(client)), client: withManyListeners(client, timeoutMs) }))
}

/** Wraps a client of the caller so that many requests can be in flight at once. */
function withManyListeners(client: ViemClient, timeoutMs: number): Client {
  const request = (args: unknown, options: unknown): Promise<unknown> =>
    withTimeout(
      () => {
        const answer: unknown = Reflect.apply(client.request, client, [args, options])
        return Promise.resolve(answer)
      },
      { timeout: timeoutMs, errorInstance: new RequestError('late', `did not answer within ${timeoutMs} ms.`) },
    )
  return createClient({
    ...settings,
    ...defined({ chain: client.chain }),
    transport: manyListeners(custom({ request }, { name: client.name, retryCount: 0 })),
  })
}

/**
 * Every call of a reading adds a listener to its signal, inside viem as well. Node prints a leak warning above ten
 * listeners, so this raises the limit.
 */
function manyListeners(transport: CustomTransport): CustomTransport {
  return (options) => {
    const made = transport(options)
    const request = new Proxy(made.request, {
      apply(target, self, args: readonly unknown[]) {
        const [, given] = args
        if (typeof given === 'object' && given !== null && 'signal' in given && given.signal instanceof AbortSignal)
          allowListeners(given.signal)
        return Reflect.apply(target, self, args)
      },
    })
    return { ...made, request }
  }
}

/**
 * Only has an effect on Node. The module is requested at run time, so that the sources import no built-in module of
 * Node.
 */
function allowListeners(signal: AbortSignal): void {
  if (typeof process !== 'undefined' && 'getBuiltinModule' in process)
    process.getBuiltinModule('events').setMaxListeners(0, signal)
}

/** The URL of the caller's client if its transport has one, otherwise the name of the client. */
export function urlOf({ name, transport }: ViemClient): string {
  return 'url' in transport && typeof transport.url === 'string' ? transport.url : name
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : unnamedHost
}
