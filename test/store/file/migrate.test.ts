import Database from 'libsql'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { migrate, requireSchema } from '../../../src/store/file/migrate.js'
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
    migrate(sql, steps.slice(0, 1), (migration) => said.push(migration))
    expect(said).toStrictEqual([])
    sql.exec('INSERT INTO first VALUES (zeroblob(100000))')
    const bytes = statSync(path).size
    migrate(sql, steps, (migration) => said.push([migration, sql.all(z.unknown(), 'PRAGMA table_info(second)').length]))
    migrate(sql, steps, (migration) => said.push(migration))
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
