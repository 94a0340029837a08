import { Subject, VirtualTimeScheduler } from 'rxjs'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { ChainState, Turn } from '../../../src/domain/chainState.js'
import { StoreError } from '../../../src/domain/errors.js'
import { createStreamParser, type StreamBlock } from '../../../src/remote/parseEventStream.js'
import { createLiveFeed } from '../../../src/server/live/createLiveFeed.js'
import { followLive, type LiveRequest } from '../../../src/server/live/followLive.js'
import { openStore } from '../../../src/store/openStore.js'
import { announcement, at, holding, proposal, queueing, state, turn, upgrade } from '../../support/storeGiven.js'

const containing = (text: string): unknown => expect.stringContaining(text)

function numbered(number: number, over: Partial<ChainState> = {}): Turn {
  const chain = over.chain ?? 'local'
  const seen = proposal('1', { chain, readAt: BigInt(number) })
  return turn({
    state: state({ head: at(BigInt(number)), proposals: holding(seen), ...over }),
    changes: [{ type: 'detailsRead', chain, at: BigInt(number), time: 1n, proposal: seen }],
    announcements: [announcement(`${chain}-${number}`, { chain })],
  })
}

/** A feed over a store in memory, and the turns of the test. */
function given({ journal = 1_000 } = {}) {
  const opened = openStore({ path: ':memory:', journal })
  let isLocked = false
  let read = 0
  const store: typeof opened = {
    ...opened,
    journalSince: (...asked) => {
      if (isLocked) throw new StoreError('The state is locked.', { kind: 'transient' })
      read += 1
      return opened.journalSince(...asked)
    },
  }
  const logged: string[] = []
  const write = (_fields: object, line: string): void => void logged.push(line)
  const states = new Map<string, ChainState>()
  const turn$ = new Subject<Turn>()
  const lock$ = new Subject<void>()
  const scheduler = new VirtualTimeScheduler()
  const log = { info: write, warn: write, error: write }
  const conceal = (text: string): string => text.replace('locked', '(secret)')
  const feed = createLiveFeed({ store, turn$, lock$, states: () => states.values(), scheduler, log, conceal })
  const following = feed.follow$.subscribe()
  onTestFinished(() => {
    following.unsubscribe()
    store.close()
  })
  const commit = (...turns: readonly Turn[]): void => {
    for (const next of turns) {
      store.commit(next, () => [])
      states.set(next.state.chain, next.state)
      turn$.next(next)
    }
  }
  const follow = (request: Partial<LiveRequest> = {}) => {
    const ending = new AbortController()
    const parts = followLive(feed, { wantsChain: () => true, wantsType: () => true, ...request }, ending.signal)
    const parser = createStreamParser(1e6)
    const waiting: StreamBlock[] = []
    const next = async (): Promise<StreamBlock | undefined> => {
      while (waiting.length === 0) {
        const { done, value } = await parts.next()
        if (done === true) return undefined
        waiting.push(...parser.push(new TextDecoder().decode(value)))
      }
      return waiting.shift()
    }
    /** The next blocks, in short. */
    const take = async (count: number): Promise<readonly string[]> => {
      const taken: string[] = []
      while (taken.length < count) taken.push(inShort(await next()))
      return taken
    }
    return { next, take, parts, scheduler, leave: () => ending.abort() }
  }
  const pages = (): number => read
  const first = store.journalBounds()!.newest
  return {
    store,
    commit,
    follow,
    logged,
    pages,
    lock: (locked: boolean) => (isLocked = locked),
    /** As a state that another process keeps locked. */
    restate: (state: ChainState) => {
      states.set(state.chain, state)
      lock$.next()
    },
    /** As a reload that takes a chain out of the configuration. */
    drop: (chain: string) => states.delete(chain),
    end: () => turn$.complete(),
    id: (count: number) => String(first + count),
  }
}

function inShort(block: StreamBlock | undefined): string {
  if (block === undefined) return 'end'
  const { event, id, data } = block
  return data === undefined ? 'place' : id === undefined ? event : `${event}!`
}

