import type { SendRate } from '../../channels/Channel.js'

/** Keeps the tries of a handler, and all requests of each, within a rate. Times are host clock, Unix milliseconds. */
export interface Pacer {
  /**
   * Where nothing was sent yet: goes on, at `now`, with what a process of before sent. Asks once when its deliveries
   * ended since a time, oldest first.
   */
  readonly resume: (now: number, sentSince: (since: number) => readonly number[]) => void
  /** How long a try has to wait at `now`, in milliseconds. */
  readonly waitMs: (now: number) => number
  /**
   * How long what can wait has to wait at `now`, in milliseconds: it takes half of the rate, so that something else can
   * go at any time.
   */
  readonly spareWaitMs: (now: number) => number
  /** Counts a try made at `now`: its first request is that. */
  readonly begin: (now: number) => void
  /**
   * Counts a request of the try under way, and says how long it has to wait at `now`, in milliseconds. Asked again
   * after that wait, it says how much longer: others of its service may not be answered yet.
   */
  readonly request: (now: number) => number
  /** Ends the request under way at `now`: nobody knows when it arrived, but it was no later. */
  readonly answered: (now: number) => void
  /** Takes back the request that waits: it never went. */
  readonly dropped: () => void
  /** How long the requests of the try under way had to wait, in milliseconds. */
  readonly waited: () => number
}

const unlimited: SendRate = { count: Infinity, perMs: 0 }

// More than any rate counts: who takes over may have a wider one.
const mostKept = 10_000

/**
 * No more than `count` arrive in any span of `perMs`, wherever it begins. Without a rate nothing waits, but what
 * is sent is noted as well: one with a rate may take over.
 *
 * @param times - When the newest requests arrived at the latest, oldest first: it goes on with them, and keeps them up
 *   to date, so that another pacer that takes over begins with no burst, and pacers of one service that work at the
 *   same time keep within the rate together. @defaultValue none was made
 * @param unanswered - When those go, or went, that are not answered yet, of all pacers that share them.
 *   @defaultValue none is under way
 */
export function createPacer(rate: SendRate | undefined, times: number[] = [], unanswered: number[] = []): Pacer {
  const { count, perMs } = rate ?? unlimited
  let isResumed = rate === undefined || times.length > 0
  const own = ownRequest(times, unanswered)
  let waited = 0

  /** Until there are fewer than `most` of the newest requests within the span, without those that go after `last`. */
  function waitFor(most: number, span: number, now: number, last = Infinity): number {
    comeBack(times, now, perMs)
    comeBack(unanswered, now, perMs * unanswered.length)
    // Where the clock steps back, no wait is longer than the span.
    const sent = times.slice(-most).map((time) => Math.min(time, now))
    // It may arrive at any time from now on.
    const underWay = unanswered.filter((time) => time <= last).map((time) => Math.max(time, now))
    const oldest = [...sent, ...underWay].toSorted(byTime).at(-most)
    return oldest === undefined ? 0 : Math.max(0, oldest + span - now)
  }
  // Half of one is one in twice the time.
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
      // The wait of a try was over when it began.
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

/** The request under way of one handler, as it is noted in lists that others may share. */
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
  /** What went, and nobody has told of as answered, counts from then on: its try is over. */
  function settle(now: number): void {
    if (own?.list !== unanswered || own.time > now) return
    const { time } = own
    take()
    addInOrder(times, time)
  }
  return {
    /** Takes back what is noted. */
    take,
    settle,
    begin: (now: number): void => note({ list: times, time: now, isBegun: true }),
    ask: (now: number, wait: number): void =>
      note({ list: unanswered, time: now + wait, ...(wait > 0 && { waits: true }) }),
    /** Makes room for a request: the first one of a try, the one that waits, which was to go at `last`, or another. */
    leave: (now: number) => {
      const { isBegun = false, waits = false, time } = own ?? { time: now }
      // It goes a little after its try began.
      if (isBegun || waits) take()
      else settle(now)
      return { isBegun, last: waits ? time : Infinity }
    },
  }
}

/**
 * What lies further ahead than any wait was noted before the clock stepped back, maybe by a process of before: it
 * counts as sent now, or each of so many would cost a whole span.
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
