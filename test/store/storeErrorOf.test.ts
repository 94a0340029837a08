import { expect, it } from 'vitest'
import * as z from 'zod/mini'
import { StoreError } from '../../src/domain/errors.js'
import { isDamage, storeErrorOf } from '../../src/store/storeErrorOf.js'

const engineError = (code: string, message: string): Error => Object.assign(new Error(message), { code })

it.each([
  ['SQLITE_BUSY', 'another process keeps it locked'],
  ['SQLITE_BUSY_SNAPSHOT', 'another process keeps it locked'],
  ['SQLITE_FULL', 'the disk is full; make room'],
  ['SQLITE_IOERR_WRITE', 'the disk failed'],
  ['SQLITE_READONLY_DIRECTORY', 'it may not be written'],
  ['SQLITE_CORRUPT', 'its content is damaged'],
])('says in a sentence what %s means', (code, words) => {
  const cause = engineError(code, 'engine words')
  const error = storeErrorOf('a.db', cause)

  expect(error).toBeInstanceOf(StoreError)
  expect(error.message).toMatch(new RegExp(`^The state file a\\.db cannot be used: ${words}.* \\(engine words\\)\\.$`))
  expect(error.cause).toBe(cause)
})

it('says of a column of another kind that the content is damaged, not what the schema says', () => {
  expect(storeErrorOf('a.db', z.string().safeParse(1).error).message).toMatch(
    /its content is damaged; restore it .* \(a column of another kind\)\.$/,
  )
})

it('takes what was a database before for damaged, and what never was one for another file', () => {
  const cause = engineError('SQLITE_NOTADB', 'file is not a database')

  expect(storeErrorOf('a.db', cause).message).toContain('it is not a database; name another state file')
  expect(storeErrorOf('a.db', cause, { wasDatabase: true }).message).toContain('its content is damaged; restore it')
})

it('tells what it does not know in the words of the engine, and leaves its own errors alone', () => {
  const own = new StoreError('Known.')

  expect(storeErrorOf('a.db', 'odd').message).toBe('The state file a.db cannot be used: odd.')
  expect(storeErrorOf('a.db', own)).toBe(own)
})

it.each([
  ['damage in the file', true, storeErrorOf('a.db', engineError('SQLITE_CORRUPT_VTAB', 'malformed'))],
  ['damage of which the code tells nothing', true, storeErrorOf('a.db', new Error('database disk image is malformed'))],
  ['a column of another kind', true, storeErrorOf('a.db', z.string().safeParse(1).error)],
  ['another fault of the file', false, storeErrorOf('a.db', engineError('SQLITE_FULL', 'full'))],
  ['a fault without a code', false, storeErrorOf('a.db', new Error('odd'))],
  ['an error of the engine that nobody has put into words', false, engineError('SQLITE_CORRUPT', 'malformed')],
])('takes %s for damage: %s', (_what, isDamaged, error) => {
  expect(isDamage(error)).toBe(isDamaged)
})
