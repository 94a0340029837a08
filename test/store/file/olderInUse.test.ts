import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { migrate, versionOf } from '../../../src/store/file/migrate.js'
import { migrations } from '../../../src/store/file/migrations.js'
import { openStore, type StoreOptions } from '../../../src/store/openStore.js'
import { openSql } from '../../../src/store/sql.js'
import { temporaryDirectory } from '../../support/storeGiven.js'

const now = 1_000_000
const older = 1

/** A state of the first version that process 7 of this host works with, and a newer program that opens it. */
function withOlder(
  body: (given: { open: (more?: Partial<StoreOptions>) => void; version: () => number }) => void,
): void {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'a.db')
  const sql = openSql(path, path)
  migrate(sql, migrations.slice(0, older))
  sql.all(z.unknown(), 'PRAGMA journal_mode = WAL')
  sql.run('INSERT INTO claim (one, token, pid, host, beat) VALUES (1, ?, 7, ?, ?)', 'theirs', 'here', now)
  body({
    open: (more) =>
      openStore({ path, host: 'here', pid: 8, now: () => now + 500, isAlive: () => true, ...more }).close(),
    version: () => versionOf(sql, Infinity),
  })
  sql.close()
}

describe('an older state that a running govstream works with', () => {
  it('is not migrated: the older program would go on writing rows of its version', () => {
    withOlder(({ open, version }) => {
      expect(() => open()).toThrow(
        /^The state file .*a\.db has the older schema version 1, and an older govstream \(process 7\) works with it\. Stop that one first, then start this one\. Nothing was changed\.$/,
      )
      expect(version()).toBe(older)
    })
  })

  it.each([
    ['its process has ended', { isAlive: () => false }],
    ['it has been silent for ten seconds', { now: () => now + 10_000 }],
    ['it is known to have ended', { ended: { pid: 7, host: 'here' } }],
  ])('is migrated once %s', (_when, more) => {
    withOlder(({ open, version }) => {
      open(more)
      expect(version()).toBe(migrations.length)
    })
  })
})
