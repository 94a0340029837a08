import fc from 'fast-check'
import { join } from 'node:path'
import { from, Subject } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { ChainState, Turn } from '../../src/domain/chainState.js'
import { newChain } from '../../src/domain/newChain.js'
import type { GoodReading } from '../../src/domain/reading.js'
import { resolvePlanOptions } from '../../src/domain/upgrades/planOptions.js'
import type { CompletionEvidence, Upgrade } from '../../src/domain/upgrades/upgrade.js'
import type { WriteOutcome } from '../../src/domain/upgrades/writeOutcome.js'
import { openStore } from '../../src/store/openStore.js'
import type { EmbeddedStore } from '../../src/store/Store.js'
import type { ChainEvent } from '../../src/streams/draft.js'
import { pipeStages, stagesOf } from '../../src/streams/pipeStages.js'
import { watchChain, type WatchPorts } from '../../src/streams/watchChain.js'
import {
  block,
  byKey,
  chain,
  failure,
  queued,
  reading,
  upgrade as planned,
  upgradeProposal,
} from '../support/builders.js'
import { history, longHistory, readingsOf, saidIn } from '../support/histories.js'
import { stepLine } from '../support/line.js'
import { announcement, at, holding, proposal, state, temporaryDirectory, turn } from '../support/storeGiven.js'

const nobody = (): readonly string[] => []
const known = state()
const poll = (height: bigint, over: Partial<Turn> = {}): Turn =>
  turn({ state: state({ head: at(height) }), time: Number(height), ...over }, known)

/** A store with the claim, and the content of its file. */
function held() {
  const directory = temporaryDirectory()
  const path = join(directory.path, 'a.db')
  const store = openStore({ path, journal: 1_000 })
  const reader = openStore({ path, readOnly: true })
  store.claim(0)
  store.commit(poll(1n), nobody)
  return {
    store,
    reader,
    heightOf: (name = 'local') => reader.outline(name)?.head?.number,
    [Symbol.dispose]: () => {
      reader.close()
      store.close()
      directory[Symbol.dispose]()
    },
  }
}

describe('a turn without news', () => {
  it('is written with the next beat, with those of all chains, and only the last of each', () => {
    using given = held()
    const other = { ...known, chain: 'other' }
    given.store.commit({ ...poll(1n), state: { ...other, head: at(1n) } }, nobody)
    for (const height of [2n, 3n]) {
      given.store.commit(poll(height), nobody)
      given.store.commit({ ...poll(height), state: { ...other, head: at(height + 10n) } }, nobody)
    }
    expect([given.heightOf(), given.heightOf('other')]).toStrictEqual([1n, 1n])

    given.store.beat(1_000)
    expect([given.heightOf(), given.heightOf('other')]).toStrictEqual([3n, 13n])
  })

  it.each<[string, (store: EmbeddedStore) => unknown]>([
    [
      'a turn with news, also of another chain',
      (store) => store.commit(turn({ state: state({ chain: 'b' }) }), nobody),
    ],
    ['a load of its chain', (store) => store.load('local')],
    ['an outline of its chain', (store) => store.outline('local')],
    ['the end of a sync', (store) => store.finishSync(store.requestSync(1))],
    ['the release of the claim', (store) => store.release()],
    ['the close of the store', (store) => store.close()],
  ])('is written with %s', (_, next) => {
    using given = held()
    given.store.commit(poll(2n), nobody)
    expect(given.heightOf()).toBe(1n)

    next(given.store)
    expect(given.heightOf()).toBe(2n)
  })

  it('is written at once without a claim, because then there are no beats', () => {
    using given = held()
    given.store.release()
    given.store.commit(poll(2n), nobody)

    expect(given.heightOf()).toBe(2n)
  })

  it.each<[string, Partial<Turn>]>([
    ['a notification', { announcements: [announcement('1')] }],
    ['a changed proposal, with or without a change event', { state: state({ proposals: holding(proposal('1')) }) }],
    ['a reorg', { rewoundTo: 1n }],
    ['an answer of the writer', { answer: { result: 'skipped', key: '1' } }],
    ['a first sync that has caught up', { state: state({ synced: false }) }],
    ['a chain that goes down', { state: state({ health: { ...known.health, state: 'down' } }) }],
  ])('does not include %s', (_, over) => {
    using given = held()
    const news = poll(2n, over)
    given.store.commit(turn({ ...news, state: { ...news.state, head: at(2n) } }, known), nobody)

    expect(given.heightOf()).toBe(2n)
  })
})

