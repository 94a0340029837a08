import { durationText, isoOf, isoOfMs } from '../../domain/time.js'

/** Unix seconds for people, in UTC to the minute; a dash where they are not known. */
export function timeText(seconds: bigint | undefined): string {
  return seconds === undefined ? '-' : toMinute(isoOf(seconds))
}

/** The day of Unix seconds, in UTC. */
export function dateText(seconds: bigint): string {
  return isoOf(seconds).slice(0, 10)
}

/** Unix milliseconds, as {@link timeText}. */
export function timeOfMsText(ms: number): string {
  return toMinute(isoOfMs(ms))
}

/** How long ago, both in Unix milliseconds. */
export function agoText(then: number | undefined, now: number): string {
  return then === undefined ? 'never' : `${durationText(Math.max(0, Math.floor((now - then) / 1000)))} ago`
}

function toMinute(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')}Z`
}
