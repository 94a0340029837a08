import { distinctUntilChanged, filter, firstValueFrom, lastValueFrom, map, NEVER, of, take, tap, toArray } from 'rxjs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { watchedState } from '../../../src/cli/watch/watchedState.js'
import { watchedUrl } from '../../../src/cli/watch/watchedUrl.js'
import type { ChainState, Turn } from '../../../src/domain/chainState.js'
import { keyOf } from '../../../src/domain/proposals/proposal.js'
import { openStore } from '../../../src/store/openStore.js'
import {
  announcement,
  at,
  holding,
  proposal,
  queueing,
  state,
  temporaryDirectory,
  turn,
  upgrade,
} from '../../support/storeGiven.js'
import type { Fetch } from '../../../src/transport/createFetchClient.js'
import { notificationView } from '../../../src/views/notificationView.js'
import { listen } from '../../support/servers/listen.js'
import { startLiveServer } from '../../support/servers/liveServer.js'
import { parseConfig } from '../../../src/config/parseConfig.js'
import { vote } from '../../support/builders.js'
import { governor } from '../../support/configs.js'
import { serving as servingAll } from '../../server/serving.js'

const one = proposal('1')
const planned = upgrade('2')

function numbered(number: number): Turn {
  return turn({
    state: state({
      head: at(BigInt(number)),
      proposals: holding(one),
      upgrades: queueing(planned),
      health: { ...state().health, secondsPerBlock: 2 },
    }),
    announcements: [announcement(`n${number}`)],
  })
}

async function serving() {
  const store = openStore({ path: ':memory:', journal: 1_000 })
  const server = await startLiveServer({ store })
  onTestFinished(async () => {
    await server.stop()
    store.close()
  })
  return server
}

