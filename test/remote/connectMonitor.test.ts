import { filter, firstValueFrom, lastValueFrom, map, type Observable, take, takeWhile, toArray } from 'rxjs'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { ChainState, Turn } from '../../src/domain/chainState.js'
import { keyOf } from '../../src/domain/proposals/proposal.js'
import { connectMonitor } from '../../src/remote/connectMonitor.js'
import { openStore } from '../../src/store/openStore.js'
import {
  announcement,
  at,
  holding,
  move,
  proposal,
  queueing,
  state,
  temporaryDirectory,
  turn,
  upgrade,
} from '../support/storeGiven.js'
import { follow } from '../support/follow.js'
import { seeded } from '../support/seeded.js'
import { frameText } from '../support/frameText.js'
import { listen } from '../support/servers/listen.js'
import { startLiveServer, type LiveServerOptions } from '../support/servers/liveServer.js'

/** The number of a turn is its head, its one change, and its one notification. */
function numbered(number: number, before: ChainState = state()): Turn {
  const seen = proposal('1', { readAt: BigInt(number) })
  return turn(
    {
      state: state({ head: at(BigInt(number)), proposals: holding(seen) }),
      changes: [{ type: 'detailsRead', chain: 'local', at: BigInt(number), time: 1n, proposal: seen }],
      announcements: [announcement(`n${number}`)],
    },
    before,
  )
}

/** The next value of a stream. */
function nextOf<T>(stream$: Observable<T>): Promise<T | undefined> {
  return firstValueFrom(stream$, { defaultValue: undefined })
}

// Outside of the documented range: no wait before a reconnection.
const atOnce = (): number => -1

/** So many of the numbers from 1 to 600, the same in every run. */
const random = seeded(11)
function picked(count: number): ReadonlySet<number> {
  const numbers = new Set<number>()
  while (numbers.size < count) numbers.add(1 + Math.floor(random() * 600))
  return numbers
}

async function serving(options: Partial<LiveServerOptions> = {}) {
  const store = openStore({ path: ':memory:', journal: 1_000 })
  const server = await startLiveServer({ store, ...options })
  onTestFinished(async () => {
    await server.stop()
    store.close()
  })
  return { store, server }
}

