import type { Announcement, ChainState } from '../chainState.js'
import { draftNotification } from './announcement.js'
import { dueJson, dueMark } from '../plans/dueAt.js'
import { shownPlanName } from '../plans/plan.js'
import { isoOf } from '../text/time.js'
import { announcePreflight, type PreflightScope } from './announcePreflight.js'
import { isAbout } from '../upgrades/withPreflight.js'
import { isBlocked, type PlanOnFile, proposalOf, type Upgrade } from '../upgrades/upgrade.js'
import type { FileNews, WriteOutcome } from '../upgrades/writeOutcome.js'

/** A fact about the file that may be announced. `time` is chain time, Unix seconds. */
export type FileHappening =
  /** `hostTime`, Unix milliseconds, distinguishes this run from others. */
  | {
      readonly of: 'hook'
      readonly upgrade: Upgrade
      readonly run: NonNullable<Extract<FileNews, { result: 'hooked' }>['run']>
      readonly time: bigint
      readonly hostTime: number
    }
  /** `before`: the upgrade as it was when the check was requested. */
  | {
      readonly of: 'preflight'
      readonly before: Upgrade
      readonly found: Extract<FileNews, { result: 'preflighted' }>['found']
      readonly time: bigint
    }
  | {
      readonly of: 'leftover'
      readonly chain: string
      readonly plan: PlanOnFile
      readonly path: string
      readonly reason: string
      readonly time: bigint
    }

/**
 * Returns the fact about the file in a writer's answer: a leftover file that stays, a command that has run, or a
 * preflight check. `time` is chain time, `hostTime` Unix milliseconds.
 */
export function fileHappeningOf(
  { chain, upgrades, file }: ChainState,
  outcome: WriteOutcome,
  { time, hostTime }: { readonly time: bigint; readonly hostTime: number },
): FileHappening | undefined {
  if (outcome.result === 'found') {
    const { key, name, height, path, reason } = outcome
    return { of: 'leftover', chain, plan: { key, name, height }, path, reason, time }
  }
  if (outcome.result === 'stuck' && file?.key === outcome.key) {
    const { path, reason } = outcome
    return { of: 'leftover', chain, plan: file, path, reason, time }
  }
  if (outcome.result === 'preflighted') {
    const before = upgrades.get(outcome.key)
    const { found, plan } = outcome
    // A check that ends after its upgrade is not announced: no later notification would close the alert.
    if (before === undefined || !isAbout(before, plan) || !isToCome(before)) return undefined
    return { of: 'preflight', before, found, time }
  }
  if (outcome.result !== 'hooked' || outcome.run === undefined) return undefined
  const upgrade = upgrades.get(outcome.key)
  return upgrade === undefined ? undefined : { of: 'hook', upgrade, run: outcome.run, time, hostTime }
}

function isToCome(upgrade: Upgrade): boolean {
  return upgrade.status === 'scheduled' || upgrade.status === 'in_progress' || isBlocked(upgrade)
}

/**
 * Announces the result of a preflight check or of the command after a writing, and, once for each plan, a leftover
 * file.
 */
export function announceFile(happening: FileHappening, scope: PreflightScope = {}): readonly Announcement[] {
  if (happening.of === 'preflight') return announcePreflight(happening, scope)
  return [happening.of === 'hook' ? announceHook(happening) : announceLeftover(happening)]
}

function announceHook({ upgrade, run, time, hostTime }: Extract<FileHappening, { of: 'hook' }>): Announcement {
  const { key, chain, contract } = upgrade
  return draftNotification({
    chain,
    event: run.ok ? 'hook_ran' : 'hook_failed',
    subject: key,
    remembered: false,
    fact: `${upgrade.name}@${dueMark(upgrade)}.${hostTime}`,
    timestamp: isoOf(time),
    data: {
      key,
      contract,
      proposalId: proposalOf(upgrade) ?? null,
      name: shownPlanName(upgrade),
      ...dueJson(upgrade),
      status: upgrade.status,
      summary: run.summary,
      output: run.output,
      ms: run.ms,
    },
  })
}

function announceLeftover({
  chain,
  plan,
  path,
  reason,
  time,
}: Extract<FileHappening, { of: 'leftover' }>): Announcement {
  return draftNotification({
    chain,
    event: 'file_stale',
    subject: plan.key,
    fact: `${plan.name}@${plan.height}`,
    timestamp: isoOf(time),
    data: { name: shownPlanName(plan), height: plan.height, path, reason },
  })
}
