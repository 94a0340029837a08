import en from 'zod/v4/locales/en.js'
import type * as z from 'zod/mini'
import { StoreError, reasonOf } from '../domain/errors.js'
import { isJsonObject } from '../domain/text/json.js'
import type { Sql } from './sql.js'

// A tag is an object with one key that starts with a single `$`. Keys of the data that start with `$` get another `$`,
// so that no data from a chain can be mistaken for a tag.
const oddNumbers: ReadonlyMap<string, number> = new Map([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
  ['-0', -0],
])

/** Builds the text in one pass without copying the value, because this runs with every poll. */
function textOf(value: unknown): string {
  if (typeof value === 'bigint') return `{"$n":"${value}"}`
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
    return `{"$f":"${Object.is(value, -0) ? '-0' : value}"}`
  if (Array.isArray(value)) return `[${value.map((part) => (part === undefined ? 'null' : textOf(part))).join(',')}]`
  if (!isJsonObject(value)) return JSON.stringify(value)
  let parts = ''
  for (const key of Object.keys(value)) {
    const part = value[key]
    if (part === undefined) continue
    parts += `${parts === '' ? '' : ','}${JSON.stringify(key.startsWith('$') ? `$${key}` : key)}:${textOf(part)}`
  }
  return `{${parts}}`
}

/** Decodes a value that was just parsed. It is changed in place unless a key must be renamed. */
function untagged(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(untagged)
  if (!isJsonObject(value)) return value
  const { $n: bigint, $f: number } = value
  if (typeof bigint === 'string') return BigInt(bigint)
  if (typeof number === 'string') return oddNumbers.get(number)
  const keys = Object.keys(value)
  if (keys.some((key) => key.startsWith('$')))
    return Object.fromEntries(keys.map((key) => [key.replace(/^\$/, ''), untagged(value[key])]))
  for (const key of keys) {
    const part = value[key]
    if (typeof part === 'object') Reflect.set(value, key, untagged(part))
  }
  return value
}

/**
 * Encodes a plain value as text for one column. Unlike JSON it keeps bigints of any size and numbers that JSON cannot
 * express; `undefined` properties are left out.
 */
export function encode(value: unknown): string {
  return textOf(value)
}

/**
 * Decodes a text of `encode` and validates it with the schema.
 *
 * @param where - The file, where the damage is recorded, and the name of the row for the message.
 * @throws StoreError if the text is damaged or does not match the schema.
 */
export function decode<T>(
  schema: z.ZodMiniType<T>,
  text: string,
  where: { readonly sql: Pick<Sql, 'file' | 'noteDamage'>; readonly row: string },
): T {
  const unreadable = (reason: string, cause?: unknown): StoreError => {
    where.sql.noteDamage(`${where.row} cannot be read: ${reason}`)
    return new StoreError(
      `The state file ${where.sql.file} holds a row that cannot be read, ${where.row}: ${reason}. ` +
        'Restore the file from a backup, or move it away to start over from the chain.',
      { cause },
    )
  }
  let value: unknown
  try {
    value = untagged(JSON.parse(text))
  } catch (cause) {
    throw unreadable(reasonOf(cause), cause)
  }
  const parsed = schema.safeParse(value, { error: en().localeError })
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw unreadable(issue === undefined ? 'unknown content' : `${issue.path.join('.')} ${issue.message}`)
}
