import type { SendRate } from '../../channels/Channel.js'

/**
 * Keeps the attempts of a handler, and all requests of each, within a rate. Times are host clock, Unix milliseconds.
 */
export interface Pacer {
  /**
   * If nothing was sent yet, continues at `now` with what an earlier process sent. It calls `sentSince` once for the
   * times at which its deliveries ended since a time, oldest first.
   */
  readonly resume: (now: number, sentSince: (since: number) => readonly number[]) => void
  /** How long an attempt must wait at `now`, in milliseconds. */
  readonly waitMs: (now: number) => number
  /**
   * How long work that can wait must wait at `now`, in milliseconds. Such work uses only half of the rate, so that
   * other requests can go at any time.
   */
  readonly spareWaitMs: (now: number) => number
  /** Counts an attempt that starts at `now`; this is also its first request. */
  readonly begin: (now: number) => void
  /**
   * Counts a request of the current attempt and returns how long it must wait at `now`, in milliseconds. Called again
   * after that wait, it returns the remaining wait, because other requests to the service may still be unanswered.
   */
  readonly request: (now: number) => number
  /** Ends the current request at `now`. Its exact time of arrival is unknown, but it was no later. */
  readonly answered: (now: number) => void
  /** Removes the waiting request, because it was never sent. */
  readonly dropped: () => void
  /** How long the requests of the current attempt had to wait in all, in milliseconds. */
  readonly waited: () => number
}

const unlimited: SendRate = { count: Infinity, perMs: 0 }

// Maximum number of times kept. It exceeds what any rate counts, because a successor may have a wider rate.
const mostKept = 10_000

/**
 * Lets no more than `count` requests arrive in any span of `perMs`. Without a rate nothing waits, but requests are
 * recorded all the same, because a successor may have a rate.
 *
 * @param times - The latest times at which recent requests arrived, oldest first. The pacer continues with them and
 * keeps them up to date, so that a successor starts without a burst and several pacers of one service share its rate.
 * @defaultValue no requests
 * @param unanswered - The send times of requests that are not answered yet, from all pacers that share the list.
 * @defaultValue no requests
 */
export function createPacer(rate: SendRate | undefined, times: number[] = [], unanswered: number[] = []): Pacer {
  const { count, perMs } = rate ?? unlimited
  let isResumed = rate === undefined || times.length > 0
  const own = ownRequest(times, unanswered)
  let waited = 0

  /** How long until fewer than `most` requests fall into the span; requests sent after `last` are ignored. */
  function waitFor(most: number, span: number, now: number, last = Infinity): number {
    comeBack(times, now, perMs)
    comeBack(unanswered, now, perMs * unanswered.length)
    // If the clock was set back, no wait exceeds the span.
    const sent = times.slice(-most).map((time) => Math.min(time, now))
    // A request under way may arrive at any time from now on.
    const underWay = unanswered.filter((time) => time <= last).map((time) => Math.max(time, now))
    const oldest = [...sent, ...underWay].toSorted(byTime).at(-most)
    return oldest === undefined ? 0 : Math.max(0, oldest + span - now)
  }
  // Half of one request for each span is one request in two spans.
  const [half, halfPerMs] = count === 1 ? [1, 2 * perMs] : [Math.floor(count / 2), perMs]
  return {
    resume: (now, sentSince) => {
      if (isResumed) return
      for (const time of sentSince(now - 2 * perMs).slice(-mostKept)) addInOrder(times, time)
      isResumed = true
    },
    waitMs: (now) => {
      own.settle(now)
      return Math.min(perMs, waitFor(count, perMs, now))
    },
    spareWaitMs: (now) => {
      own.settle(now)
      return Math.min(halfPerMs, waitFor(half, halfPerMs, now))
    },
    begin: (now) => {
      own.settle(now)
      own.begin(now)
      waited = 0
    },
    request: (now) => {
      const { last, isBegun } = own.leave(now)
      // The attempt has already waited, so its first request need not wait.
      const wait = isBegun ? 0 : waitFor(count, perMs, now, last)
      own.ask(now, wait)
      waited += wait
      return wait
    },
    answered: (now) => {
      own.take()
      addInOrder(times, now)
    },
    dropped: own.take,
    waited: () => waited,
  }
}

interface Noted {
  readonly list: number[]
  readonly time: number
  readonly isBegun?: true
  readonly waits?: true
}

/** The current request of one handler, recorded in lists that others may share. */
function ownRequest(times: number[], unanswered: number[]) {
  let own: Noted | undefined
  function note(next: Noted): void {
    own = next
    addInOrder(next.list, next.time)
  }
  function take(): void {
    const at = own?.list.lastIndexOf(own.time) ?? -1
    if (at >= 0) own?.list.splice(at, 1)
    own = undefined
  }
  /** Counts a sent request as arrived if its attempt ended without an answer. */
  function settle(now: number): void {
    if (own?.list !== unanswered || own.time > now) return
    const { time } = own
    take()
    addInOrder(times, time)
  }
  return {
    /** Removes the recorded request. */
    take,
    settle,
    begin: (now: number): void => note({ list: times, time: now, isBegun: true }),
    ask: (now: number, wait: number): void =>
      note({ list: unanswered, time: now + wait, ...(wait > 0 && { waits: true }) }),
    /**
     * Prepares for the next request. It is the first one of an attempt, the waiting one that was to go at `last`, or
     * another one.
     */
    leave: (now: number) => {
      const { isBegun = false, waits = false, time } = own ?? { time: now }
      // The first request is sent shortly after the attempt began.
      if (isBegun || waits) take()
      else settle(now)
      return { isBegun, last: waits ? time : Infinity }
    },
  }
}

/**
 * Corrects times so far ahead that they must have been recorded before the clock was set back, perhaps by an earlier
 * process. They count as sent now; otherwise each of them would delay a request by a whole span.
 */
function comeBack(list: number[], now: number, most: number): void {
  if (!list.some((time) => time > now + most)) return
  list.splice(0, list.length, ...list.map((time) => Math.min(time, now)).toSorted(byTime))
}

function addInOrder(list: number[], time: number): void {
  list.splice(list.findLastIndex((other) => other <= time) + 1, 0, time)
  if (list.length > mostKept) list.shift()
}

function byTime(one: number, other: number): number {
  return one - other
}
