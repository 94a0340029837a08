import { durationText } from '../domain/text/time.js'

// Numbers and times as people read them. Times are UTC, so that two people speak of the same one.

/** `2026-11-27 14:05 UTC`; with seconds if they matter. */
export function timeText(iso: string, precise = false): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, precise ? 19 : 16)} UTC`
}

/** The distance of two moments, such as `in 2 h 5 min`, `3 d ago` or `now`. */
export function fromNow(iso: string, now: number): string {
  const seconds = Math.round((Date.parse(iso) - now) / 1000)
  if (seconds === 0) return 'now'
  return seconds > 0 ? `in ${durationText(seconds)}` : `${durationText(-seconds)} ago`
}

/** The time left as a clock: `2 d 04:05:09` or `04:05:09`; `00:00:00` once it is over. */
export function countdownText(iso: string, now: number): string {
  const total = Math.max(0, Math.floor((Date.parse(iso) - now) / 1000))
  const days = Math.floor(total / 86_400)
  const clock = [Math.floor(total / 3_600) % 24, Math.floor(total / 60) % 60, total % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':')
  return days > 0 ? `${days} d ${clock}` : clock
}

/** A whole number with thousands separators. */
export function numberText(digits: string | number): string {
  return String(digits).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** A count in the unit of its token: two digits after the point, and none for a large number. */
export function countText(digits: string, decimals: number | null): string {
  const point = Math.min(Math.max(decimals ?? 0, 0), 100)
  if (point === 0) return numberText(digits)
  const padded = digits.padStart(point + 1, '0')
  const [whole, part] = [padded.slice(0, -point), padded.slice(-point).slice(0, 2).replace(/0+$/, '')]
  // A small amount must not read like zero.
  if (whole === '0' && part === '' && /[1-9]/.test(digits)) return 'under 0.01'
  return part === '' || whole.length > 3 ? numberText(whole) : `${whole}.${part}`
}

/** A share of 0 to 1 as `62.5 %`. */
export function shareText(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`
}

/** The ratio of two integers, 0 to 1, even if they exceed a number. */
export function shareOf(part: string, whole: string): number {
  const all = BigInt(whole)
  return all <= 0n ? 0 : Number((BigInt(part) * 1_000_000n) / all) / 1_000_000
}

/** Shortens a long address or id to its two ends. */
export function shortText(text: string): string {
  return text.length <= 20 ? text : `${text.slice(0, 10)}…${text.slice(-6)}`
}

/** `not_ready` as `not ready`. */
export function words(name: string): string {
  return name.replaceAll('_', ' ').replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`)
}