describe('a remote govstream', () => {
  it('is shown with its state, and the remaining time at the pace measured there', async () => {
    const server = await serving()
    server.commit(numbered(1))
    const picture = await firstValueFrom(
      watchedUrl({ url: server.url })
        .readPictures(of(keyOf(one)))
        .pipe(filter(({ chains, upgrades, opened }) => chains.length + upgrades.length > 1 && opened !== undefined)),
      { defaultValue: undefined },
    )
    expect(picture?.from).toBe(server.url)
    expect(picture?.chains[0]?.state?.head).toMatchObject(at(1n))
    expect(picture?.chains[0]?.state?.blockTime.samples.at(-1)).toMatchObject(at(1n))
    expect(picture?.upgrades).toStrictEqual([planned])
    expect(picture?.opened).toMatchObject({ proposal: one, votes: [] })
    expect(picture?.problem).toBeUndefined()
  })

  it('is never shown without its upgrades', async () => {
    const server = await serving()
    server.commit(numbered(1))
    const read = await firstValueFrom(
      watchedUrl({ url: server.url })
        .readPictures(NEVER)
        .pipe(filter(({ isUnread }) => isUnread !== true)),
      { defaultValue: undefined },
    )
    expect(read?.upgrades).toStrictEqual([planned])
    expect(read?.proposals).toHaveLength(1)
  })

  it('is reported as disconnected, and its last state is kept', async () => {
    const server = await serving()
    server.commit(numbered(1))
    const pictures = await lastValueFrom(
      watchedUrl({ url: server.url })
        .readPictures(NEVER)
        .pipe(
          filter(({ proposals }) => proposals.length > 0),
          tap(({ problem }) => {
            if (problem === undefined) server.cut()
          }),
          filter(({ problem }) => problem !== undefined),
          take(1),
          toArray(),
        ),
      { defaultValue: [] },
    )
    expect(pictures[0]?.problem).toContain('The connection is lost and is tried again')
    expect(pictures[0]?.proposals).toHaveLength(1)
  })

  it('is read completely again after a gap, without a message; a reader of events gets a message', async () => {
    const server = await serving()
    server.commit(numbered(1))
    const afterGap = watchedUrl({ url: server.url, lastEventId: '1' })
    const picture = await firstValueFrom(
      afterGap.readPictures(NEVER).pipe(filter(({ proposals, chains }) => proposals.length > 0 && chains.length > 0)),
      { defaultValue: undefined },
    )
    expect(picture?.problem).toBeUndefined()
    const told$ = watchedUrl({ url: server.url, lastEventId: '1' }).readEvents()
    expect(await firstValueFrom(told$, { defaultValue: undefined })).toContain('is no longer in the journal')
  })

  it('emits each new event', async () => {
    const server = await serving()
    server.commit(numbered(1))
    const source = watchedUrl({ url: server.url })
    const shown = firstValueFrom(source.readEvents(), { defaultValue: undefined })
    await firstValueFrom(source.readPictures(NEVER).pipe(filter(() => server.clients() === 2)), {
      defaultValue: undefined,
    })
    server.commit(numbered(2))
    expect(await shown).toMatchObject({ id: 'n2' })
  })

  it('provides the history of an opened proposal, and again after a change', async () => {
    const states = new Map<string, ChainState>()
    const store = openStore({ path: ':memory:', journal: 1_000 })
    onTestFinished(() => store.close())
    const server = await servingAll({}, { store, states: () => states.values() })
    const castBy = (voter: string, index: number): void => {
      const cast = { ...vote(one.id, 3, { voter, index }), chain: one.chain, contract: one.contract }
      const next = turn({
        state: state({ proposals: holding(one) }),
        changes: [{ type: 'voteCast', vote: cast, chain: one.chain, at: 3n, time: 3n }],
      })
      store.commit(next, () => [])
      states.set(one.chain, next.state)
      server.turn$.next(next)
    }
    castBy('0xA1', 0)
    const pictures$ = watchedUrl({ url: server.url }).readPictures(of(keyOf(one)))
    const votes = await lastValueFrom(
      pictures$.pipe(
        map(({ opened }) => opened?.votes.map(({ voter }) => voter) ?? []),
        distinctUntilChanged((a, b) => a.join() === b.join()),
        filter((voters) => voters.length > 0),
        tap((voters) => {
          if (voters.length === 1) castBy('0xB2', 1)
        }),
        take(2),
        toArray(),
      ),
      { defaultValue: [] },
    )
    expect(votes).toStrictEqual([['0xA1'], ['0xA1', '0xB2']])
  })

  it('names the chains that are not watched, also after a reload', async () => {
    const configOf = (...watched: readonly string[]) => {
      const chains = ['local', 'other', 'idle'].map((name) => ({
        ...{ name, monitor: { enabled: watched.includes(name) } },
        ...{ rpc: { urls: ['http://127.0.0.1:9'] }, governance: { system: 'governor', address: governor } },
      }))
      return parseConfig({ chains, http: { listen: '127.0.0.1:0' } })
    }
    const states = new Map(['local', 'other'].map((chain) => [chain, state({ chain, head: at(1n) })]))
    let config = configOf('local', 'other')
    const store = openStore({ path: ':memory:', journal: 1_000 })
    onTestFinished(() => store.close())
    const server = await servingAll({}, { store, states: () => states.values(), config: () => config })
    const shown = await lastValueFrom(
      watchedUrl({ url: server.url, random: () => -1 })
        .readPictures(NEVER)
        .pipe(
          map(({ chains }) => chains.map(({ chain, enabled }) => `${chain} ${enabled ? 'watched' : 'not watched'}`)),
          filter((chains) => chains.length === 3),
          distinctUntilChanged((a, b) => a.join() === b.join()),
          tap(() => {
            if (!states.delete('other')) return
            config = configOf('local')
            server.turn$.next(turn({ state: state({ head: at(2n) }) }))
          }),
          take(2),
          toArray(),
        ),
      { defaultValue: [] },
    )
    expect(shown).toStrictEqual([
      ['local watched', 'other watched', 'idle not watched'],
      ['local watched', 'other not watched', 'idle not watched'],
    ])
  })

  it('names the channels that are down, as a local state does', async () => {
    using directory = temporaryDirectory()
    const path = `${directory.path}/govstream.db`
    const store = openStore({ path, journal: 1_000 })
    onTestFinished(() => store.close())
    store.commit(numbered(1), () => ['pager', 'ops'])
    store.recordAttempt('pager', { at: 5_000, chain: 'local', ok: false, reason: 'It answered 401.', status: 401 })
    const server = await servingAll({}, { store, states: () => [numbered(1).state] })
    const expected = [{ channel: 'pager', since: 5_000, reason: 'It answered 401.', waiting: 1 }]
    const told = await firstValueFrom(
      watchedUrl({ url: server.url })
        .readPictures(NEVER)
        .pipe(filter(({ channelsDown = [] }) => channelsDown.length > 0)),
      { defaultValue: undefined },
    )
    expect(told?.channelsDown).toStrictEqual(expected)
    const beside = watchedState({ state: path }, () => 9_000)
    expect(await firstValueFrom(beside.readPictures(NEVER), { defaultValue: undefined })).toMatchObject({
      channelsDown: expected,
    })
  })

  it('is unread until its first snapshot', async () => {
    const silent = await listen((_, response) => response.writeHead(503).end())
    onTestFinished(() => silent.stop())
    const picture = await firstValueFrom(watchedUrl({ url: silent.url }).readPictures(NEVER), {
      defaultValue: undefined,
    })
    expect(picture).toMatchObject({ isUnread: true, chains: [] })
    const server = await serving()
    const read$ = watchedUrl({ url: server.url }).readPictures(NEVER)
    expect(
      await firstValueFrom(read$.pipe(filter(({ isUnread }) => isUnread !== true)), { defaultValue: undefined }),
    ).toMatchObject({ chains: [] })
  })

  it('starts with the latest events of its inbox, and emits a concurrent one once', async () => {
    const past = ['n2', 'n1'].map((id) => notificationView(announcement(id).notification))
    const asked: (string | undefined)[] = []
    const server = await serving()
    const front = await listen(({ url, headers }, response) => {
      asked.push(headers.authorization)
      if (url === '/api/v1/notifications?limit=100') response.end(JSON.stringify({ items: past, next: null }))
      else response.writeHead(307, { location: `${server.url}${url ?? ''}` }).end()
    })
    onTestFinished(() => front.stop())
    const fetch: Fetch = (url, init) => globalThis.fetch(url, { ...init, redirect: 'follow' })
    const picture = await firstValueFrom(
      watchedUrl({ url: front.url, token: 'readable', fetch })
        .readPictures(NEVER)
        .pipe(
          tap(({ events }) => {
            if (events.length === 2) server.commit(numbered(3))
          }),
          filter(({ events }) => events.length > 2),
        ),
      { defaultValue: undefined },
    )
    expect(picture?.events.map(({ id }) => id)).toStrictEqual(['n3', 'n2', 'n1'])
    expect(asked[0]).toBe('Bearer readable')
  })
})
