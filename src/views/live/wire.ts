import * as z from 'zod/mini'
import { isJsonObject } from '../../domain/text/json.js'
import { isoOf, isoOfMs } from '../../domain/text/time.js'

// Schemas for the values in live events. Each converts in both directions between JSON and the library.

/** A schema that converts between JSON and the library. */
export type Wire<T> = z.ZodMiniType<T>

export const text = z.string()

const decimal = /^-?\d{1,5000}$/

/** A bigint as a decimal string. */
export const bigint = z.codec(z.string().check(z.regex(decimal)), z.bigint(), {
  decode: (written) => BigInt(written),
  encode: String,
})

const oddNumbers: ReadonlyMap<string, number> = new Map([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
  ['-0', -0],
])
const anyNumber = z.custom<number>((value) => typeof value === 'number')
const writtenNumber = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity', '-0'])])

function numberOf(written: number | string): number {
  return typeof written === 'number' ? written : (oddNumbers.get(written) ?? NaN)
}
function writtenOf(value: number): z.infer<typeof writtenNumber> {
  if (Object.is(value, -0)) return '-0'
  if (Number.isNaN(value)) return 'NaN'
  return Number.isFinite(value) ? value : value > 0 ? 'Infinity' : '-Infinity'
}

/** A number; values that JSON cannot express are text. */
export const number = z.codec(writtenNumber, anyNumber, { decode: numberOf, encode: writtenOf })

const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

function isTime(written: string): boolean {
  return iso.test(written) && !Number.isNaN(Date.parse(written))
}

function secondOf(time: string): bigint {
  return BigInt(Math.floor(Date.parse(time) / 1000))
}

/** Unix seconds as ISO 8601 UTC; outside the years 0000 to 9999 as a decimal string. */
export const seconds = z.codec(
  z.string().check(z.refine((written) => isTime(written) || decimal.test(written), 'is no time')),
  z.bigint(),
  {
    decode: (written) => (isTime(written) ? secondOf(written) : BigInt(written)),
    encode: (value) => {
      const written = isoOf(value)
      return secondOf(written) === value ? written : String(value)
    },
  },
)

/** Unix milliseconds as ISO 8601 UTC; fractions and values outside the years 0000 to 9999 as a number. */
export const milliseconds = z.codec(
  z.union([writtenNumber, z.string().check(z.refine(isTime, 'is no time'))]),
  anyNumber,
  {
    decode: (written) => (typeof written === 'string' && isTime(written) ? Date.parse(written) : numberOf(written)),
    encode: (value) => {
      const written = isoOfMs(value)
      return Object.is(Date.parse(written), value) ? written : writtenOf(value)
    },
  },
)

type Shape = Readonly<Record<string, z.ZodMiniType>>

/**
 * An object whose JSON has every key: an absent optional property becomes null or its value in `absent`. Keys that are
 * not in the shape are dropped.
 */
export function sparse<const S extends Shape>(
  shape: S,
  absent: Readonly<Record<string, unknown>> = {},
): Wire<z.output<z.ZodMiniObject<S>>> {
  const optional = Object.keys(shape).filter((key) => shape[key]?._zod.optin === 'optional')
  const nothing = new Map(optional.map((key) => [key, key in absent ? absent[key] : null]))
  const filled = z.codec(z.looseObject({}), z.unknown(), {
    decode: (written) =>
      Object.fromEntries(Object.entries(written).filter(([key, value]) => !isNothing(nothing, key, value))),
    encode: (value) => ({ ...Object.fromEntries(nothing), ...(isJsonObject(value) && value) }),
  })
  return z.pipe(filled, z.object(shape))
}

function isNothing(nothing: ReadonlyMap<string, unknown>, key: string, value: unknown): boolean {
  if (!nothing.has(key)) return false
  return value === null || JSON.stringify(value) === JSON.stringify(nothing.get(key))
}
