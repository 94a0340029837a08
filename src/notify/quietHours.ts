/** A daily span, in minutes since midnight on the clock of a zone. It spans midnight if `to` is before `from`. */
export interface QuietHours {
  readonly from: number
  readonly to: number
}

const minutesOfDay = 1_440
const minute = 60_000
// Each step ends at the end of a span or at a change of the clock. No zone has as many changes within the longest wait.
const mostSteps = 50

/** Parses `22:00-07:00`; returns undefined if the text is no daily span. */
export function parseQuietHours(written: string): QuietHours | undefined {
  const [, fromHour = '', fromMinute = '', toHour = '', toMinute = ''] =
    /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$/.exec(written) ?? []
  const from = Number(fromHour) * 60 + Number(fromMinute)
  const to = Number(toHour) * 60 + Number(toMinute)
  return fromHour === '' || to > minutesOfDay || from === to % minutesOfDay
    ? undefined
    : { from, to: to % minutesOfDay }
}

/** Returns true if the spans leave at least one minute of the day uncovered. */
export function hasOpenMinute(spans: readonly QuietHours[]): boolean {
  return Array.from({ length: minutesOfDay }, (_, at) => at).some(
    (at) => !spans.some((span) => includesMinute(span, at)),
  )
}

/**
 * Returns the first moment at or after `from` (Unix milliseconds) that lies in none of the spans on the clock of the
 * zone. If the clock is put forward over the end of a span, that is the moment of the change.
 */
export function endOfQuiet(spans: readonly QuietHours[], from: number, wallClock: WallClock): number {
  let at = from
  for (let step = 0; step < mostSteps + spans.length; step++) {
    const wall = wallClock(at)
    const minuteOfDay = Math.floor((((wall / minute) % minutesOfDay) + minutesOfDay) % minutesOfDay)
    const span = spans.find((one) => includesMinute(one, minuteOfDay))
    if (span === undefined) return at
    const left = (span.to - minuteOfDay + minutesOfDay) % minutesOfDay
    const end = Math.floor(at / minute) * minute + left * minute
    at = changeBetween(at, end, wallClock) ?? end
  }
  return at
}

/**
 * Converts a moment to the local time of a zone, given as the Unix milliseconds at which a clock in UTC shows the same.
 */
export type WallClock = (ms: number) => number

/** Returns the wall clock of an IANA time zone. */
export function wallClockOf(timezone: string): WallClock {
  let format: Intl.DateTimeFormat | undefined
  return (ms) => {
    format ??= new Intl.DateTimeFormat('en-GB', {
      timeZone: timezone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
    const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]))
    const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0
    return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  }
}

function includesMinute({ from, to }: QuietHours, minuteOfDay: number): boolean {
  return from < to ? minuteOfDay >= from && minuteOfDay < to : minuteOfDay >= from || minuteOfDay < to
}

/** Returns the first minute in (from, to] whose offset from UTC differs from that of `from`. */
function changeBetween(from: number, to: number, wallClock: WallClock): number | undefined {
  const offset = (ms: number): number => wallClock(ms) - Math.floor(ms / 1_000) * 1_000
  const before = offset(from)
  if (offset(to) === before) return undefined
  let [low, high] = [Math.floor(from / minute), Math.floor(to / minute)]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offset(middle * minute) === before) low = middle
    else high = middle
  }
  return high * minute
}
