import { isoOf } from '../domain/text/time.js'

/** A bigint as a decimal string; null where it is not known. */
export function textOrNull(value: bigint | undefined): string | null {
  return value === undefined ? null : String(value)
}

/** Unix seconds as ISO 8601 UTC; null where they are not known. */
export function timeOrNull(seconds: bigint | undefined): string | null {
  return seconds === undefined ? null : isoOf(seconds)
}
