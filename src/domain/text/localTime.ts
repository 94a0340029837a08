import { durationText } from './time.js'

/** Formats times for one reader. All functions take ISO 8601 and return any other text unchanged. */
export interface LocalTime {
  /** Such as `Thu 3 Dec 2026 14:05 Europe/Berlin`. */
  readonly full: (iso: string) => string
  /**
   * Formats a future time as seen from another one: `in about 3 h 20 min, Thu 14:05 Europe/Berlin`, with the date if it
   * is six days ahead or more. A time that is not in the future is written in full. `exact` omits the `about`.
   */
  readonly ahead: (iso: string, from: string, exact?: boolean) => string
}

/** The time from whose point of view a text is written. */
export interface Viewpoint {
  /** ISO 8601. */
  readonly from: string
  /** True if that is long after the event, so that relative numbers of that time no longer apply. */
  readonly isLate: boolean
}

const sixDays = 6 * 86_400

/**
 * Formats times in an IANA time zone, including its daylight-saving changes.
 *
 * @throws RangeError on the first call if there is no such zone.
 */
export function localTimeIn(timezone: string): LocalTime {
  const momentOf = timezone === 'UTC' ? utcMoment : momentIn(timezone)
  const short = (ms: number): string => {
    const { weekday, hour, minute } = momentOf(ms)
    return `${weekday} ${hour}:${minute} ${timezone}`
  }
  const long = (ms: number): string => {
    const { weekday, day, month, year, hour, minute } = momentOf(ms)
    return `${weekday} ${day} ${month} ${year} ${hour}:${minute} ${timezone}`
  }
  const full = (iso: string): string => (Number.isNaN(Date.parse(iso)) ? iso : long(Date.parse(iso)))
  return {
    full,
    ahead: (iso, from, exact = false) => {
      const [ms, seconds] = [Date.parse(iso), Math.round((Date.parse(iso) - Date.parse(from)) / 1000)]
      if (!(seconds > 0)) return full(iso)
      return `in ${exact ? '' : 'about '}${durationText(seconds)}, ${seconds < sixDays ? short(ms) : long(ms)}`
    },
  }
}

type Moment = Readonly<Record<'weekday' | 'day' | 'month' | 'year' | 'hour' | 'minute', string | undefined>>

function momentIn(timezone: string): (ms: number) => Moment {
  let formatter: Intl.DateTimeFormat | undefined
  return (ms) => {
    formatter ??= new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      hourCycle: 'h23',
      hour: '2-digit',
      minute: '2-digit',
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      year: 'numeric',
    })
    const parts = new Map(formatter.formatToParts(ms).map(({ type, value }) => [type, value]))
    return {
      weekday: parts.get('weekday'),
      day: parts.get('day'),
      month: parts.get('month'),
      year: parts.get('year'),
      hour: parts.get('hour'),
      minute: parts.get('minute'),
    }
  }
}

/** Avoids Intl, whose formatting takes a tenth of the time of everything that a reading leads to. */
function utcMoment(ms: number): Moment {
  // ECMA-262 specifies this format: "Thu, 03 Dec 2026 14:05:00 GMT".
  const [weekday, day, month, year, hour, minute] = new Date(ms).toUTCString().split(/,? |:/)
  return { weekday, day: String(Number(day)), month, year: String(Number(year)), hour, minute }
}

/** For texts that are read in all time zones, such as those of the inbox. */
export const utc: LocalTime = localTimeIn('UTC')
