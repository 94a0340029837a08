import { get, type IncomingMessage } from 'node:http'
import { onTestFinished } from 'vitest'
import type { ChainState, Turn } from '../../src/domain/chainState.js'
import { createStreamParser, type StreamBlock } from '../../src/remote/parseEventStream.js'
import type { ServeOptions } from '../../src/server/serve.js'
import { openStore } from '../../src/store/openStore.js'
import { announcement, at, holding, proposal, state, turn } from '../support/storeGiven.js'
import { type HttpInput, serving } from './serving.js'

/** The path of the events. */
export const events = '/api/v1/events'
/** The turn of this head: one change, and one notification. */
export function numbered(number: number, description = ''): Turn {
  const seen = proposal('1', { readAt: BigInt(number), description })
  return turn({
    state: state({ head: at(BigInt(number)), proposals: holding(seen) }),
    changes: [{ type: 'detailsRead', chain: 'local', at: BigInt(number), time: 1n, proposal: seen }],
    announcements: [announcement(`n${number}`)],
  })
}

/** A server over a state with a journal, and its turns. */
export async function servingEvents(http: HttpInput = {}, over: Partial<ServeOptions> = {}) {
  const states = new Map<string, ChainState>()
  const store = openStore({ path: ':memory:', journal: 10_000 })
  const first = store.journalBounds()!.newest
  // Reads of the journal so far.
  let reads = 0
  const journalSince: typeof store.journalSince = (...asked) => {
    reads += 1
    return store.journalSince(...asked)
  }
  const counted = { ...store, journalSince }
  const server = await serving(http, { store: counted, states: () => states.values(), ...over })
  const commit = (next: Turn): void => {
    store.commit(next, () => [])
    states.set(next.state.chain, next.state)
    server.turn$.next(next)
  }
  return { ...server, commit, journalReads: () => reads, id: (count: number) => String(first + count) }
}

/** A client that reads the stream, block by block. */
export async function follow(url: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = get(url, { headers, agent: false }, resolve).on('error', reject)
    onTestFinished(() => void request.destroy())
  })
  const parser = createStreamParser(1e7)
  const waiting: StreamBlock[] = []
  const parts = response.setEncoding('utf8')[Symbol.asyncIterator]()
  const next = async (): Promise<StreamBlock | undefined> => {
    while (waiting.length === 0) {
      const part: IteratorResult<unknown> = await parts.next()
      if (part.done === true) return undefined
      waiting.push(...parser.push(String(part.value)))
    }
    return waiting.shift()
  }
  const upTo = async (isLast: (block: StreamBlock) => boolean): Promise<readonly StreamBlock[]> => {
    const taken: StreamBlock[] = []
    for (let block = await next(); block !== undefined; block = await next()) {
      taken.push(block)
      if (isLast(block)) break
    }
    return taken
  }
  return { response, next, upTo, standing: () => upTo(({ data }) => data === undefined) }
}
