import Database from 'libsql'
import fc from 'fast-check'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { migrations } from '../../../src/store/file/migrations.js'
import { migrate, requireSchema } from '../../../src/store/file/migrate.js'
import { isDamage } from '../../../src/store/storeErrorOf.js'
import { reasonOf, StoreError } from '../../../src/domain/errors.js'
import { openSql } from '../../../src/store/sql.js'
import { temporaryDirectory } from '../../support/storeGiven.js'

const steps = ['CREATE TABLE first (x)', 'ALTER TABLE first ADD COLUMN y; CREATE TABLE second (x)']
const tables = (path: string): unknown =>
  new Database(path)
    .prepare('SELECT name, (SELECT user_version FROM pragma_user_version) AS version FROM sqlite_master ORDER BY name')
    .all()

describe('migrate', () => {
  it('applies the missing steps to a file, and keeps its content', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const sql = openSql(path, path)
    migrate(sql, steps.slice(0, 1))
    sql.exec('INSERT INTO first VALUES (7)')
    migrate(sql, steps)
    migrate(sql, steps)

    expect(tables(path)).toStrictEqual([
      { name: 'first', version: 2 },
      { name: 'second', version: 2 },
    ])
    expect(new Database(path).prepare('SELECT * FROM first').all()).toStrictEqual([{ x: 7, y: null }])
  })

  it('reports beforehand which versions are migrated, and the size', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const sql = openSql(path, path)
    const said: unknown[] = []
    migrate(sql, steps.slice(0, 1), { onMigrate: (migration) => said.push(migration) })
    expect(said).toStrictEqual([])
    sql.exec('INSERT INTO first VALUES (zeroblob(100000))')
    const bytes = statSync(path).size
    migrate(sql, steps, {
      onMigrate: (migration) => said.push([migration, sql.all(z.unknown(), 'PRAGMA table_info(second)').length]),
    })
    migrate(sql, steps, { onMigrate: (migration) => said.push(migration) })
    expect(said).toStrictEqual([[{ file: path, from: 1, to: 2, bytes }, 0]])
  })

  it('leaves the file unchanged if a step fails', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const sql = openSql(path, path)
    migrate(sql, steps.slice(0, 1))

    expect(() => migrate(sql, [...steps, 'CREATE TABLE second (again)'])).toThrow('table second already exists')
    expect(tables(path)).toStrictEqual([{ name: 'first', version: 1 }])
  })
})

describe('a step that fails', () => {
  const failed = (before: readonly string[], version: number, after: string): unknown => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const sql = openSql(path, 'a.db')
    migrate(sql, before)
    sql.exec(`PRAGMA user_version = ${version}`)
    try {
      const known = before.length > steps.length ? before : steps
      migrate(sql, [...known.slice(0, version), after, ...known.slice(version)])
    } catch (cause) {
      return cause
    }
    return 'no error'
  }

  it.each([
    ['SQL that is wrong', 'CREATE TABEL third (x)', 'near "TABEL": syntax error'],
    ['a column that never was', 'UPDATE first SET z = 1', 'no such column: z'],
    ['a table that is there', 'CREATE TABLE second (x)', 'table second already exists'],
  ])(
    'is our fault if the file has the schema of its version, and does not count as damage: %s',
    (_what, step, reason) => {
      const error = failed(steps, 2, step)
      expect(isDamage(error)).toBe(false)
      expect(reasonOf(error)).toBe(
        `The state file a.db cannot be brought from schema version 2 to 3 (${reason}). It is unchanged: install the version of govstream that you used before, and report this.`,
      )
    },
  )

  it.each([
    ['its version is lower than its content', steps, 1, steps[1]!],
    ['its version is higher than its content', steps.slice(0, 1), 2, 'ALTER TABLE second ADD COLUMN y'],
    [
      'a row is not readable',
      [...steps, `INSERT INTO first VALUES ('{', 1)`],
      3,
      `UPDATE first SET x = json_set(x, '$.a', 1)`,
    ],
  ])('counts as damage if %s', (_what, before, version, step) => {
    const error = failed(before, version, step)
    expect([isDamage(error), reasonOf(error)]).toStrictEqual([
      true,
      expect.stringContaining(`its content is not that of schema version ${version}`),
    ])
  })
})

describe('the migrations of govstream', () => {
  it('bring a file of each version to the newest one, or leave it unchanged, whatever its header and its rows hold', () => {
    using directory = temporaryDirectory()
    const content = (path: string): unknown => [tables(path), new Database(path).pragma('user_version')]
    const version = fc.integer({ min: 1, max: migrations.length })
    let files = 0
    const fresh = join(directory.path, 'fresh.db')
    migrate(openSql(fresh, fresh))
    const newest = content(fresh)
    fc.assert(
      fc.property(version, version, fc.oneof(fc.string(), fc.json()), (real, told, json) => {
        const path = join(directory.path, `${(files += 1)}.db`)
        const sql = openSql(path, path)
        migrate(sql, migrations.slice(0, real))
        sql.run("INSERT INTO upgrades (chain, key, status, json) VALUES ('local', 'local/0xc0/1', 'refused', ?)", json)
        sql.exec(`PRAGMA user_version = ${told}`)
        const before = content(path)
        try {
          migrate(sql)
          expect(content(path)).toStrictEqual(newest)
        } catch (cause) {
          expect(cause).toBeInstanceOf(StoreError)
          if (real === told) expect(isDamage(cause)).toBe(true)
          expect(content(path)).toStrictEqual(before)
        }
        sql.close()
      }),
      { numRuns: 60 },
    )
  })
})

describe('requireSchema', () => {
  it('refuses a file that must be migrated first', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const sql = openSql(path, 'a.db')
    migrate(sql, steps.slice(0, 1))

    expect(() => requireSchema(sql, steps)).toThrow(
      'The state file a.db has the older schema version 1: run "govstream run" or "govstream sync" to bring it up to date.',
    )
    migrate(sql, steps)
    expect(() => requireSchema(sql, steps)).not.toThrow()
  })
})
