import type { Announcement } from '../chainState.js'
import type { Preflight } from '../readiness/check.js'
import { dueJson, dueMark } from '../plans/dueAt.js'
import { shownPlanName } from '../plans/plan.js'
import { isoOf, isoOfMs } from '../text/time.js'
import { proposalOf, type Upgrade } from '../upgrades/upgrade.js'
import { draftNotification } from './announcement.js'

/** What a look before a height came to. `time` is chain time, Unix seconds. */
export interface PreflightHappening {
  /** The upgrade as it was when the look was asked for. */
  readonly before: Upgrade
  readonly found: Pick<Preflight, 'verdict' | 'checks' | 'checkedAt'>
  readonly time: bigint
}

const maxChecks = 20

/**
 * Tells once for each lead how an upgrade stands; of a look in between only where the verdict is another one. What
 * could not be seen is told with the event of what is not ready, less urgently.
 */
export function announcePreflight({ before, found, time }: PreflightHappening): readonly Announcement[] {
  const { key, chain, contract, preflight } = before
  const { verdict, checks, checkedAt } = found
  const lead = preflight?.owed ?? 'again'
  if (lead === 'again' && verdict === preflight?.verdict) return []
  const shown = checks.slice(0, maxChecks)
  const { notification, ...rest } = draftNotification({
    chain,
    event: verdict === 'ready' ? 'preflight_passed' : 'preflight_failed',
    subject: key,
    // A look in between has a moment of its own: it may turn more than once.
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
    },
  })
  return [{ ...rest, notification: verdict === 'unknown' ? { ...notification, priority: 'high' } : notification }]
}