const seen: CompletionEvidence = { block: 1_000n, head: 1_009n, since: 1, movedAt: 1, nodeVersion: 'v1', outage: false }
const plan = { stallTimeout: 10 ** 9, when: 'never', completion: 'version' } as const

/**
 * A chain with one upgrade at block 1,000, its line over a store, and what it has written so
 * far.
 */
function watching(parts: Partial<Upgrade>) {
  const given = held()
  const line = stepLine({ plan: resolvePlanOptions(plan), health: { downAfter: 10 ** 9 } })
  const asked = upgradeProposal('1', 'v2', 1_000, { status: 'passed' })
  const waiting = planned('1', 'v2', 1_000, { reminded: [], ...parts })
  let known: ChainState = { ...newChain(chain, 0), synced: true, upgrades: queued(waiting), proposals: byKey(asked) }
  const step = (event: ChainEvent): void => {
    const next = line(known, event)
    known = next.state
    given.store.commit(next, nobody)
  }
  return {
    ...given,
    read: (height: number, nodeVersion = 'v1') =>
      step({ type: 'reading', reading: reading(height, [], { nodeVersion, cursor: { block: height } }) }),
    miss: (height: number) => step({ type: 'missed', reading: failure(height) }),
    written: () => ({
      commits: given.reader.version(),
      journal: given.reader.journalBounds()?.newest,
      audit: given.reader.audit({ limit: 1_000 }).length,
    }),
    keptHead: () => given.reader.load(chain)?.upgrades.get(waiting.key)?.evidence?.head,
  }
}

describe('what is observed of the node with each block', () => {
  const hundred = (first: number): readonly number[] => Array.from({ length: 100 }, (_, index) => first + index)

  it.each(['in_progress', 'failed'] as const)(
    'is no news for an upgrade that is %s, and is stored with the next write',
    (status) => {
      using given = watching({ status, triggeredAt: 1n, evidence: { ...seen, unconsumed: true } })
      given.read(1_010)
      const before = given.written()
      for (const height of hundred(1_011)) given.read(height)
      expect(given.written()).toStrictEqual(before)

      given.read(1_110)
      given.store.beat(1_000)
      expect(given.keptHead()).toBe(1_110n)
    },
  )

  it('is no news for a scheduled upgrade at a node that fails now and then, with two versions answering', () => {
    using given = watching({ status: 'scheduled', evidence: { ...seen, block: 800n, head: 800n } })
    given.read(801)
    const before = given.written()
    for (const height of hundred(802)) {
      given.read(height, height % 2 === 0 ? 'v1' : 'v1.1')
      given.miss(height)
    }
    expect(given.written()).toStrictEqual(before)
  })

  it('is news if it counts for the completion', () => {
    using given = watching({ status: 'in_progress', triggeredAt: 1n, evidence: seen })
    given.read(1_010)
    const before = given.written()
    given.miss(1_011)

    expect(given.written().commits).not.toBe(before.commits)
    expect(given.written().journal).toBe((before.journal ?? 0) + 1)
  })
})

describe('a due action that cannot be done', () => {
  const waiting = planned('1', 'v2', 1_000)
  const file = { key: waiting.key, name: 'v2', height: 1_000, revision: 1 }
  const failed = { result: 'failed', key: waiting.key, reason: 'The disk is full.' } as const
  const stuck = { result: 'stuck', key: waiting.key, path: '/srv', reason: 'The disk is read-only.' } as const

  it.each<[string, Partial<Turn>, WriteOutcome]>([
    ['a plan', { due: [waiting] }, failed],
    ['a plan that is held for now', { due: [waiting] }, { ...failed, result: 'held' }],
    ['a file to be removed', { stale: file }, stuck],
    ['a file to be archived', { finished: file }, stuck],
  ])('is no news when requested again or when it fails again: %s', (_, asked, answer) => {
    using given = held()
    const tried = (height: bigint): void => {
      given.store.commit(poll(height, asked), nobody)
      given.store.commit(poll(height, { cause: 'write', answer }), nobody)
    }
    tried(2n)
    expect(given.heightOf()).toBe(2n)
    const before = given.reader.version()
    for (let height = 3n; height < 100n; height += 1n) tried(height)
    expect(given.reader.version()).toBe(before)

    given.store.beat(1_000)
    expect(given.heightOf()).toBe(99n)
  })

  it.each<[string, Partial<Turn>]>([
    ['another revision of the plan is due', { due: [{ ...waiting, revision: 2 }] }],
    ['another plan is due, too', { due: [waiting, planned('2', 'v3', 1_000)] }],
    ['a file is to be removed, too', { due: [waiting], stale: file }],
    ['the expected file has changed', { due: [waiting], state: state({ head: at(3n), file }) }],
  ])('is news if %s', (_, over) => {
    using given = held()
    given.store.commit(poll(2n, { due: [waiting] }), nobody)
    given.store.commit(poll(3n, over), nobody)
    expect(given.heightOf()).toBe(3n)
  })
})

