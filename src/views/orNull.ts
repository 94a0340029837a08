import { isoOf } from '../domain/text/time.js'

/** A bigint as a decimal string; null if unknown. */
export function textOrNull(value: bigint | undefined): string | null {
  return value === undefined ? null : String(value)
}

/** Unix seconds as ISO 8601 UTC; null if unknown. */
export function timeOrNull(seconds: bigint | undefined): string | null {
  return seconds === undefined ? null : isoOf(seconds)
}
