import { defined } from '../../../domain/defined.js'
import type { Head } from '../../../domain/blocks/head.js'
import { type ReportedFork, settlesAfter } from './cursor.js'
import { type Fork, isSameFork } from './decode.js'

/** What a node says about its forks in one answer. */
export type Statement = Pick<ReportedFork, 'name' | 'current' | 'next' | 'last'>

/**
 * Adds one answer of a node to what is stored about it. A statement counts at once if it follows from the one that
 * counted before: the node names a fork where it named none, or runs the fork that it named. A contradicting statement
 * counts once the node has repeated it for ten minutes, or, shortly before the time of a fork, for two polls. Servers
 * of two releases behind one address may answer alternately. What counts changes at most once in ten minutes, whatever
 * the node says.
 */
export function nextStatement(
  was: ReportedFork | undefined,
  { name, current, next, last }: Statement,
  head: Head,
): ReportedFork {
  const { timestamp: now } = head
  const statement: Statement = { name, current, ...defined({ next, last }) }
  const said: ReportedFork = { ...statement, ...readinessAt(was, statement, head) }
  if (was === undefined) return said
  const before = countingOf(was)
  const { changedAt } = was
  if (isSameStatement(before, statement)) return { ...said, ...defined({ changedAt }) }
  const isAsBefore = was.counting !== undefined && isSameStatement(was, statement)
  const since = isAsBefore ? was.counting.since : now
  const isNear = before.next !== undefined && before.current.id === current.id && now >= before.next.time - settlesAfter
  const mayChange = changedAt === undefined || now >= changedAt + settlesAfter
  if (now >= since + settlesAfter || (mayChange && (follows(before, statement) || (isAsBefore && isNear))))
    return { ...said, changedAt: now }
  const isUnsteady = was.counting !== undefined && (!isAsBefore || was.counting.isUnsteady === true)
  const counting = {
    current: before.current,
    ...defined({ next: before.next }),
    since,
    ...(isUnsteady && { isUnsteady }),
  }
  return { ...said, ...defined({ changedAt }), counting }
}

/**
 * The same with no time after `now`. If a head with a false time was given up, its times would keep the node's later
 * statements from counting.
 */
export function notAfter(said: ReportedFork, now: bigint): ReportedFork {
  const { changedAt, counting, named, lapsed } = said
  const capped = (time: bigint): bigint => (time > now ? now : time)
  return {
    ...said,
    ...(changedAt !== undefined && { changedAt: capped(changedAt) }),
    ...(counting !== undefined && { counting: { ...counting, since: capped(counting.since) } }),
    ...(named !== undefined && { named: { ...named, since: capped(named.since), seen: capped(named.seen) } }),
    ...(lapsed !== undefined && { lapsed: { ...lapsed, until: capped(lapsed.until) } }),
  }
}

/** The forks of a node that count. */
export function countingOf({ counting, ...said }: ReportedFork): Pick<Statement, 'current' | 'next'> {
  return counting ?? said
}

function isSameStatement(a: Pick<Statement, 'current' | 'next'>, b: Pick<Statement, 'current' | 'next'>): boolean {
  return a.current.id === b.current.id && (a.next === undefined ? b.next === undefined : isSame(a.next, b.next))
}

/** True if the node names a fork where it named none, or runs the fork that it named. */
function follows(before: Pick<Statement, 'current' | 'next'>, { current }: Statement): boolean {
  return current.id === before.current.id ? before.next === undefined : isSame(current, before.next)
}

function isSame(a: Fork, b: Fork | undefined): boolean {
  return b !== undefined && isSameFork(a, b)
}

/**
 * Since when the node has named its next fork without a gap, and until when it named another one for ten minutes or
 * more. So a node that was ready and no longer is gets reported again, but one that alternates does not.
 */
function readinessAt(
  was: ReportedFork | undefined,
  { current, next }: Statement,
  { timestamp: now }: Head,
): Pick<ReportedFork, 'named' | 'lapsed'> {
  const before = was?.named
  const isStill = before !== undefined && isSame(before, next)
  const hasLapsed =
    before !== undefined && !isStill && !isSame(before, current) && before.seen - before.since >= settlesAfter
  return defined({
    named: next === undefined ? undefined : { ...next, since: isStill ? before.since : now, seen: now },
    lapsed: hasLapsed ? { id: before.id, time: before.time, until: before.seen } : was?.lapsed,
  })
}
