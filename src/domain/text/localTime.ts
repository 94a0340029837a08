import { durationText } from './time.js'

/** Writes moments for one reader. All take ISO 8601; what is none comes back as it is. */
export interface LocalTime {
  /** Such as `Thu 3 Dec 2026 14:05 Europe/Berlin`. */
  readonly full: (iso: string) => string
  /**
   * A moment ahead as seen from another one: `in about 3 h 20 min, Thu 14:05 Europe/Berlin`, with the date where it is
   * six days off or more. One that is not ahead is written in full. `exact` leaves out the `about`.
   */
  readonly ahead: (iso: string, from: string, exact?: boolean) => string
}

const sixDays = 6 * 86_400

/**
 * Moments in a time zone of the IANA database, through its changes of the clock.
 *
 * @throws RangeError at the first moment, where there is no such zone.
 */
export function localTimeIn(timezone: string): LocalTime {
  let formatter: Intl.DateTimeFormat | undefined
  const partsOf = (ms: number): Readonly<Partial<Record<Intl.DateTimeFormatPartTypes, string>>> => {
    formatter ??= new Intl.DateTimeFormat('en-GB', {
      timeZone: timezone,
      hourCycle: 'h23',
      hour: '2-digit',
      minute: '2-digit',
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      year: 'numeric',
    })
    return Object.fromEntries(formatter.formatToParts(ms).map(({ type, value }) => [type, value]))
  }
  const short = (ms: number): string => {
    const { weekday, hour, minute } = partsOf(ms)
    return `${weekday} ${hour}:${minute} ${timezone}`
  }
  const long = (ms: number): string => {
    const { weekday, day, month, year, hour, minute } = partsOf(ms)
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

/** For texts that are read in all zones, such as those of the inbox. */
export const utc: LocalTime = localTimeIn('UTC')
