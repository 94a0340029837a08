// The years 0000 to 9999. Outside them Date prints a sign and six digits, which other parsers do not accept.
const first = -62_167_219_200_000
const last = 253_402_300_799_999

/** ISO 8601 UTC of Unix milliseconds, clamped to the years 0000 to 9999. NaN counts as 0. */
export function isoOfMs(ms: number): string {
  return new Date(Number.isNaN(ms) ? 0 : Math.min(last, Math.max(first, ms))).toISOString()
}

/** ISO 8601 UTC of Unix seconds, clamped to the years 0000 to 9999. */
export function isoOf(seconds: bigint): string {
  return isoOfMs(Number(seconds) * 1000)
}

const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const

/** Formats Unix seconds in UTC to the second: `2026-11-27 07:00:12 UTC`. */
export function secondText(seconds: bigint): string {
  return `${isoOf(seconds).slice(0, 19).replace('T', ' ')} UTC`
}

/** Formats a duration with its largest unit and the next one, such as `2 d 3 h`, `5 min` or `45 s`; rounded down. */
export function durationText(seconds: number | bigint): string {
  const total = Number(seconds)
  if (!Number.isFinite(total)) return 'unknown'
  const parts: string[] = []
  let rest = Math.floor(Math.abs(total))
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size)
    rest %= size
    if (parts.length === 2 || (parts.length === 1 && count === 0)) break
    if (count > 0) parts.push(`${count} ${unit}`)
  }
  return parts.length === 0 ? '0 s' : `${total < 0 ? '-' : ''}${parts.join(' ')}`
}
