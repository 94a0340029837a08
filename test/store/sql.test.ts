import Database from 'libsql'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { openSql } from '../../src/store/sql.js'
import { temporaryDirectory } from '../support/storeGiven.js'

const row = z.object({ x: z.number() })

describe('transaction', () => {
  it('holds the write lock from its start, so that its reads stay valid', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const sql = openSql(path, path)
    const other = new Database(path)

    sql.transaction(() => {
      expect(() => other.exec('BEGIN IMMEDIATE')).toThrow('database is locked')
    })
    expect(() => other.exec('BEGIN IMMEDIATE')).not.toThrow()
  })

  it('is part of an outer one: both are committed or neither', () => {
    const sql = openSql(':memory:', ':memory:')
    sql.exec('CREATE TABLE t (x)')
    const failing = (): void =>
      sql.transaction(() => {
        sql.transaction(() => sql.run('INSERT INTO t VALUES (1)'))
        throw new RangeError('afterwards')
      })

    expect(failing).toThrow(new RangeError('afterwards'))
    expect(sql.all(row, 'SELECT x FROM t')).toStrictEqual([])
    sql.transaction(() => sql.run('INSERT INTO t VALUES (2)'))
    expect(sql.all(row, 'SELECT x FROM t')).toStrictEqual([{ x: 2 }])
  })
})

describe('all', () => {
  it('refuses a row that does not match its schema', () => {
    const sql = openSql(':memory:', 'a.db')

    expect(() => sql.all(row, `SELECT 'one' AS x`)).toThrow(/^The state file a\.db cannot be used: /)
  })
})
