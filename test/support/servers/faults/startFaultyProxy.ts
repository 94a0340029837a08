import { text } from 'node:stream/consumers'
import type { IncomingMessage } from 'node:http'
import { arrivals, type Arrivals } from '../../arrivals.js'
import { seeded } from '../../seeded.js'
import { listen } from '../listen.js'
import { answersIn, type Call, callsIn, type Exchange, type Said, say } from './exchange.js'
import type { Fault } from './faults.js'

export interface FaultyProxy {
  readonly url: string
  /** Each request in order: the applied failure, or `none`. */
  readonly met: Arrivals<string>
  /** From now on this share of the requests gets one of these failures; none at the start. */
  readonly trouble: (share: number, faults: Readonly<Record<string, Fault>>) => void
  /** Passes everything on from now on. */
  readonly heal: () => void
  readonly stop: () => Promise<void>
}

export interface FaultyProxyOptions {
  readonly target: string
  /** A node of another chain. @defaultValue the same node */
  readonly stranger?: string
  /**
   * The same seed gives the n-th request of a kind the same failure, independent of concurrent
   * requests.
   */
  readonly seed: number
  /** Unix milliseconds. @defaultValue the clock of the host */
  readonly now?: () => number
}

// What a cache keeps of each call.
const keptAnswers = 12
// A proxy that runs for hours drops calls that were made only once.
const keptCalls = 2_000

/**
 * A real proxy in front of a node, JSON-RPC or REST, that fails as networks, gateways and
 * nodes do.
 */
export async function startFaultyProxy({
  target,
  stranger = target,
  seed,
  now = Date.now,
}: FaultyProxyOptions): Promise<FaultyProxy> {
  const met = arrivals<string>()
  const cache = new Map<string, readonly Said[]>()
  const asked = new Map<string, number>()
  let [share, faults]: [number, readonly (readonly [string, Fault])[]] = [0, []]

  const keep = (key: string, said: Said): void => {
    if (said.status !== 200) return
    if (cache.size > keptCalls) cache.clear()
    cache.set(key, [...(cache.get(key) ?? []), said].slice(-keptAnswers))
  }
  /**
   * Random numbers for this request only: shared ones would depend on the order of concurrent
   * requests.
   */
  const numbersOf = (kind: string): (() => number) => {
    const count = (asked.get(kind) ?? 0) + 1
    asked.set(kind, count)
    return seeded(hashOf(`${seed} ${count} ${kind}`))
  }
  const server = await listen((request, response) => {
    const serve = async (): Promise<void> => {
      const body = await text(request)
      const calls = callsIn(body)
      const path = request.url ?? '/'
      const random = numbersOf(`${path} ${calls.map(({ method }) => method).join()}`)
      const exchange: Exchange = {
        ...{ calls, response, random, now },
        ask: async () => {
          const said = await forward(target, request, body)
          if (calls.length === 0) keep(path, said)
          for (const call of calls) {
            const answer = answersIn(said.body).find(({ id }) => id === call.id)
            if (answer !== undefined) keep(keyOf(call), { ...said, body: JSON.stringify(answer) })
          }
          return said
        },
        askStranger: () => forward(stranger, request, body),
        earlier: (call) => cache.get(call === undefined ? path : keyOf(call)) ?? [],
      }
      const fitting = random() < share ? faults.filter(([, { fits }]) => fits?.(exchange) ?? true) : []
      const [name, fault] = fitting[Math.floor(random() * fitting.length)] ?? ['none', undefined]
      met.add(name)
      if (fault === undefined) say(exchange, await exchange.ask())
      else await fault.meet(exchange)
    }
    // The node or the client is gone.
    serve().catch(() => response.destroy())
  })
  return {
    url: server.url,
    met,
    trouble: (next, named) => void ([share, faults] = [next, Object.entries(named)]),
    heal: () => void (share = 0),
    stop: server.stop,
  }
}

/** FNV-1a, so that similar texts give different numbers. */
function hashOf(given: string): number {
  return Buffer.from(given).reduce((hash, byte) => Math.imul(hash ^ byte, 0x01_00_01_93), 0x81_1c_9d_c5) >>> 0
}

const keyOf = ({ method, params }: Call): string => `${method} ${JSON.stringify(params)}`

async function forward(target: string, { method = 'GET', url = '/' }: IncomingMessage, body: string): Promise<Said> {
  const response = await fetch(new URL(url, target), {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body !== '' && { body }),
  })
  const height = response.headers.get('grpc-metadata-x-cosmos-block-height')
  return {
    status: response.status,
    headers: {
      'content-type': response.headers.get('content-type') ?? 'application/json',
      ...(height !== null && { 'grpc-metadata-x-cosmos-block-height': height }),
    },
    body: await response.text(),
  }
}