/**
 * What a poll finds: the version of the node, or no answer; and whether the process is killed
 * after it.
 */
type Poll = readonly [found: 'v1' | 'v2' | 'nothing', then: 'goes on' | 'beat' | 'crash']

/** The result of these polls, one a block, for an upgrade: its moves, and its final state. */
function fateOf(parts: Partial<Upgrade>, polls: readonly Poll[], doesCrash: boolean) {
  using directory = temporaryDirectory()
  const line = stepLine({ plan: resolvePlanOptions(plan), health: { downAfter: 10 ** 9 } })
  const first = planned('1', 'v2', 1_000, { reminded: [], ...parts })
  const asked = upgradeProposal('1', 'v2', 1_000, { status: 'passed' })
  const seed: ChainState = { ...newChain(chain, 0), synced: true, upgrades: queued(first), proposals: byKey(asked) }
  const stores: EmbeddedStore[] = []
  const start = (): EmbeddedStore => {
    const store = openStore({ path: join(directory.path, 'a.db'), pid: stores.length + 1, isAlive: () => false })
    stores.push(store)
    store.claim(0)
    return store
  }
  let store = start()
  let known = seed
  const moves: string[] = []
  for (const [index, [found, then]] of [...polls, ['v1', 'goes on'] as const].entries()) {
    const height = (first.status === 'scheduled' ? 801 : 1_010) + index
    const seen = reading(height, [], { nodeVersion: found, cursor: { block: height } })
    const event: ChainEvent =
      found === 'nothing' ? { type: 'missed', reading: failure(height) } : { type: 'reading', reading: seen }
    const next = line(known, event)
    store.commit(next, nobody)
    moves.push(...next.moves.map(({ type }) => type))
    known = next.state
    if (then === 'beat') store.beat(height * 1_000)
    if (then === 'crash' && doesCrash) {
      store = start()
      // Before anything was written there was nothing to lose.
      known = store.resume(chain) ?? seed
    }
  }
  for (const one of stores.reverse()) one.close()
  const { evidence, ...last } = known.upgrades.get(first.key) ?? first
  return { moves, last, evidence: last.status === 'scheduled' ? timeless(evidence) : evidence }
}

/**
 * For a scheduled upgrade, the time when the old binary was last seen may be a little earlier
 * after a kill.
 */
function timeless(evidence: CompletionEvidence | undefined): Partial<CompletionEvidence> {
  return { ...evidence, block: 0n, head: 0n, since: 0, movedAt: 0 }
}

describe('kills between an observation of the node and the next commit', () => {
  const polls = fc.array(
    fc.tuple(
      fc.constantFrom('v1' as const, 'v1' as const, 'v2' as const, 'nothing' as const),
      fc.constantFrom('goes on' as const, 'goes on' as const, 'beat' as const, 'crash' as const),
    ),
    { minLength: 3, maxLength: 20 },
  )

  it.each<[string, Partial<Upgrade>]>([
    ['is scheduled', { status: 'scheduled', evidence: { ...seen, block: 800n, head: 800n } }],
    ['is scheduled and was not observed yet', { status: 'scheduled' }],
    ['is in progress', { status: 'in_progress', triggeredAt: 1n, evidence: seen }],
    ['has failed', { status: 'failed', triggeredAt: 1n, evidence: { ...seen, unconsumed: true } }],
  ])('lead to the same moves and state for an upgrade that %s', (_, parts) => {
    fc.assert(
      fc.property(polls, (found) => {
        expect(fateOf(parts, found, true)).toStrictEqual(fateOf(parts, found, false))
      }),
      { numRuns: 5 },
    )
  })
})

