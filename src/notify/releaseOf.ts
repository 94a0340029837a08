import type { Deadline } from './deadlineOf.js'

/** How a burst becomes one message. Times are in milliseconds. */
export interface Grouping {
  /** Keys of a match: notifications with the same values of all of them form a group. */
  readonly by: readonly string[]
  /** Time from the first notification of a group to its message. */
  readonly wait: number
  /** Minimum time from one message of a group to the next. */
  readonly interval: number
}

/** When a rule releases notifications. All times are Unix milliseconds. */
export interface ReleaseRules {
  readonly group?: Grouping | undefined
  /** Returns the next time of the digest after a moment. */
  readonly digestAfter?: ((after: number) => number | undefined) | undefined
  /** Returns the first moment at or after the given one that is outside of the quiet hours. */
  readonly afterQuiet?: ((at: number) => number) | undefined
}

/** When a notification that is not critical is released, and whether it is bundled with others into one message. */
export interface Release {
  readonly at: number
  readonly isBundled: boolean
  /** True if nobody is to hear of it until then: quiet hours or a digest hold it, and not a group alone. */
  readonly isQuiet: boolean
}

/**
 * Returns when a notification that arrives `now` is released by the rules. Returns undefined if it is sent at once,
 * also because it would otherwise come after its deadline or the deadline is unknown. `last` is the latest release of
 * its group, past or planned; a planned one takes this notification along.
 */
export function releaseOf(
  { group, digestAfter, afterQuiet = (at) => at }: ReleaseRules,
  now: number,
  { deadline, last }: { readonly deadline?: Deadline | undefined; readonly last?: number | undefined },
): Release | undefined {
  const digest = digestAfter?.(now)
  const wanted = digest ?? (group === undefined ? now : groupRelease(group, now, last, afterQuiet))
  const at = afterQuiet(wanted)
  if (at <= now || deadline === 'unknown' || (deadline !== undefined && at >= deadline)) return undefined
  return {
    at,
    isBundled: digest !== undefined || group !== undefined,
    isQuiet: digest !== undefined || at !== wanted,
  }
}

function groupRelease(
  { wait, interval }: Grouping,
  now: number,
  last: number | undefined,
  afterQuiet: (at: number) => number,
): number {
  // `last` is further ahead than any release can be: the clock was set back.
  if (last === undefined || last > afterQuiet(now + Math.max(wait, interval))) return now + wait
  return last > now ? last : Math.max(now + wait, last + interval)
}
