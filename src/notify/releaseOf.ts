import type { Deadline } from './deadlineOf.js'

/** How a burst becomes one message. Milliseconds. */
export interface Grouping {
  /** Keys of a match: what is equal in all of them goes together. */
  readonly by: readonly string[]
  /** From the first notification of a group to its message. */
  readonly wait: number
  /** At least, from one message of a group to the next. */
  readonly interval: number
}

/** When the rule lets something out. All times are Unix milliseconds. */
export interface ReleaseRules {
  readonly group?: Grouping | undefined
  /** The next time of the digest after a moment. */
  readonly digestAfter?: ((after: number) => number | undefined) | undefined
  /** The first moment, at or after one, outside of the quiet hours. */
  readonly afterQuiet?: ((at: number) => number) | undefined
}

/** When a notification that is not critical comes out, and whether with others as one message. */
export interface Release {
  readonly at: number
  readonly isBundled: boolean
}

/**
 * When a notification of `now` comes out by the rules; undefined: at once, also because it would come out after its own
 * deadline. `last` is when its group was last to come out: what is not out yet, it joins.
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
  return { at, isBundled: digest !== undefined || group !== undefined }
}

function groupRelease(
  { wait, interval }: Grouping,
  now: number,
  last: number | undefined,
  afterQuiet: (at: number) => number,
): number {
  // Further ahead than it could be: the clock has stepped back.
  if (last === undefined || last > afterQuiet(now + Math.max(wait, interval))) return now + wait
  return last > now ? last : Math.max(now + wait, last + interval)
}
