import Database from 'libsql'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ChainState } from '../../src/domain/chainState.js'
import { keyOf } from '../../src/domain/proposals/proposal.js'
import { openStore } from '../../src/store/openStore.js'
import {
  at,
  holding,
  move,
  proposal,
  queueing,
  state,
  announcement,
  temporaryDirectory,
  turn,
  upgrade,
} from '../support/storeGiven.js'

const nobody = (): readonly string[] => []
const first = proposal('1')
const second = proposal('2', { status: 'executed' })
const announcedIds = new Map([[keyOf(first), new Set(['a', 'b'])]])

const counts = (path: string): unknown =>
  new Database(path)
    .prepare(
      `SELECT (SELECT count(*) FROM proposals) AS proposals, (SELECT count(*) FROM upgrades) AS upgrades,
    (SELECT count(*) FROM told) AS told, (SELECT count(*) FROM notifications) AS notifications,
    (SELECT count(*) FROM outbox) AS outbox, (SELECT count(*) FROM audit) AS audit`,
    )
    .all()[0]

describe('load', () => {
  it('knows nothing of a chain that was never committed', () => {
    using directory = temporaryDirectory()
    const store = openStore({ path: join(directory.path, 'a.db') })

    expect(store.load('local')).toBeUndefined()
    expect(store.chains()).toStrictEqual([])
  })

  it('gives back what another process committed, in the same order', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const full = state({
      cursor: { block: '12', seen: [1, null, true] },
      lastGoodAt: 5,
      nodeVersion: 'v1',
      proposalsReadTo: 9n,
      proposals: holding(second, first),
      upgrades: queueing(upgrade('1')),
      announcedIds,
      lastVote: { block: 3n, index: 0 },
      caughtUpAt: { head: 10n, time: 5 },
    })
    openStore({ path }).commit(turn({ state: full }), nobody)
    const loaded = openStore({ path }).load('local')

    expect(loaded).toStrictEqual(full)
    expect([...(loaded?.proposals.keys() ?? [])]).toStrictEqual([keyOf(second), keyOf(first)])
  })

  it('keeps chains apart and lists them by name', () => {
    const store = openStore({ path: ':memory:' })
    const other = state({ chain: 'alpha', proposals: holding(proposal('1', { chain: 'alpha' })) })
    const local = state({ proposals: holding(first) })
    store.commit(turn({ state: local }), nobody)
    store.commit(turn({ state: other }), nobody)

    expect(store.chains()).toStrictEqual(['alpha', 'local'])
    expect(store.load('local')).toStrictEqual(local)
    expect(store.load('alpha')).toStrictEqual(other)
  })
})

