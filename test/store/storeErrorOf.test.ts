import { expect, it } from 'vitest'
import * as z from 'zod/mini'
import { StoreError } from '../../src/domain/errors.js'
import { isDamage, storeErrorOf } from '../../src/store/storeErrorOf.js'

const engineError = (code: string, message: string): Error => Object.assign(new Error(message), { code })

it.each([
  ['SQLITE_BUSY', 'another process keeps it locked'],
  ['SQLITE_BUSY_SNAPSHOT', 'another process keeps it locked'],
  ['SQLITE_FULL', 'the disk is full; make room'],
  ['SQLITE_IOERR_SHMSIZE', 'the disk is full; make room'],
  ['SQLITE_IOERR_WRITE', 'the disk failed'],
  ['SQLITE_READONLY_DIRECTORY', 'it may not be written'],
  ['SQLITE_CORRUPT', 'its content is damaged'],
])('storeErrorOf describes %s in a sentence', (code, words) => {
  const cause = engineError(code, 'engine words')
  const error = storeErrorOf('a.db', cause)

  expect(error).toBeInstanceOf(StoreError)
  expect(error.message).toMatch(new RegExp(`^The state file a\\.db cannot be used: ${words}.* \\(engine words\\)\\.$`))
  expect(error.cause).toBe(cause)
})

it('storeErrorOf reports a column of another type as damage, without the text of the schema', () => {
  expect(storeErrorOf('a.db', z.string().safeParse(1).error).message).toMatch(
    /its content is damaged; restore it .* \(a column of another kind\)\.$/,
  )
})

it('storeErrorOf reports a former database as damaged, and a file that never was one as another file', () => {
  const cause = engineError('SQLITE_NOTADB', 'file is not a database')

  expect(storeErrorOf('a.db', cause).message).toContain('it is not a database; name another state file')
  expect(storeErrorOf('a.db', cause, { wasDatabase: true }).message).toContain('its content is damaged; restore it')
})

it('storeErrorOf keeps unknown words of the engine, and passes store errors through', () => {
  const own = new StoreError('Known.')

  expect(storeErrorOf('a.db', 'odd').message).toBe('The state file a.db cannot be used: odd.')
  expect(storeErrorOf('a.db', own)).toBe(own)
})

it.each([
  ['damage in the file', true, storeErrorOf('a.db', engineError('SQLITE_CORRUPT_VTAB', 'malformed'))],
  ['damage without a code', true, storeErrorOf('a.db', new Error('database disk image is malformed'))],
  ['a column of another type', true, storeErrorOf('a.db', z.string().safeParse(1).error)],
  ['another fault of the file', false, storeErrorOf('a.db', engineError('SQLITE_FULL', 'full'))],
  ['a fault without a code', false, storeErrorOf('a.db', new Error('odd'))],
  ['an unwrapped error of the engine', false, engineError('SQLITE_CORRUPT', 'malformed')],
])('isDamage for %s: %s', (_what, isDamaged, error) => {
  expect(isDamage(error)).toBe(isDamaged)
})
