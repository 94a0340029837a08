// The baselines of the latency: the least that writes a file for a new block.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Agent } from 'undici'
import { createPublicClient, webSocket } from 'viem'
import { z } from 'zod'
import { chainClient } from '../src/localChain/chainClient.js'

/** A request that the monitor sent between a pushed head and its file. */
interface SentRequest {
  readonly origin: string
  readonly path: string
  readonly body: string
}

interface BareSetup {
  readonly url: string
  readonly directory: string
  readonly pollMs: number
  readonly requests: readonly SentRequest[]
}

/** Writes a file for each new height into the directory, until it is disposed of. */
export type Bare = (setup: BareSetup) => Disposable | Promise<Disposable>
const headSchema = z.object({ result: z.object({ number: z.string() }) })

/** Asks for the height and writes a file with it, in a loop: no proposals, no queue, no durable write. */
export function pollingLoop({ url, directory, pollMs }: BareSetup): Disposable {
  const client = chainClient(url)
  let running = true
  let last = 0n
  const turn = async (): Promise<void> => {
    const height = await client.getBlockNumber({ cacheTime: 0 }).catch(() => undefined)
    // The loop was stopped, or the node has ended with the bench.
    if (!running || height === undefined) return
    if (height !== last) writeFileSync(join(directory, 'upgrade-info.json'), JSON.stringify({ height: Number(height) }))
    last = height
    setTimeout(() => void turn(), pollMs)
  }
  void turn()
  return {
    [Symbol.dispose]() {
      running = false
    },
  }
}

/** Writes a file at each pushed head. */
export async function believingHandler({ url, directory }: BareSetup): Promise<Disposable> {
  return onHeads(url, (height) => writeDurably(directory, height))
}

/** Sends the recorded requests at each pushed head, one after another as the monitor does, and then writes a file. */
export function askingHandler({ url, directory, requests }: BareSetup): Promise<Disposable> {
  return askingFirst(url, requests, (height) => writeDurably(directory, height))
}

/**
 * The least that a handler does which takes no data from a push and forgets nothing in a crash: it asks for the head,
 * records durably what it is about to write, and then writes a file.
 */
export function leastHandler({ url, directory, requests }: BareSetup): Promise<Disposable> {
  const record = join(directory, 'record')
  return askingFirst(url, requests.slice(0, 1), (height) => {
    writeFileSync(record, `${height}\n`, { flag: 'a', flush: true })
    writeDurably(directory, height)
  })
}

async function askingFirst(
  url: string,
  requests: readonly SentRequest[],
  then: (height: number) => void,
): Promise<Disposable> {
  const agent = new Agent()
  const ask = async (height: number): Promise<void> => {
    for (const request of requests) {
      const answer = await agent.request({
        ...request,
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
      })
      JSON.parse(await answer.body.text())
    }
    then(height)
  }
  const heads = await onHeads(url, (height) => void ask(height))
  return {
    [Symbol.dispose]() {
      heads[Symbol.dispose]()
      void agent.close()
    },
  }
}

/** Writes a temporary file, with fsync, renames it, and calls fsync on the directory. */
function writeDurably(directory: string, height: number): void {
  const file = join(directory, 'upgrade-info.json')
  writeFileSync(`${file}.tmp`, JSON.stringify({ height }), { flush: true })
  renameSync(`${file}.tmp`, file)
  const opened = openSync(directory, 'r')
  fsyncSync(opened)
  closeSync(opened)
}

const requestSchema = z.object({
  request: z.object({ origin: z.string(), path: z.string(), body: z.instanceof(Buffer).transform(String) }),
})

/**
 * Records what the monitor sends; the requests of the bench have a stream as their body. `endFrom` ends the recording
 * and returns what was sent since a moment.
 */
export function recordRequests(): { readonly endFrom: (moment: number) => readonly SentRequest[] } {
  const sent: { readonly at: number; readonly request: SentRequest }[] = []
  const note = (message: unknown): void => {
    const { data } = requestSchema.safeParse(message)
    if (data !== undefined) sent.push({ at: performance.now(), request: data.request })
  }
  subscribe('undici:request:create', note)
  return {
    endFrom: (moment) => {
      unsubscribe('undici:request:create', note)
      return sent.filter(({ at }) => at >= moment).map(({ request }) => request)
    },
  }
}

let sockets = 0

/** Calls with the height of each head that the node pushes, until it is disposed of. */
export async function onHeads(url: string, onHead: (height: number) => void): Promise<Disposable> {
  // Clients of one URL share their socket in viem, and the first that ends would close it for all.
  const transport = webSocket(`${webSocketOf(url)}/?${(sockets += 1)}`, { keepAlive: false, reconnect: false })
  const client = createPublicClient({ transport })
  await client.transport.subscribe({
    params: ['newHeads'],
    onData: (pushed) => onHead(Number(headSchema.parse(pushed).result.number)),
  })
  const socket = await client.transport.getRpcClient()
  return { [Symbol.dispose]: () => socket.close() }
}

export function webSocketOf(url: string): string {
  return url.replace(/^http/, 'ws')
}
