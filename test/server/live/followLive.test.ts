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
  const writability$ = new Subject<void>()
  const scheduler = new VirtualTimeScheduler()
  const log = { info: write, warn: write, error: write }
  const conceal = (text: string): string => text.replace('locked', '(secret)')
  const feed = createLiveFeed({ store, turn$, writability$, states: () => states.values(), scheduler, log, conceal })
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
    /** The next blocks, in short form. */
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
    /** As a state that cannot be written. */
    restate: (state: ChainState) => {
      states.set(state.chain, state)
      writability$.next()
    },
    /** As a reload that removes a chain from the configuration. */
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

describe('a follower of the event stream', () => {
  it('gets the current state first, and then events, with ids if they are in the journal', async () => {
    const { commit, follow, id } = given()
    commit(numbered(1, { upgrades: queueing(upgrade('1')) }))
    const { next, take } = follow()

    expect(await take(4)).toStrictEqual(['upgrades', 'head', 'health', 'proposals'])
    expect(await next()).toStrictEqual({ event: 'message', id: id(3) })
    commit(numbered(2))
    // The health of the second is another object, and therefore sent.
    expect(await take(5)).toStrictEqual(['change!', 'notification!', 'head', 'health', 'proposals'])
  })

  it('is needed to read the journal; without one it is not read', async () => {
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

  it('gets a changed health even if nothing could be written', async () => {
    const { commit, follow, restate } = given()
    commit(numbered(1))
    const { take, next } = follow()
    await take(5)
    const { state: known } = numbered(1)
    restate({ ...known, health: { ...known.health, state: 'stalled', problem: 'locked' } })
    expect(await next()).toMatchObject({ event: 'health', data: containing('"stalled"') })
  })

  it('resumes after its id: missed events, the current state, then new events', async () => {
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
    ['that is invalid', 'x; DROP TABLE journal'],
  ])('gets one reset and the current state for an id %s', async (_what, lastEventId) => {
    const { commit, follow } = given({ journal: 2 })
    commit(numbered(1), numbered(2))
    const { take } = follow({ lastEventId })

    expect(await take(6)).toStrictEqual(['reset', 'upgrades', 'head', 'health', 'proposals', 'place'])
    commit(numbered(3))
    expect(await take(2)).toStrictEqual(['change!', 'notification!'])
  })

  it('gets a reset if it is so slow that the journal drops its next events', async () => {
    const { commit, follow } = given({ journal: 4 })
    commit(numbered(1))
    const { take } = follow()
    await take(5)
    commit(...Array.from({ length: 600 }, (_, index) => numbered(index + 2)))
    // The latest events are still in memory beside the journal; the rest is gone.
    expect((await take(1))[0]).toBe('reset')
    expect(await take(5)).toStrictEqual(['upgrades', 'head', 'health', 'proposals', 'place'])
  })

  it('gets only what it asks for', async () => {
    const { commit, follow } = given()
    const other = { chain: 'other' }
    commit(numbered(1), numbered(1, other))
    const changes = follow({ wantsType: (type) => type === 'change' })
    const chain = follow({ wantsChain: (name) => name === 'other' })
    expect(await changes.take(1)).toStrictEqual(['place'])
    expect(await chain.take(5)).toStrictEqual(['upgrades', 'head', 'health', 'proposals', 'place'])
    commit(numbered(2), numbered(2, other))

    // Events that it does not want advance its position, so that it is not behind.
    expect(await changes.take(3)).toStrictEqual(['change!', 'change!', 'place'])
    expect(await chain.take(2)).toStrictEqual(['change!', 'notification!'])
  })

  it('shares the encoded bytes with all up-to-date followers with the same filter', async () => {
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

  it('gets a keep-alive while nothing happens, and none while it stalls', async () => {
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

  it.each(['while something is sent', 'while nothing happens'])('ends with the run %s', async (when) => {
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

  it('that leaves ends its pending read', async () => {
    const { commit, follow } = given()
    commit(numbered(1))
    const { take, next, leave } = follow()
    await take(5)
    const waiting = next()
    leave()

    expect(await waiting).toBeUndefined()
  })

  it('ends if a chain it follows is removed, and gets the others when it reconnects', async () => {
    const { commit, follow, drop, id } = given()
    commit(numbered(1), numbered(1, { chain: 'other' }))
    const { take } = follow()
    const elsewhere = follow({ wantsChain: (name) => name === 'local' })
    await take(9)
    await elsewhere.take(5)
    drop('other')
    commit(numbered(2))
    expect(await take(3)).toStrictEqual(['change!', 'notification!', 'end'])
    // A follower of other chains notices nothing.
    expect(await elsewhere.take(4)).toStrictEqual(['change!', 'notification!', 'head', 'health'])

    const again = follow({ lastEventId: id(6) })
    expect(await again.take(5)).toStrictEqual(['upgrades', 'head', 'health', 'proposals', 'place'])
  })

  it('gets the upgrades of a chain that a reload adds while it follows', async () => {
    const { commit, follow, restate } = given()
    commit(numbered(1))
    const { take, next } = follow()
    await take(5)
    restate(state({ chain: 'other', upgrades: queueing(upgrade('7', { chain: 'other' })) }))
    const added = await next()
    expect([added?.event, added?.id]).toStrictEqual(['upgrades', undefined])
    expect(JSON.parse(added?.data ?? '')).toMatchObject({
      chain: 'other',
      whole: true,
      upgrades: [{ proposalId: '7' }],
    })
  })

  it('gets later what could not be read from the state at once, and the run continues', async () => {
    const { commit, follow, lock, logged } = given()
    commit(numbered(1))
    const { take } = follow()
    await take(5)
    lock(true)
    commit(numbered(2))
    expect(await take(3)).toStrictEqual(['head', 'health', 'proposals'])
    expect(logged).toStrictEqual(['events are sent later, because the journal cannot be read: The state is (secret).'])
    lock(false)
    // This turn itself has no events.
    commit(turn({ state: numbered(3).state }))
    expect(await take(2)).toStrictEqual(['change!', 'notification!'])
  })

  it('gets a burst page by page, so that the process can serve others in between', async () => {
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

  it('gets the same events as all others, at any speed, each once and in order', async () => {
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
