import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { numberToHex } from 'viem'
import { z } from 'zod'
import { arrivals } from '../arrivals.js'
import { listen } from './listen.js'

const callSchema = z.object({
  id: z.union([z.number(), z.string()]).optional(),
  method: z.string(),
  // Named params, which other systems than EVM use, are passed through.
  params: z.array(z.unknown()).optional().catch(undefined),
})
const answerSchema = z.looseObject({ id: z.union([z.number(), z.string()]).optional() })
const listOf = <T extends z.ZodType>(item: T) =>
  z.union([z.array(item), item.transform((one) => [one])]).pipe(z.array(z.custom<z.infer<T>>()))

export type RpcCall = z.infer<typeof callSchema>

/** How the proxy misbehaves; `{}` passes everything through. */
export interface Behaviour {
  /** `drop` cuts the connection, `hang` never answers. */
  readonly fail?:
    | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
    | 'drop'
    | 'hang'
  /** Fails only requests that contain a call with this name, including the others of the batch. */
  readonly failOn?: (call: RpcCall, calls: readonly RpcCall[]) => boolean
  /** Waits before it passes a request on. */
  readonly delayMs?: number
  /** Reports this chain id. */
  readonly chainId?: number
  /** The answer to give instead of the node's: `{ result }` or `{ error }` of one call. */
  readonly rewrite?: (call: RpcCall, answer: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>
}

export interface CountingProxy {
  readonly url: string
  /** The calls of each HTTP request, in order of arrival. A plain call is a list of one. */
  readonly requests: readonly (readonly RpcCall[])[]
  /** Names of all calls, in order. */
  methods(): readonly string[]
  /**
   * The methods of each HTTP request that the work makes, in order; within one request each
   * name once, sorted.
   */
  during(work: () => Promise<unknown>): Promise<readonly (readonly string[])[]>
  /** Resets the counts. */
  reset(): void
  behave(behaviour: Behaviour): void
  /** Passes requests to another node from now on. */
  retarget(url: string): void
  /** Resolves with all requests once `count` have arrived. */
  waitFor(count: number): Promise<readonly (readonly RpcCall[])[]>
  stop(): Promise<void>
}

/** A real JSON-RPC proxy in front of a node: counts, and fails on demand. */
export async function startCountingProxy(targetUrl: string): Promise<CountingProxy> {
  const received = arrivals<readonly RpcCall[]>()
  let behaviour: Behaviour = {}
  let target = targetUrl

  const forward = async (body: string, calls: readonly RpcCall[]): Promise<string> => {
    const { chainId, rewrite } = behaviour
    const response = await fetch(target, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    const answered = await response.text()
    if (chainId === undefined && rewrite === undefined) return answered
    const parsed: unknown = JSON.parse(answered)
    const answers = listOf(answerSchema)
      .parse(parsed)
      .map((answer) => {
        const call = calls.find(({ id }) => id === answer.id)
        if (call === undefined) return answer
        const ours =
          call.method === 'eth_chainId' && chainId !== undefined
            ? { jsonrpc: '2.0', id: answer.id, result: numberToHex(chainId) }
            : answer
        return rewrite === undefined ? ours : { ...rewrite(call, ours), jsonrpc: '2.0', id: answer.id }
      })
    return JSON.stringify(Array.isArray(parsed) ? answers : answers[0])
  }

  const server = await listen((request, response) => {
    void (async () => {
      const body = await text(request)
      const calls = listOf(callSchema).parse(JSON.parse(body))
      const { fail, failOn, delayMs } = behaviour
      received.add(calls)
      if (delayMs !== undefined) await wait(delayMs)
      if (fail === undefined || (failOn !== undefined && !calls.some((call) => failOn(call, calls)))) {
        const answer = await forward(body, calls)
        response.writeHead(200, { 'content-type': 'application/json' }).end(answer)
      } else if (fail === 'drop') request.socket.destroy()
      else if (fail !== 'hang') response.writeHead(fail.status, fail.headers).end(fail.body)
    })().catch(() => response.writeHead(502).end())
  })
  return {
    url: server.url,
    requests: received.all,
    methods: () => received.all.flat().map(({ method }) => method),
    async during(work) {
      received.clear()
      await work()
      return received.all.map((calls) => [...new Set(calls.map(({ method }) => method))].sort())
    },
    reset: received.clear,
    behave(next) {
      behaviour = next
    },
    retarget(url) {
      target = url
    },
    waitFor: received.waitFor,
    stop: server.stop,
  }
}

/** The URLs of the first `count` of these proxies. */
export const urlsOf = (proxies: readonly CountingProxy[], count = proxies.length): readonly string[] =>
  proxies.slice(0, count).map(({ url }) => url)