describe('commit', () => {
  it('forgets what the state no longer holds, and keeps the upgrade of a forgotten proposal that is still held', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const store = openStore({ path })
    const upgrades = queueing(upgrade('1'))
    const before = state({ proposals: holding(first, second), upgrades, announcedIds })
    store.commit(turn({ state: before }), nobody)
    const after = state({ proposals: holding(second), upgrades })
    store.commit(turn({ state: after, forgotten: [keyOf(first)] }, before), nobody)

    expect(openStore({ path }).load('local')).toStrictEqual(after)
  })

  it('writes a proposal that moved without a change to name it', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const store = openStore({ path })
    store.commit(turn({ state: state({ proposals: holding(first) }) }), nobody)
    const after = state({ proposals: holding({ ...first, votingEndsAt: 99n }) })
    store.commit(turn({ state: after }), nobody)

    expect(openStore({ path }).load('local')).toStrictEqual(after)
  })

  it('rewrites nothing that did not change', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    openStore({ path }).commit(turn({ state: state({ proposals: holding(first, second) }) }), nobody)
    const raw = new Database(path)
    raw.exec(`CREATE TABLE writes (key TEXT);
      CREATE TRIGGER seen AFTER UPDATE ON proposals BEGIN INSERT INTO writes VALUES (NEW.key); END;
      CREATE TRIGGER born AFTER INSERT ON proposals BEGIN INSERT INTO writes VALUES (NEW.key); END`)
    const store = openStore({ path })
    const before = store.load('local') ?? state()
    const proposals = new Map(before.proposals).set(keyOf(second), { ...second, readAt: 11n })
    store.commit(turn({ state: { ...before, proposals } }, before), nobody)

    expect(raw.prepare('SELECT key FROM writes').all()).toStrictEqual([{ key: keyOf(second) }])
  })

  it('writes everything where another process wrote since it last looked', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const [one, other] = [openStore({ path }), openStore({ path })]
    const mine = state({ proposals: holding(first), announcedIds })
    one.commit(turn({ state: mine }), nobody)
    other.commit(turn({ state: state({ proposals: holding(second) }) }), nobody)
    one.commit(turn({ state: mine, time: 1_001 }), nobody)

    expect(openStore({ path }).load('local')).toStrictEqual(mine)
  })

  it('writes a turn that moved only the health once in five seconds', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const store = openStore({ path })
    const polledAt = (time: number, over: Partial<ChainState> = {}): number | undefined => {
      const base = state({ lastGoodAt: time, ...over })
      store.commit(turn({ state: { ...base, health: { ...base.health, lastGoodAt: time } }, time }), nobody)
      return openStore({ path, readOnly: true }).load('local')?.lastGoodAt
    }

    expect([polledAt(10_000), polledAt(12_000), polledAt(14_999), polledAt(15_000), polledAt(16_000)]).toStrictEqual([
      10_000, 10_000, 10_000, 15_000, 15_000,
    ])
    expect(polledAt(16_100, { head: at(11n) })).toBe(16_100)
    expect(polledAt(16_200, { head: at(11n), cursor: 'x' })).toBe(16_200)
    expect(polledAt(16_300, { head: at(11n), cursor: 'x' })).toBe(16_200)
    // The clock of the host was set back.
    expect(polledAt(3_000, { head: at(11n), cursor: 'x' })).toBe(3_000)
  })

  it('writes at once that a chain went down', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const store = openStore({ path })
    const up = state()
    store.commit(turn({ state: up }), nobody)
    store.commit(turn({ state: { ...up, health: { ...up.health, state: 'down' } }, time: 1_001 }), nobody)

    expect(openStore({ path }).load('local')?.health.state).toBe('down')
  })

  it('queues a notification for the handlers that want it, and never the same id twice', () => {
    const store = openStore({ path: ':memory:' })
    const route = ({ priority }: { readonly priority: string }): readonly string[] =>
      priority === 'high' ? ['log', 'pager'] : ['log']
    store.commit(turn({ announcements: [announcement('1'), announcement('2', { priority: 'high' })] }), route)
    store.commit(
      turn({ announcements: [announcement('2', { title: 'again' }), announcement('3')], time: 2_000 }),
      route,
    )
    store.commit(turn({ announcements: [announcement('1')], time: 3_000 }), () => ['late'])

    expect(store.due(3_000, 10).map(({ notification: { id, title }, handler }) => [id, title, handler])).toStrictEqual([
      ['1', 'New: 1', 'log'],
      ['2', 'New: 2', 'log'],
      ['2', 'New: 2', 'pager'],
      ['3', 'New: 3', 'log'],
    ])
  })

  it('records each change, move and new notification, but not the same notification again', () => {
    const store = openStore({ path: ':memory:' })
    const appeared = {
      type: 'proposalAppeared',
      chain: 'local',
      at: 10n,
      time: 20n,
      proposal: first,
      backfill: false,
    } as const
    const vote = {
      type: 'voteCast',
      chain: 'local',
      at: 10n,
      time: 20n,
      vote: {
        chain: 'local',
        contract: '0xc0ffee',
        id: '1',
        voter: '0xab',
        choice: 'yes',
        weight: 2n ** 200n,
        reason: 'long',
        block: 9n,
        index: 0,
      },
    } as const
    const event = turn({
      changes: [appeared, vote],
      moves: [move(upgrade('1'))],
      announcements: [announcement('1')],
    })
    store.commit(event, nobody)
    store.commit({ ...event, changes: [], moves: [] }, nobody)

    expect(
      store.audit({}).map(({ seq, at: time, chain, kind, detail }) => [seq, time, chain, kind, detail]),
    ).toStrictEqual([
      [
        4,
        1_000,
        'local',
        'notification',
        {
          id: '1',
          subject: 'local/0xc0ffee/1',
          event: 'new_proposal',
          priority: 'medium',
          title: 'New: 1',
        },
      ],
      [
        3,
        1_000,
        'local',
        'upgrade',
        {
          type: 'scheduled',
          proposal: 'local/0xc0ffee/1',
          name: 'v1',
          height: 1_000,
          status: 'scheduled',
          reasons: [],
          time: '20',
          silent: false,
        },
      ],
      [
        2,
        1_000,
        'local',
        'change',
        {
          type: 'voteCast',
          proposal: 'local/0xc0ffee/1',
          at: '10',
          voter: '0xab',
          choice: 'yes',
          weight: (2n ** 200n).toString(),
        },
      ],
      [
        1,
        1_000,
        'local',
        'change',
        {
          type: 'proposalAppeared',
          proposal: 'local/0xc0ffee/1',
          at: '10',
          title: 'Proposal 1',
          kind: 'text',
          status: 'voting',
          backfill: false,
        },
      ],
    ])
  })

  it('writes all of a turn or nothing', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const store = openStore({ path })
    const before = state({ proposals: holding(first) })
    store.commit(turn({ state: before }), nobody)
    const untouched = counts(path)
    const change = {
      type: 'statusMoved',
      chain: 'local',
      at: 11n,
      time: 22n,
      proposal: second,
      from: 'voting',
    } as const
    const after = state({ head: at(11n), proposals: holding(second), upgrades: queueing(upgrade('2')), announcedIds })
    const failing = turn(
      {
        state: after,
        changes: [change],
        moves: [move(upgrade('2'))],
        announcements: [announcement('1'), announcement('2')],
      },
      before,
    )
    const route = ({ id }: { readonly id: string }): readonly string[] => {
      if (id === '2') throw new RangeError('no route to 2')
      return ['log']
    }

    expect(() => store.commit(failing, route)).toThrow(new RangeError('no route to 2'))
    expect(counts(path)).toStrictEqual(untouched)
    expect(openStore({ path }).load('local')).toStrictEqual(before)

    // The failed turn left no memory of itself either: the next one is written in full.
    store.commit(failing, nobody)
    expect(openStore({ path }).load('local')).toStrictEqual(failing.state)
    expect(counts(path)).toStrictEqual({ proposals: 1, upgrades: 1, told: 1, notifications: 2, outbox: 0, audit: 4 })
  })

  it('stays bounded over many turns', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const store = openStore({ path })
    let before = state()
    const sizes = [0, 1, 2].map((round) => {
      for (let step = 0; step < 100; step += 1) {
        const number = round * 100 + step
        const kept = Array.from({ length: 5 }, (_, back) => proposal(String(number - back)))
        const subjects = new Map(kept.map((one) => [keyOf(one), new Set([one.id])]))
        const after = state({ head: at(BigInt(number)), proposals: holding(...kept), announcedIds: subjects })
        store.commit(
          turn(
            {
              state: after,
              announcements: [announcement(String(number))],
              forgotten: [keyOf(proposal(String(number - 5)))],
              time: number,
            },
            before,
          ),
          () => ['log'],
        )
        before = after
        for (const item of store.due(number, 10)) store.delivered(item, number)
        store.prune({ maxNotifications: 20, before: 0 })
        store.finishSync(store.requestSync(number))
      }
      const syncs: unknown = new Database(path).prepare('SELECT count(*) AS n FROM sync_requests').all()[0]
      return [counts(path), syncs]
    })

    expect(sizes).toStrictEqual(
      [100, 200, 300].map((audit) => [
        { proposals: 5, upgrades: 0, told: 5, notifications: 20, outbox: 20, audit },
        { n: 100 },
      ]),
    )
  })
})