/** Readings with empty ones in between, as most polls are. */
function withQuiet(readings: readonly GoodReading[]): readonly GoodReading[] {
  return readings.flatMap((one, index) => {
    const height = one.head.number + 1n
    const hasRoom = readings[index + 1]?.head.number !== height
    return hasRoom ? [one, reading(Number(height), [], { head: block(height) })] : [one]
  })
}

const portsOf = (store: EmbeddedStore): WatchPorts => ({
  commit: (one) => store.commit(one, nobody),
  recall: ({ keys, time, surplus }) => [store.recall(chain, { keys, before: time - 2_592_000n, surplus })],
})

const stages = pipeStages(stagesOf({ plan: { when: 'never' } }))
const cursorSchema = z.object({ block: z.number() })

type Doing = 'go' | 'beat' | 'crash'

/** What an undisturbed monitor emits. */
function undisturbed(readings: readonly GoodReading[]): readonly Turn[] {
  const turns: Turn[] = []
  from(readings)
    .pipe(watchChain(newChain(chain, 0), stages))
    .subscribe((one) => turns.push(one))
  return turns
}

/**
 * A monitor over one file that crashes at times and then reads to the end, and what all its
 * processes emitted.
 */
function crashing(path: string, readings: readonly GoodReading[], doings: readonly Doing[]) {
  const emitted: Turn[] = []
  const stores: EmbeddedStore[] = []
  let next = 0
  let lost = 0
  // A process; the one before it ended without closing the file.
  const start = () => {
    const store = openStore({ path, pid: stores.length + 1, isAlive: () => false })
    stores.push(store)
    store.claim(0)
    const seed = store.resume(chain) ?? newChain(chain, 0)
    const cursor = cursorSchema.safeParse(seed.cursor)
    const unread = cursor.success ? readings.findIndex(({ head }) => Number(head.number) > cursor.data.block) : 0
    if (unread >= 0 && unread < next) lost += next - unread
    next = unread < 0 ? readings.length : unread
    const reading$ = new Subject<GoodReading>()
    reading$.pipe(watchChain(seed, stages, portsOf(store))).subscribe((one) => emitted.push(one))
    return { store, reading$ }
  }
  let now = start()
  for (const doing of [...doings, ...readings.map(() => 'go')]) {
    if (doing === 'beat') now.store.beat(1)
    else if (doing === 'crash') now = start()
    else if (readings[next] !== undefined) {
      next += 1
      now.reading$.next(readings[next - 1]!)
    }
  }
  return {
    emitted,
    /** Turns lost in a crash. */
    lost,
    store: now.store,
    [Symbol.dispose]: () => {
      for (const store of stores.reverse()) store.close()
    },
  }
}

const idsIn = (turns: readonly Turn[]): readonly string[] =>
  turns.flatMap(({ announcements }) => announcements.map(({ notification }) => notification.id))

/** What turns say, and request of the writer if that differs from the last request. */
function loudIn(turns: readonly Turn[]): readonly unknown[] {
  let asked = ''
  return saidIn(turns).filter(({ due, ...said }) => {
    const asks = JSON.stringify(due)
    const isLoud = Object.values(said).some(({ length }) => length > 0) || (due.length > 0 && asks !== asked)
    if (isLoud) asked = asks
    return isLoud
  })
}

describe('crashes between turns', () => {
  it('lose no notification or write, and repeat none', () => {
    const doings = fc.array(fc.constantFrom<Doing>('go', 'go', 'go', 'beat', 'crash'), { minLength: 30, maxLength: 90 })
    let lost = 0
    fc.assert(
      fc.property(history, doings, (past, doing) => {
        using directory = temporaryDirectory()
        const readings = withQuiet(readingsOf(past))
        const whole = undisturbed(readings)
        using crashed = crashing(join(directory.path, 'a.db'), readings, doing)
        lost += crashed.lost

        expect(idsIn(crashed.emitted)).toStrictEqual(idsIn(whole))
        expect(loudIn(crashed.emitted)).toStrictEqual(loudIn(whole))
        expect(crashed.store.notificationIds()).toStrictEqual([...new Set(idsIn(whole))])
        expect(crashed.store.load(chain)?.proposals).toEqual(whole.at(-1)?.state.proposals)
        expect(crashed.store.load(chain)?.upgrades).toEqual(whole.at(-1)?.state.upgrades)
      }),
      { numRuns: 5, examples: [[longHistory, ['go', 'go', 'go', 'crash', 'go', 'go', 'beat', 'go', 'crash']]] },
    )
    expect(lost).toBeGreaterThan(0)
  })
})
