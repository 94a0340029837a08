import { durationText, isoOf, isoOfMs } from '../../domain/text/time.js'

/** Formats Unix seconds in UTC to the minute; a dash if they are unknown. */
export function timeText(seconds: bigint | undefined): string {
  return seconds === undefined ? '-' : toMinute(isoOf(seconds))
}

/** Formats the day of Unix seconds, in UTC. */
export function dateText(seconds: bigint): string {
  return isoOf(seconds).slice(0, 10)
}

/** Formats Unix milliseconds as {@link timeText} does. */
export function timeOfMsText(ms: number): string {
  return toMinute(isoOfMs(ms))
}

/** Formats Unix milliseconds in UTC to the second, for cases in which the order within a minute matters. */
export function secondOfMsText(ms: number): string {
  return `${isoOfMs(ms).slice(0, 19).replace('T', ' ')}Z`
}

/** Formats the local time of day of Unix milliseconds, with the zone: `12:03:41Z`, `21:03:41+09`. */
export function clockText(ms: number): string {
  const minutes = minutesEastOf(ms)
  return `${isoOfMs(ms + minutes * 60_000).slice(11, 19)}${zoneText(minutes)}`
}

/** Formats the local day of Unix milliseconds, with the zone. */
export function dayText(ms: number): string {
  const minutes = minutesEastOf(ms)
  return `${isoOfMs(ms + minutes * 60_000).slice(0, 10)}, times are ${minutes === 0 ? 'UTC' : `UTC${zoneText(minutes)}`}`
}

/** Formats a moment of today by its time, and any other with its day. Both are Unix milliseconds. */
export function momentText(ms: number, now: number): string {
  const [day, today] = [ms, now].map((moment) => isoOfMs(moment + minutesEastOf(moment) * 60_000).slice(0, 10))
  return day === today ? clockText(ms) : `${day ?? ''} ${clockText(ms)}`
}

/** Replaces the ISO times in a text; `write` formats Unix milliseconds. */
export function withMoments(text: string, write: (ms: number) => string): string {
  return text.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z/g, (iso) => write(Date.parse(iso)))
}

function minutesEastOf(ms: number): number {
  return -new Date(ms).getTimezoneOffset()
}

function zoneText(minutes: number): string {
  if (minutes === 0) return 'Z'
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  const pair = (part: number): string => String(part).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${pair(hours)}${rest === 0 ? '' : `:${pair(rest)}`}`
}

/** Formats how long ago a moment was; both are Unix milliseconds. */
export function agoText(then: number | undefined, now: number): string {
  return then === undefined ? 'never' : `${durationText(Math.max(0, Math.floor((now - then) / 1000)))} ago`
}

function toMinute(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')}Z`
}