describe('whoever follows', () => {
  it('is told how all stands first, and then what happens, with an id where it is journalled', async () => {
    const { commit, follow, id } = given()
    commit(numbered(1, { upgrades: queueing(upgrade('1')) }))
    const { next, take } = follow()

    expect(await take(4)).toStrictEqual(['upgrades', 'head', 'health', 'proposals'])
    expect(await next()).toStrictEqual({ event: 'message', id: id(3) })
    commit(numbered(2))
    // The health of the second is another object, and so is told.
    expect(await take(5)).toStrictEqual(['change!', 'notification!', 'head', 'health', 'proposals'])
  })

  it('is the reason to read what happens back, and there is none while nobody does', async () => {
    const { commit, follow, pages } = given()
    commit(numbered(1), numbered(2))
    const { take, parts } = follow()
    await take(4)
    expect(pages()).toBe(0)
    commit(numbered(3))
    expect(await take(3)).toStrictEqual(['place', 'change!', 'notification!'])
    const whileSomebodyDid = pages()
    await parts.return()
    commit(numbered(4))
    expect([whileSomebodyDid, pages()]).toStrictEqual([1, 1])
  })

  it('is told that a chain stands otherwise, though nothing could be written', async () => {
    const { commit, follow, restate } = given()
    commit(numbered(1))
    const { take, next } = follow()
    await take(5)
    const { state: known } = numbered(1)
    restate({ ...known, health: { ...known.health, state: 'stalled', problem: 'locked' } })
    expect(await next()).toMatchObject({ event: 'health', data: containing('"stalled"') })
  })

  it('goes on behind the id it had: what it missed, how all stands, then what happens', async () => {
    const { commit, follow, id } = given()
    commit(numbered(1), numbered(2))
    const { take, next } = follow({ lastEventId: id(1) })

    expect(await next()).toMatchObject({ event: 'notification', id: id(2) })
    expect(await take(2)).toStrictEqual(['change!', 'notification!'])
    expect(await take(5)).toStrictEqual(['upgrades', 'head', 'health', 'proposals', 'place'])
    commit(numbered(3))
    expect(await take(1)).toStrictEqual(['change!'])
  })

  it.each([
    ['that was pruned', '1'],
    ['of another journal', '9007199254740991'],
    ['that is none', 'x; DROP TABLE journal'],
  ])('is told of a gap where it comes with an id %s, once, and then how all stands', async (_what, lastEventId) => {
    const { commit, follow } = given({ journal: 2 })
    commit(numbered(1), numbered(2))
    const { take } = follow({ lastEventId })

    expect(await take(6)).toStrictEqual(['reset', 'upgrades', 'head', 'health', 'proposals', 'place'])
    commit(numbered(3))
    expect(await take(2)).toStrictEqual(['change!', 'notification!'])
  })

  it('is told of a gap where it takes so long that the journal goes on without it', async () => {
    const { commit, follow } = given({ journal: 4 })
    commit(numbered(1))
    const { take } = follow()
    await take(5)
    commit(...Array.from({ length: 600 }, (_, index) => numbered(index + 2)))
    // What happened last is still at hand beside the journal; the rest is gone.
    expect((await take(1))[0]).toBe('reset')
    expect(await take(5)).toStrictEqual(['upgrades', 'head', 'health', 'proposals', 'place'])
  })

  it('gets no more than it asks for', async () => {
    const { commit, follow } = given()
    const other = { chain: 'other' }
    commit(numbered(1), numbered(1, other))
    const changes = follow({ wantsType: (type) => type === 'change' })
    const chain = follow({ wantsChain: (name) => name === 'other' })
    expect(await changes.take(1)).toStrictEqual(['place'])
    expect(await chain.take(5)).toStrictEqual(['upgrades', 'head', 'health', 'proposals', 'place'])
    commit(numbered(2), numbered(2, other))

    // What it does not want moves its place, so that it is not behind for that.
    expect(await changes.take(3)).toStrictEqual(['change!', 'change!', 'place'])
    expect(await chain.take(2)).toStrictEqual(['change!', 'notification!'])
  })

  it('is given the same bytes as all others who ask for the same and kept up', async () => {
    const { commit, follow } = given()
    commit(numbered(1))
    const [one, other, changes] = [follow(), follow(), follow({ wantsType: (type) => type === 'change' })]
    await Promise.all([one.take(5), other.take(5)])
    await changes.take(1)
    const coming = [one, other, changes].map(({ parts }) => parts.next())
    commit(numbered(2))
    const [first, second, third] = (await Promise.all(coming)).map(({ value }) => value)
    expect(first).toBeInstanceOf(Uint8Array)
    expect(second).toBe(first)
    expect(third).not.toBe(first)
    expect(new TextDecoder().decode(third ?? undefined)).toMatch(/^event: change\nid: \d+\ndata: /)
  })

  it('has a sign of life while nothing happens, and none too many while it stalls', async () => {
    const { commit, follow } = given()
    commit(numbered(1))
    const { take, parts, scheduler } = follow()
    await take(5)
    for (let quiet = 0; quiet < 3; quiet += 1) {
      const part = parts.next()
      scheduler.flush()
      expect(await part).toStrictEqual({ done: false, value: new TextEncoder().encode(':\n\n') })
    }
    expect(scheduler.frame).toBe(45_000)
  })

  it.each(['while something is sent', 'while nothing happens'])('comes to an end with the run %s', async (when) => {
    const { commit, follow, end } = given()
    commit(numbered(1))
    const { take, next } = follow()
    await take(when === 'while nothing happens' ? 5 : 1)
    const ended = when === 'while nothing happens' ? next() : undefined
    end()
    const rest: (StreamBlock | undefined)[] = []
    for (let block = await (ended ?? next()); block !== undefined; block = await next()) rest.push(block)

    expect(rest.length).toBeLessThanOrEqual(4)
  })

  it('and leaves is waited for no longer', async () => {
    const { commit, follow } = given()
    commit(numbered(1))
    const { take, next, leave } = follow()
    await take(5)
    const waiting = next()
    leave()

    expect(await waiting).toBeUndefined()
  })

  it('comes to an end where a chain that it was told of is gone, and is told of the others when it comes back', async () => {
    const { commit, follow, drop, id } = given()
    commit(numbered(1), numbered(1, { chain: 'other' }))
    const { take } = follow()
    const elsewhere = follow({ wantsChain: (name) => name === 'local' })
    await take(9)
    await elsewhere.take(5)
    drop('other')
    commit(numbered(2))
    expect(await take(3)).toStrictEqual(['change!', 'notification!', 'end'])
    // Who did not ask for it notices nothing.
    expect(await elsewhere.take(4)).toStrictEqual(['change!', 'notification!', 'head', 'health'])

    const again = follow({ lastEventId: id(6) })
    expect(await again.take(5)).toStrictEqual(['upgrades', 'head', 'health', 'proposals', 'place'])
  })

  it('is told later what could not be read back from the state at once, and the run goes on', async () => {
    const { commit, follow, lock, logged } = given()
    commit(numbered(1))
    const { take } = follow()
    await take(5)
    lock(true)
    commit(numbered(2))
    expect(await take(3)).toStrictEqual(['head', 'health', 'proposals'])
    expect(logged).toStrictEqual(['events are told later, for the journal cannot be read: The state is (secret).'])
    lock(false)
    // Nothing is told of this turn itself.
    commit(turn({ state: numbered(3).state }))
    expect(await take(2)).toStrictEqual(['change!', 'notification!'])
  })

  it('is told of a burst page by page, so that the process answers others in between', async () => {
    const { commit, follow, pages, id } = given()
    const { take, next, scheduler } = follow()
    await take(1)
    const before = pages()
    const announcements = Array.from({ length: 250 }, (_, index) => announcement(`local-${index}`))
    commit({ ...numbered(1), announcements })
    expect(pages()).toBe(before + 1)
    scheduler.flush()
    expect(pages()).toBe(before + 3)

    const ids: (string | undefined)[] = []
    while (ids.length < 251) ids.push((await next())?.id)
    expect(ids).toStrictEqual(Array.from({ length: 251 }, (_, index) => id(index + 1)))
  })

  it('gets the very events of everybody else, however fast it takes them, each once and in order', async () => {
    const { commit, follow, id } = given()
    commit(numbered(0))
    const clients = Array.from({ length: 20 }, (_, index) => ({ every: index + 1, ids: Array<string>(), ...follow() }))
    for (const client of clients) await client.take(5)
    for (let number = 1; number <= 200; number += 1) {
      commit(numbered(number))
      for (const { every, next, ids } of clients) {
        if (number % every !== 0) continue
        const block = await next()
        if (block?.id !== undefined) ids.push(block.id)
      }
    }
    for (const { ids, next } of clients)
      while (ids.length < 400) {
        const block = await next()
        if (block?.id !== undefined) ids.push(block.id)
      }

    const expected = Array.from({ length: 400 }, (_, index) => id(3 + index))
    for (const { ids } of clients) expect(ids).toStrictEqual(expected)
  })
})
