import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { remembered } from '../../src/store/remembered.js'
import { openSql, type Sql } from '../../src/store/sql.js'
import { temporaryDirectory } from '../support/storeGiven.js'

const row = z.object({ x: z.number() })
const insert = 'INSERT INTO t VALUES (?)'

/** Two processes with one file; `numbers` is what the first one remembers of it. */
function twoProcesses(path: string): {
  readonly own: Sql
  readonly other: Sql
  readonly clock: { now: number }
  readonly numbers: () => readonly number[]
} {
  const [own, other] = [openSql(path, path), openSql(path, path)]
  own.exec('CREATE TABLE t (x)')
  const clock = { now: 10_000 }
  const numbers = remembered(
    own,
    () => clock.now,
    () => own.all(row, 'SELECT x FROM t').map(({ x }) => x),
  )
  return { own, other, clock, numbers }
}

describe('remembered', () => {
  it('shows what another process wrote after a second', () => {
    using directory = temporaryDirectory()
    const { other, clock, numbers } = twoProcesses(join(directory.path, 'a.db'))
    expect(numbers()).toStrictEqual([])
    other.run(insert, 1)
    clock.now += 999
    expect(numbers()).toStrictEqual([])
    clock.now += 1
    expect(numbers()).toStrictEqual([1])
  })

  it('shows it at once after outdate, and after the clock was set back', () => {
    using directory = temporaryDirectory()
    const { own, other, clock, numbers } = twoProcesses(join(directory.path, 'a.db'))
    expect(numbers()).toStrictEqual([])
    other.run(insert, 1)
    own.outdate()
    expect(numbers()).toStrictEqual([1])
    other.run(insert, 2)
    clock.now -= 1
    expect(numbers()).toStrictEqual([1, 2])
  })

  it('shows at once what this process wrote, and not what it rolled back', () => {
    using directory = temporaryDirectory()
    const { own, numbers } = twoProcesses(join(directory.path, 'a.db'))
    expect(numbers()).toStrictEqual([])
    own.run(insert, 1)
    expect(numbers()).toStrictEqual([1])
    const failing = (): void =>
      own.transaction(() => {
        own.run(insert, 2)
        expect(numbers()).toStrictEqual([1, 2])
        throw new RangeError('afterwards')
      })
    expect(failing).toThrow(new RangeError('afterwards'))
    expect(numbers()).toStrictEqual([1])
  })
})
