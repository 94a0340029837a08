import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { asyncScheduler, type SchedulerLike, Subject, type Subscription } from 'rxjs'
import { z } from 'zod'
import type { ChainState, Turn } from '../../../src/domain/chainState.js'
import { createLiveFeed } from '../../../src/server/live/createLiveFeed.js'
import { followLive } from '../../../src/server/live/followLive.js'
import { streamOf } from '../../../src/server/live/streamOf.js'
import type { EmbeddedStore } from '../../../src/store/Store.js'

/** The events of a store over HTTP on its own port, with turns decided by the test. */
export interface LiveServer {
  readonly url: string
  /** Commits a turn and emits it, as a monitor does. */
  readonly commit: (turn: Turn) => void
  /** Cuts every connection, in the middle of any transfer. */
  readonly cut: () => void
  /** Clients that are connected. */
  readonly clients: () => number
  /** As a process that ends: its requests are aborted, and nothing listens any more. */
  readonly stop: () => Promise<void>
}

export interface LiveServerOptions {
  readonly store: EmbeddedStore
  readonly states?: Map<string, ChainState>
  /** @defaultValue a free one */
  readonly port?: number
  readonly scheduler?: SchedulerLike
  /** The answer in place of the events. */
  readonly refuse?: () => number | undefined
}

export async function startLiveServer({
  store,
  states = new Map(),
  port = 0,
  scheduler = asyncScheduler,
  refuse = () => undefined,
}: LiveServerOptions): Promise<LiveServer> {
  const turn$ = new Subject<Turn>()
  const feed = createLiveFeed({ store, turn$, states: () => states.values(), scheduler, log, conceal })
  const following: Subscription = feed.follow$.subscribe()
  const open = new Set<ServerResponse>()
  const server = createServer((request, response) => {
    const status = refuse() ?? (isEvents(request.url) ? undefined : 404)
    if (status !== undefined) {
      response.writeHead(status).end()
      return
    }
    open.add(response)
    const lastEventId = z.string().optional().parse(request.headers['last-event-id'])
    const body = streamOf(
      (signal) =>
        followLive(
          feed,
          { ...(lastEventId !== undefined && { lastEventId }), wantsChain: () => true, wantsType: () => true },
          signal,
        ),
      () => undefined,
      (cause) => response.destroy(cause instanceof Error ? cause : undefined),
    )
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    const parts = Readable.fromWeb(body)
    parts.pipe(response)
    response.on('close', () => {
      open.delete(response)
      parts.destroy()
    })
    parts.on('error', () => undefined)
  })
  await listening(server, port)
  const address: string | AddressInfo | null = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    commit: (turn) => {
      store.commit(turn, () => [])
      states.set(turn.state.chain, turn.state)
      turn$.next(turn)
    },
    cut: () => {
      for (const response of open) response.destroy()
    },
    clients: () => open.size,
    stop: async () => {
      following.unsubscribe()
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const conceal = (text: string): string => text

async function listening(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
}

function isEvents(path = ''): boolean {
  return /\/api\/v1\/events(?:\?|$)/.test(path)
}
