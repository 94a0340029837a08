import Database from 'libsql'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/openStore.js'
import type { Change } from '../../src/domain/proposals/change.js'
import { announcement, move, proposal, temporaryDirectory, turn, upgrade } from '../support/storeGiven.js'

const entry = {
  at: 1_000,
  chain: 'local',
  kind: 'write',
  detail: { result: 'written', path: '/home/data', n: [1, null] },
}

describe('audit', () => {
  it('returns the entries, newest first, optionally of one chain', () => {
    const store = openStore({ path: ':memory:' })
    store.record(entry)
    store.record({ ...entry, chain: 'other', detail: 'a word' })
    store.record({ ...entry, at: 2_000 })

    expect(store.audit({})).toStrictEqual([
      { ...entry, at: 2_000, seq: 3 },
      { ...entry, chain: 'other', detail: 'a word', seq: 2 },
      { ...entry, seq: 1 },
    ])
    expect(store.audit({ chain: 'local' }).map(({ seq }) => seq)).toStrictEqual([3, 1])
    expect(store.audit({ chain: 'local', limit: 1 }).map(({ seq }) => seq)).toStrictEqual([3])
  })

  it('cannot be changed or shortened, even by hand', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    openStore({ path }).record(entry)
    const raw = new Database(path)

    expect(() => raw.exec(`UPDATE audit SET kind = 'other'`)).toThrow('the audit trail is written once')
    expect(() => raw.exec('DELETE FROM audit')).toThrow('the newest 1000000 rows of the audit trail are kept')
  })

  it('keeps the newest million entries', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const store = openStore({ path })
    const raw = new Database(path)
    const insert = raw.prepare(`INSERT INTO audit (seq, at, chain, kind, detail) VALUES (?, 1, 'local', 'write', '{}')`)
    for (const seq of [1, 2, 3, 4, 1_000_000]) insert.run(seq)
    for (let step = 0; step < 3; step += 1) store.record(entry)

    expect(store.audit({}).map(({ seq }) => seq)).toStrictEqual([1_000_003, 1_000_002, 1_000_001, 1_000_000, 4])
  })
})

describe('what a commit records', () => {
  /** The newest entry after a turn. */
  const recorded = (over: Parameters<typeof turn>[0]): unknown => {
    const store = openStore({ path: ':memory:' })
    store.commit(turn(over), () => [])
    const [newest] = store.audit({ limit: 1 })
    expect(newest).toMatchObject({ seq: 1, at: 1_000, chain: 'local' })
    return [newest?.kind, newest?.detail]
  }
  const moment = { chain: 'local', at: 10n, time: 20n }

  it('names the endpoint of the reading for changes and upgrade moves', () => {
    const store = openStore({ path: ':memory:' })
    const appeared: Change = { ...moment, type: 'proposalAppeared', proposal: proposal('1'), backfill: false }
    store.commit(turn({ host: 'a.example:8545', changes: [appeared], moves: [move(upgrade('1'))] }), () => [])
    const host = 'a.example:8545'
    expect(store.audit({})).toMatchObject([
      { kind: 'upgrade', detail: { type: 'scheduled', host } },
      { kind: 'change', detail: { type: 'proposalAppeared', host } },
    ])
  })

  it.each<[string, Change, object]>([
    [
      'a proposal that appeared',
      { ...moment, type: 'proposalAppeared', proposal: proposal('1'), backfill: false },
      { title: 'Proposal 1', kind: 'text', status: 'voting', backfill: false },
    ],
    [
      'a vote, however great its weight',
      {
        ...moment,
        type: 'voteCast',
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
      },
      { voter: '0xab', choice: 'yes', weight: (2n ** 200n).toString() },
    ],
  ])('contains, for %s, what changed', (_what, change, detail) => {
    expect(recorded({ changes: [change] })).toStrictEqual([
      'change',
      { type: change.type, proposal: 'local/0xc0ffee/1', at: '10', ...detail },
    ])
  })

  it('contains the new status of an upgrade', () => {
    expect(recorded({ moves: [move(upgrade('1'))] })).toStrictEqual([
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
    ])
  })

  it('contains the title of a notification', () => {
    expect(recorded({ announcements: [announcement('1')] })).toStrictEqual([
      'notification',
      { id: '1', subject: 'local/0xc0ffee/1', event: 'new_proposal', priority: 'medium', title: 'New: 1' },
    ])
  })

  it('is in the order of changes, upgrades, notifications, each notification once', () => {
    const store = openStore({ path: ':memory:' })
    const appeared = { ...moment, type: 'proposalAppeared', proposal: proposal('1'), backfill: false } as const
    const one = turn({ changes: [appeared], moves: [move(upgrade('1'))], announcements: [announcement('1')] })
    store.commit(one, () => [])
    store.commit({ ...one, changes: [], moves: [] }, () => [])

    expect(store.audit({}).map(({ seq, kind }) => [seq, kind])).toStrictEqual([
      [3, 'notification'],
      [2, 'upgrade'],
      [1, 'change'],
    ])
  })

  it('is found by a text in the entries, with any special characters', () => {
    const store = openStore({ path: ':memory:' })
    const key = 'local/plan/a "b" %_'
    store.record({ at: 1, chain: 'local', kind: 'plan', detail: { key } })
    store.record({ at: 2, chain: 'local', kind: 'plan', detail: { key: 'local/plan/a' } })
    expect(store.audit({ naming: key }).map(({ at }) => at)).toStrictEqual([1])
    expect(store.audit({ naming: 'local/plan/a', chain: 'local', limit: 1 }).map(({ at }) => at)).toStrictEqual([2])
    expect(store.audit({ naming: '%' }).map(({ at }) => at)).toStrictEqual([1])
  })
})
