import Database from 'libsql'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/openStore.js'
import { temporaryDirectory } from '../support/storeGiven.js'

const entry = {
  at: 1_000,
  chain: 'local',
  kind: 'write',
  detail: { result: 'written', path: '/home/data', n: [1, null] },
}

describe('audit', () => {
  it('gives what was recorded, newest first, of one chain where asked', () => {
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

  it('cannot be rewritten or shortened, not even by hand', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    openStore({ path }).record(entry)
    const raw = new Database(path)

    expect(() => raw.exec(`UPDATE audit SET kind = 'other'`)).toThrow('the audit trail is written once')
    expect(() => raw.exec('DELETE FROM audit')).toThrow('the newest 100000 rows of the audit trail are kept')
  })

  it('keeps the newest hundred thousand entries', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const store = openStore({ path })
    const raw = new Database(path)
    raw.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
      INSERT INTO audit (at, chain, kind, detail) SELECT i, 'local', 'write', '{}' FROM n`)
    for (let step = 0; step < 3; step += 1) store.record(entry)

    expect(raw.prepare('SELECT min(seq) AS first, count(*) AS rows FROM audit').all()).toStrictEqual([
      { first: 4, rows: 100_000 },
    ])
  })
})
