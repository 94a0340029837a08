import { Cron } from 'croner'

/** Why a cron expression of five fields is none, or never comes; undefined where it is fine. */
export function cronProblem(written: string): string | undefined {
  if (written.trim().split(/\s+/).length !== 5) return 'expected a cron expression of five fields, such as "0 9 * * 1"'
  try {
    return nextTime(written, 'UTC')(0) === undefined ? 'expected a time that comes' : undefined
  } catch {
    return 'expected a cron expression of five fields, such as "0 9 * * 1"'
  }
}

/**
 * The first time of a cron expression after a moment, both Unix milliseconds, on the clock of a zone; undefined where
 * none comes. A time that the clock skips comes at the change, one that it shows twice comes once.
 */
export function nextTime(written: string, timezone: string): (after: number) => number | undefined {
  const cron = new Cron(written, { timezone, mode: '5-part', paused: true })
  let known: { readonly after: number; readonly next: number } | undefined
  return (after) => {
    // A burst asks for the same time again and again.
    if (known !== undefined && after >= known.after && after < known.next) return known.next
    const next = cron.nextRun(new Date(after))?.getTime()
    known = next === undefined ? undefined : { after, next }
    return next
  }
}
