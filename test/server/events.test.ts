import { get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { ChainState, Turn } from '../../src/domain/chainState.js'
import { StoreError } from '../../src/domain/errors.js'
import { createStreamParser, type StreamBlock } from '../../src/remote/parseEventStream.js'
import { openStore } from '../../src/store/openStore.js'
import { announcement, at, holding, proposal, state, turn } from '../support/storeGiven.js'
import { serving as servingOver, type HttpInput } from './serving.js'

const events = '/api/v1/events'
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

function numbered(number: number, description = ''): Turn {
  const seen = proposal('1', { readAt: BigInt(number), description })
  return turn({
    state: state({ head: at(BigInt(number)), proposals: holding(seen) }),
    changes: [{ type: 'detailsRead', chain: 'local', at: BigInt(number), time: 1n, proposal: seen }],
    announcements: [announcement(`n${number}`)],
  })
}

/** A server over a state with a journal, and what happens there. */
async function serving(http: HttpInput = {}) {
  const states = new Map<string, ChainState>()
  const store = openStore({ path: ':memory:', journal: 10_000 })
  const first = store.journalBounds()!.newest
  const server = await servingOver(http, { store, states: () => states.values() })
  const commit = (next: Turn): void => {
    store.commit(next, () => [])
    states.set(next.state.chain, next.state)
    server.turn$.next(next)
  }
  return { ...server, commit, id: (count: number) => String(first + count) }
}

/** A client that reads what it is sent, block by block. */
async function follow(url: string, headers: Readonly<Record<string, string>> = {}) {
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

describe('GET /api/v1/events', () => {
  it('is a stream of events that no cache and no proxy holds back, of what stands and of what happens', async () => {
    const { url, commit, id } = await serving()
    commit(numbered(1))
    const { response, standing, next } = await follow(`${url}${events}`)
    expect(response.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    })
    expect((await standing()).map(({ event }) => event)).toStrictEqual([
      'upgrades',
      'head',
      'health',
      'proposals',
      'message',
    ])
    commit(numbered(2))

    const change = await next()
    expect(change).toMatchObject({ event: 'change', id: id(3) })
    expect(JSON.parse(change?.data ?? '')).toMatchObject({ type: 'detailsRead', at: '2', proposal: { id: '1' } })
  })

  it.each([
    ['the header', (id: string) => ['', { 'last-event-id': id }] as const],
    ['the query', (id: string) => [`?lastEventId=${id}`, {}] as const],
  ])('goes on behind the id that %s names', async (_what, asked) => {
    const { url, commit, id } = await serving()
    commit(numbered(1))
    commit(numbered(2))
    const [query, headers] = asked(id(1))
    const { next } = await follow(`${url}${events}${query}`, headers)

    expect([(await next())?.id, (await next())?.id, (await next())?.id]).toStrictEqual([id(2), id(3), id(4)])
  })

  it('takes the header for the newer one: a browser that comes back sends the query of its beginning again', async () => {
    const { url, commit, id } = await serving()
    commit(numbered(1))
    const { next } = await follow(`${url}${events}?lastEventId=${id(0)}`, { 'last-event-id': id(1) })
    expect(await next()).toMatchObject({ id: id(2) })
  })

  it('tells of a gap before how all stands, where the id is not in the journal', async () => {
    const { url, commit } = await serving()
    commit(numbered(1))
    const { next, standing } = await follow(`${url}${events}`, { 'last-event-id': '5' })
    const reset = await next()

    expect(reset?.event).toBe('reset')
    expect(reset?.id).toBeUndefined()
    expect(reset?.data).toContain('not in the journal any more')
    expect(await standing()).toHaveLength(5)
  })

  it('gives the kinds and the chains that are asked for', async () => {
    const { url, commit } = await serving()
    commit(numbered(1))
    const { standing, next } = await follow(`${url}${events}?event=notification,head&chain=local`)
    expect((await standing()).map(({ event }) => event)).toStrictEqual(['head', 'message'])
    commit(numbered(2))
    expect([(await next())?.event, (await next())?.event]).toStrictEqual(['notification', 'head'])
  })

  it.each([
    ['event=weather', 'event: expected one or more of change, upgrades, notification'],
    ['chain=elsewhere', 'chain: expected one or more of local, with commas between them.'],
    ['colour=red', 'unknown parameter'],
  ])('says what is wrong with %s', async (query, detail) => {
    const { ask } = await serving()
    const answer = await ask(`${events}?${query}`)
    expect(answer.status).toBe(400)
    expect(answer.text).toContain(detail)
  })

  it('needs a token where reading does', async () => {
    const tokens = { read: 'token-that-reads-only' }
    const { port, ask } = await serving({ listen: '0.0.0.0:0', tokens })
    const headers = { host: `127.0.0.1:${port}` }
    expect(await ask(events, { headers })).toMatchObject({ status: 401 })
    const { response } = await follow(`http://127.0.0.1:${port}${events}`, bearer(tokens.read))
    expect(response.statusCode).toBe(200)
  })

  it('gives its head alone to who asks for no more, and is over then', async () => {
    const { ask, stop } = await serving()
    const answer = await ask(events, { method: 'HEAD' })
    expect([answer.status, answer.headers['content-type'], answer.text]).toStrictEqual([200, 'text/event-stream', ''])
    await stop()
  })

  it('ends where the state cannot be read, and says so in the log alone', async () => {
    const store = openStore({ path: ':memory:', journal: 10 })
    const failing = {
      ...store,
      journalBounds: () => ({ after: 0, newest: 5 }),
      journalSince: () => {
        throw new StoreError('The state of token-that-reads is locked.', { kind: 'transient' })
      },
    }
    const { ask, logged } = await servingOver({ tokens: { read: 'token-that-reads' } }, { store: failing })
    const answer = await ask(events, { headers: { 'last-event-id': '1' } })
    expect([answer.status, answer.text]).toStrictEqual([200, ''])
    expect(logged.at(-1)).toBe('a stream of events ended: The state of (secret) is locked. {}')
  })

  it('ends in order when the run stops', async () => {
    const { url, commit, stop } = await serving()
    commit(numbered(1))
    const { standing, next } = await follow(`${url}${events}`)
    await standing()
    const end = next()
    await stop()

    expect(await end).toBeUndefined()
  })

  it('is delayed for nobody by clients that stall, and these have lost nothing', { timeout: 60_000 }, async () => {
    const { url, port, commit, id, stop } = await serving()
    commit(numbered(0))
    const stalled = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const socket = connect({ port, host: '127.0.0.1' })
        onTestFinished(() => void socket.destroy())
        await new Promise((resolve) => socket.once('connect', resolve))
        socket.write(`GET ${events} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`)
        await new Promise((resolve) => socket.once('readable', resolve))
        return socket
      }),
    )
    const clients = await Promise.all(Array.from({ length: 20 }, () => follow(`${url}${events}`)))
    for (const { standing } of clients) await standing()
    // More than the buffers of a connection hold, by far.
    const turns = 400
    const text = 'x'.repeat(20_000)
    for (let number = 1; number <= turns; number += 1) {
      commit(numbered(number, text))
      if (number % 40 === 0)
        await Promise.all(clients.map(({ upTo }) => upTo((block) => block.id === id(2 + 2 * number))))
    }
    expect(stalled.every((socket) => !socket.destroyed)).toBe(true)

    // It comes back with what it read last: as if it never had been away.
    const { upTo } = await follow(`${url}${events}`, { 'last-event-id': id(2) })
    const missed = await upTo((block) => block.id === id(2 + 2 * turns))
    expect(missed.map((block) => block.id)).toStrictEqual(
      Array.from({ length: 2 * turns }, (_, index) => id(3 + index)),
    )
    for (const socket of stalled) socket.destroy()
    await stop()
  })
})