describe('a remote monitor', () => {
  it('emits what an embedded one emits: the current state first, then each event', async () => {
    const { server } = await serving()
    const first = numbered(1)
    server.commit(first)
    const remote = connectMonitor({ url: server.url })
    const connected = nextOf(remote.connection$)
    const [heads, proposals, queue, health, changes, notifications] = [
      lastValueFrom(remote.heads$.pipe(take(2), toArray()), { defaultValue: [] }),
      lastValueFrom(remote.proposals$.pipe(take(2), toArray()), { defaultValue: [] }),
      lastValueFrom(remote.upgrades$.pipe(take(2), toArray()), { defaultValue: [] }),
      nextOf(remote.health$),
      nextOf(remote.changes$),
      nextOf(remote.notifications$),
    ]
    expect(await connected).toStrictEqual({ type: 'open' })
    await nextOf(remote.heads$)
    const planned = upgrade('2')
    const second = numbered(2, first.state)
    const after = { ...second.state, upgrades: queueing(planned) }
    server.commit({
      ...second,
      state: after,
      moves: [move(planned)],
      touched: { ...second.touched, upgrades: [planned.key] },
    })

    expect(await heads).toStrictEqual([
      { chain: 'local', ...at(1n) },
      { chain: 'local', ...at(2n) },
    ])
    expect(await changes).toStrictEqual(second.changes[0])
    expect(await notifications).toStrictEqual(second.announcements[0]?.notification)
    expect(await health).toStrictEqual(second.state.health)
    expect(await queue).toStrictEqual([{ upgrades: [] }, { upgrades: [planned] }])
    const counts = { byStatus: { voting: 1 }, byType: { text: 1 } }
    expect(await proposals).toStrictEqual([
      { proposals: first.state.proposals, counts },
      { proposals: second.state.proposals, counts },
    ])
  })

  it('sends a late subscriber the current state, over the existing connection', async () => {
    const { server } = await serving()
    server.commit(numbered(1))
    const remote = connectMonitor({ url: server.url })
    follow(remote.changes$)
    await nextOf(remote.heads$)

    const now = await nextOf(remote.proposals$)
    expect([...(now?.proposals.keys() ?? [])]).toStrictEqual([keyOf(proposal('1'))])
    expect(await nextOf(remote.connection$)).toStrictEqual({ type: 'open' })
    expect(server.clients()).toBe(1)
  })

  it('drops a chain that a reload removed', async () => {
    const states = new Map<string, ChainState>()
    const { server } = await serving({ states })
    const other = state({ chain: 'other', proposals: holding(proposal('9', { chain: 'other' })) })
    server.commit(numbered(1))
    server.commit(turn({ state: other }))
    const remote = connectMonitor({ url: server.url, random: atOnce })
    follow(remote.connection$)
    const sizeOf = ({ proposals }: { readonly proposals: ReadonlyMap<unknown, unknown> }) => proposals.size
    await nextOf(remote.proposals$.pipe(filter((now) => sizeOf(now) === 2)))
    const heads: string[] = []
    follow(remote.heads$, ({ chain }) => heads.push(chain))
    heads.length = 0
    states.delete('other')
    server.commit(numbered(2))

    const now = await nextOf(remote.proposals$.pipe(filter((after) => sizeOf(after) === 1)))
    expect(now?.counts.byStatus).toStrictEqual({ voting: 1 })
    expect(heads).toStrictEqual(['local'])
  })

  it('can be read with for await', async () => {
    const { server } = await serving()
    server.commit(numbered(1))
    for await (const { number } of connectMonitor({ url: server.url }).heads$) {
      expect(number).toBe(1n)
      break
    }
  })

  it(
    'loses and repeats nothing through a hundred connection losses and twenty restarts of the server',
    { timeout: 120_000 },
    async () => {
      using directory = temporaryDirectory()
      const open = () => openStore({ path: `${directory.path}/a.db`, journal: 1_000 })
      let store = open()
      const states = new Map<string, ChainState>()
      let server = await startLiveServer({ store, states })
      const port = Number(new URL(server.url).port)
      const remote = connectMonitor({ url: server.url, random: atOnce })
      const [changes, notifications, heads]: [bigint[], string[], bigint[]] = [[], [], []]
      const healths: string[] = []
      const problems: unknown[] = []
      const error = (cause: unknown) => void problems.push(cause)
      follow(remote.changes$, { next: (change) => changes.push(change.at), error })
      follow(remote.notifications$, { next: ({ id }) => notifications.push(id), error })
      follow(remote.heads$, { next: ({ number }) => heads.push(number), error })
      follow(remote.health$, { next: ({ state: health }) => healths.push(health), error })
      const subscription = follow(remote.connection$, { error })
      await nextOf(remote.connection$.pipe(filter(({ type }) => type === 'open')))
      server.commit(numbered(0))
      await nextOf(remote.heads$)
      const start = changes.length

      const [cuts, restarts, waits] = [picked(100), picked(20), picked(100)]
      let before = state()
      for (let number = 1; number <= 600; number += 1) {
        const next = numbered(number, before)
        before = next.state
        server.commit(next)
        if (cuts.has(number)) server.cut()
        if (restarts.has(number)) {
          await server.stop()
          store.close()
          // Events during a restart are not lost either.
          store = open()
          server = await startLiveServer({ store, states, port })
        }
        // Now and then the client catches up.
        if (waits.has(number)) await nextOf(remote.heads$.pipe(filter((head) => head.number === BigInt(number))))
      }
      await nextOf(remote.heads$.pipe(filter((head) => head.number === 600n)))
      subscription.unsubscribe()
      await server.stop()
      store.close()

      const numbers = Array.from({ length: 600 }, (_, index) => index + 1)
      expect(problems).toStrictEqual([])
      expect(changes.slice(start)).toStrictEqual(numbers.map(BigInt))
      expect(notifications.slice(start)).toStrictEqual(numbers.map((number) => `n${number}`))
      expect(heads).toStrictEqual([...heads].sort((a, b) => Number(a - b)))
      // The health was the same all the time.
      expect(healths).toStrictEqual(['up'])
    },
  )

  it('resumes in another process after the last event of the former one', async () => {
    const { server } = await serving()
    server.commit(numbered(1))
    const first = connectMonitor({ url: server.url })
    await nextOf(first.heads$)
    const lastEventId = first.lastEventId()
    server.commit(numbered(2))
    server.commit(numbered(3))
    const second = connectMonitor({ url: server.url, lastEventId: lastEventId! })

    expect(await lastValueFrom(second.changes$.pipe(take(2), toArray()), { defaultValue: [] })).toMatchObject([
      { at: 2n },
      { at: 3n },
    ])
  })

  it('reports a possible gap, and continues with the current state', async () => {
    const { server } = await serving()
    server.commit(numbered(1))
    const remote = connectMonitor({ url: server.url, lastEventId: '7' })
    const told: string[] = []
    follow(remote.connection$, ({ type }) => told.push(type))
    const changes: bigint[] = []
    follow(remote.changes$, ({ at: block }) => changes.push(block))
    await nextOf(remote.heads$)
    const next = nextOf(remote.changes$)
    server.commit(numbered(2))
    await next

    expect(told).toStrictEqual(['open', 'reset'])
    expect(changes).toStrictEqual([2n])
  })

  it.each([
    ['is sent again', [1, 2, 1, 2, 3]],
    ['is sent again over the next connection', [1, 2], [1, 2, 3]],
    ['follows an id that cannot be in a journal', [1, 'x\u00e9', 2, 3]],
  ])('emits each event once, and resumes after the last, if one %s', async (_, ...connections) => {
    const asked: (string | undefined)[] = []
    const lying = await listen(({ headers }, response) => {
      asked.push(headers['last-event-id']?.toString())
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (const id of connections[asked.length - 1] ?? []) {
        const told = announcement(`n${id}`).notification
        response.write(frameText({ type: 'notification', notification: told }, 1).replace('id: 1', `id: ${id}`))
      }
      if (asked.length < connections.length) response.end()
    })
    onTestFinished(() => lying.stop())
    const remote = connectMonitor({ url: lying.url, random: atOnce })
    const told$ = remote.notifications$.pipe(
      filter(({ id }) => /^n\d$/.test(id)),
      takeWhile(({ id }) => id !== 'n3', true),
      map(({ id }) => id),
      toArray(),
    )
    expect(await lastValueFrom(told$, { defaultValue: [] })).toStrictEqual(['n1', 'n2', 'n3'])
    expect(asked).toStrictEqual(connections.length === 1 ? [undefined] : [undefined, '2'])
    expect(remote.lastEventId()).toBe('3')
  })

  it.each([
    [401, 't0ken', 'refuses the token (401): give one of its http.tokens.'],
    [401, undefined, 'asks for a token (401): give one of its http.tokens.'],
    [403, 't0ken', 'does not let this token read: give one of its http.tokens.read (403).'],
    [404, undefined, 'has no events to follow: it is not a govstream, or an older version (404).'],
    [421, undefined, 'does not accept this host name: add it to its http.hosts (421).'],
    [302, undefined, 'redirects (HTTP 302). No redirect is followed: configure the final address.'],
    [418, undefined, 'does not take the question: look at its address and its version (418).'],
  ])('ends every stream on the answer %i with the token %s, and never shows it', async (status, token, says) => {
    const { server } = await serving({ refuse: () => status })
    const remote = connectMonitor({ url: server.url, ...(token !== undefined && { token }) })

    const streams: readonly Observable<unknown>[] = [remote.changes$, remote.heads$, remote.connection$]
    for (const stream$ of streams) {
      const ended = nextOf(stream$)
      await expect(ended).rejects.toThrow(`${server.url} ${says}`)
      await expect(ended).rejects.not.toThrow('t0ken')
    }
  })

  it('ends every stream if the port is blocked for fetch', async () => {
    await expect(nextOf(connectMonitor({ url: 'http://127.0.0.1:6000' }).heads$)).rejects.toThrow(
      'no browser and no fetch goes to port 6000',
    )
  })

  it.each(['ftp://gov.example', 'gov.example', ''])('rejects %j as an address', (url) => {
    expect(() => connectMonitor({ url })).toThrow('url: expected an http:// or https:// URL')
  })
})
