/** A span of each day, in minutes since midnight on the clock of a zone; over midnight where `to` is before `from`. */
export interface QuietHours {
  readonly from: number
  readonly to: number
}

const minutesOfDay = 1_440
const minute = 60_000
// Each is the end of a span or a change of the clock; no zone has as many changes within the longest wait.
const mostSteps = 50

/** Reads `22:00-07:00`; undefined where it is no span of a day. */
export function parseQuietHours(written: string): QuietHours | undefined {
  const [, fromHour = '', fromMinute = '', toHour = '', toMinute = ''] =
    /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$/.exec(written) ?? []
  const from = Number(fromHour) * 60 + Number(fromMinute)
  const to = Number(toHour) * 60 + Number(toMinute)
  return fromHour === '' || to > minutesOfDay || from === to % minutesOfDay
    ? undefined
    : { from, to: to % minutesOfDay }
}

/** Whether some minute of the day is left in which something may come out. */
export function hasOpenMinute(spans: readonly QuietHours[]): boolean {
  return Array.from({ length: minutesOfDay }, (_, at) => at).some((at) => !spans.some((span) => holds(span, at)))
}

/**
 * The first moment at or after `from` (Unix milliseconds) that lies in none of the spans, on the clock of the zone as
 * it then stands: where the clock is put forward over the end of a span, the moment of the change.
 */
export function endOfQuiet(spans: readonly QuietHours[], from: number, wallClock: WallClock): number {
  let at = from
  for (let step = 0; step < mostSteps + spans.length; step++) {
    const wall = wallClock(at)
    const minuteOfDay = Math.floor((((wall / minute) % minutesOfDay) + minutesOfDay) % minutesOfDay)
    const span = spans.find((one) => holds(one, minuteOfDay))
    if (span === undefined) return at
    const left = (span.to - minuteOfDay + minutesOfDay) % minutesOfDay
    const end = Math.floor(at / minute) * minute + left * minute
    at = changeBetween(at, end, wallClock) ?? end
  }
  return at
}

/** What the clocks of a zone show at a moment, as the Unix milliseconds at which those of UTC show the same. */
export type WallClock = (ms: number) => number

/** The clock of a zone of the IANA database. */
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

function holds({ from, to }: QuietHours, minuteOfDay: number): boolean {
  return from < to ? minuteOfDay >= from && minuteOfDay < to : minuteOfDay >= from || minuteOfDay < to
}

/** The first minute in (from, to] at which the clock has another offset than at `from`. */
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
