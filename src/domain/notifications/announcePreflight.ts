import type { BlockTime } from '../blocks/blockTime.js'
import type { Head } from '../blocks/head.js'
import type { Announcement } from '../chainState.js'
import type { Preflight } from '../readiness/check.js'
import { distanceOf, dueJson, dueMark } from '../plans/dueAt.js'
import { shownPlanName } from '../plans/plan.js'
import { isoOf, isoOfMs } from '../text/time.js'
import { proposalOf, type Upgrade } from '../upgrades/upgrade.js'
import { draftNotification } from './announcement.js'

/** The result of a preflight check. `time` is chain time, Unix seconds. */
export interface PreflightHappening {
  /** The upgrade as it was when the check was requested. */
  readonly before: Upgrade
  readonly found: Pick<Preflight, 'verdict' | 'checks' | 'checkedAt'>
  readonly time: bigint
}

/** What is known of the chain at that time. */
export interface PreflightScope {
  readonly head?: Head | undefined
  readonly blockTime?: BlockTime | undefined
}

const maxChecks = 20

/**
 * Announces the state of an upgrade once for each lead; a check in between is announced only if its verdict differs.
 * The verdict `unknown` uses the event of `not_ready`, with a lower priority.
 */
export function announcePreflight(
  { before, found, time }: PreflightHappening,
  { head, blockTime }: PreflightScope = {},
): readonly Announcement[] {
  const { key, chain, contract, preflight } = before
  const { verdict, checks, checkedAt } = found
  const lead = preflight?.owed ?? 'again'
  if (lead === 'again' && verdict === preflight?.verdict) return []
  const { blocksLeft, eta } = (head && distanceOf(before, head, blockTime)) ?? {}
  const shown = checks.slice(0, maxChecks)
  const { notification, ...rest } = draftNotification({
    chain,
    event: verdict === 'ready' ? 'preflight_passed' : 'preflight_failed',
    subject: key,
    // A check in between is identified by its time, because the verdict may change more than once.
    fact: `${before.name}@${dueMark(before)}.${before.revision}.${lead === 'again' ? checkedAt : lead}`,
    timestamp: isoOf(time),
    data: {
      key,
      contract,
      proposalId: proposalOf(before) ?? null,
      name: shownPlanName(before),
      ...dueJson(before),
      verdict,
      lead: lead === 'again' ? null : lead,
      checks: shown.map(({ id, verdict: own, reason, todo }) => ({ id, verdict: own, reason, todo: todo ?? null })),
      checkedAt: isoOfMs(checkedAt),
      blocksLeft: blocksLeft?.toString() ?? null,
      eta: eta === undefined ? null : isoOf(eta),
    },
  })
  return [{ ...rest, notification: verdict === 'unknown' ? { ...notification, priority: 'high' } : notification }]
}
