// Go's zero time and other times before 1970 mean that there is no time.
const time = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})$/

/**
 * Parses an RFC 3339 time with up to nanoseconds to Unix seconds; returns `undefined` for the zero time and anything
 * else.
 */
export function secondsOf(value: unknown): bigint | undefined {
  if (typeof value !== 'string' || !time.test(value)) return undefined
  const ms = Date.parse(value)
  return Number.isNaN(ms) || ms <= 0 ? undefined : BigInt(Math.floor(ms / 1000))
}

/** Parses a duration such as `1209600s` to seconds. */
export function durationOf(value: unknown): bigint | undefined {
  const [, seconds] = typeof value === 'string' ? (/^([0-9]{1,15})(?:\.[0-9]{1,9})?s$/.exec(value) ?? []) : []
  return seconds === undefined ? undefined : BigInt(seconds)
}

/** Parses a non-negative integer, given as text or as a JSON number. */
export function integerOf(value: unknown): bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : undefined
  return typeof value === 'string' && /^[0-9]{1,78}$/.test(value) ? BigInt(value) : undefined
}

/** Number of decimal places of an SDK decimal. */
const places = 18

/** One as an SDK decimal: an integer with 18 implied decimal places. */
export const sdkOne = 10n ** BigInt(places)

/** Parses an SDK decimal such as `0.334000000000000000`, times 10^18; returns `undefined` for anything else. */
export function decimalOf(value: unknown): bigint | undefined {
  if (typeof value !== 'string') return undefined
  const [, whole, part = ''] = /^([0-9]{1,40})(?:\.([0-9]{1,18}))?$/.exec(value) ?? []
  return whole === undefined ? undefined : BigInt(whole) * sdkOne + BigInt(part.padEnd(places, '0'))
}

/** A share as a number, exact to nine decimal places. */
export function shareOf(part: bigint, whole: bigint): number {
  return whole === 0n ? 0 : Number((part * 1_000_000_000n) / whole) / 1_000_000_000
}
