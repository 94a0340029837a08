import { Cron } from 'croner'

/** Says why a text is no valid cron expression of five fields, or never occurs; undefined if it is valid. */
export function cronProblem(written: string): string | undefined {
  if (written.trim().split(/\s+/).length !== 5) return 'expected a cron expression of five fields, such as "0 9 * * 1"'
  try {
    return nextTime(written, 'UTC')(0) === undefined
      ? 'expected a cron expression that fits some date; none fits this one'
      : undefined
  } catch {
    return 'expected a cron expression of five fields, such as "0 9 * * 1"'
  }
}

/**
 * Returns a function that gives the first time of a cron expression after a moment, both Unix milliseconds, on the
 * clock of the time zone; undefined if there is none. A time that the clock skips occurs at the change of the clock,
 * and a time that it shows twice occurs once.
 */
export function nextTime(written: string, timezone: string): (after: number) => number | undefined {
  const cron = new Cron(written, { timezone, mode: '5-part', paused: true })
  let known: { readonly after: number; readonly next: number } | undefined
  return (after) => {
    // In a burst the same time is asked for again and again.
    if (known !== undefined && after >= known.after && after < known.next) return known.next
    const next = cron.nextRun(new Date(after))?.getTime()
    known = next === undefined ? undefined : { after, next }
    return next
  }
}
