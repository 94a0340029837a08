import { type Chain, createClient, custom, type CustomTransport, type Client, withTimeout } from 'viem'
import { defined } from '../../domain/defined.js'
import { createFetchClient } from '../../transport/createFetchClient.js'
import type { HttpClient } from '../../transport/HttpClient.js'
import { RequestError } from '../../transport/RequestError.js'
import { batchingTransport } from './batchingTransport.js'
import { unnamedHost } from './unnamedHost.js'

/** One EVM node of a chain. */
export interface EvmEndpoint {
  /** Host and port: all that is ever told of the URL. */
  readonly host: string
  readonly client: Client
}

/** A viem client of the caller's own: of any chain, plain or with any actions. Only its `request` is used. */
export interface ViemClient {
  readonly name: string
  readonly chain?: Chain | undefined
  readonly transport: object
  readonly request: (...args: never[]) => Promise<unknown>
}

/** How EVM nodes are reached by URL. */
export interface EvmEndpointOptions {
  readonly urls: readonly string[]
  /** Longest wait for one answer, in milliseconds. */
  readonly timeoutMs: number
  /** @defaultValue the `fetch` of the host */
  readonly http?: HttpClient
  /** Sent with every request. @defaultValue none */
  readonly headers?: Readonly<Record<string, string>>
  /** Most calls in one request. @defaultValue 100 */
  readonly batchSize?: number
  /** Takes the secrets out of what a node says where it refuses. @defaultValue takes nothing out */
  readonly conceal?: (text: string) => string
}

// Above what any sane window of logs answers; no more is read.
const maxBytes = 32 * 1024 * 1024

// viem would follow a contract, or a node that speaks for it, to whatever server it names: into our network too.
const settings = { cacheTime: 0, ccipRead: false } as const

/** Clients of the nodes of one chain: JSON-RPC batches, no cache, no retry, for both are the caller's business. */
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
 * Endpoints over viem clients of the caller's own. Whether they batch, cache or retry is theirs to set. Not all of them
 * have a time limit: none is waited for longer than `timeoutMs`, all retries of one request included.
 */
export function evmEndpointsOf(
  clients: readonly ViemClient[],
  { timeoutMs = 30_000 }: Partial<Pick<EvmEndpointOptions, 'timeoutMs'>> = {},
): readonly EvmEndpoint[] {
  return clients.map((client) => ({ host: hostOf(urlOf(client)), client: withManyListeners(client, timeoutMs) }))
}

/** A client over the caller's own, whose requests may be many at once. */
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
 * Every call of a reading listens to its signal, in viem itself too. Node takes more than ten for a leak, and says so.
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

/** Where there is Node. It is asked for, not imported, so that the sources load no module of Node's own. */
function allowListeners(signal: AbortSignal): void {
  if (typeof process !== 'undefined' && 'getBuiltinModule' in process)
    process.getBuiltinModule('events').setMaxListeners(0, signal)
}

/** The URL of a caller's client, where its transport has one; else its name. */
export function urlOf({ name, transport }: ViemClient): string {
  return 'url' in transport && typeof transport.url === 'string' ? transport.url : name
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : unnamedHost
}
