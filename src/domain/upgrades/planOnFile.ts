import { defined } from '../defined.js'
import { hasHeight } from '../plans/dueAt.js'
import { isNamedInFile } from '../plans/isNamedInFile.js'
import { canonical } from '../text/json.js'
import type { ProposalKey } from '../proposals/proposal.js'
import type { ResolvedPlanOptions } from './planOptions.js'
import { isLive } from './queueOf.js'
import { carriesPlan } from './schedule/draftUpgrade.js'
import type { PlanOnFile, Upgrade } from './upgrade.js'
import { isCleanup, type WriteOutcome } from './writeOutcome.js'

type Upgrades = ReadonlyMap<ProposalKey, Upgrade>

/**
 * Returns what the file will hold once the due upgrades are written ahead of their height. It is recorded before the
 * writing, because a crash may follow right after it.
 */
export function fileBefore(
  file: PlanOnFile | undefined,
  due: readonly Upgrade[],
  head: bigint,
): PlanOnFile | undefined {
  const ahead = due.filter(hasHeight).find(({ height }) => BigInt(height) > head)
  return ahead === undefined ? file : onFile(ahead)
}

/**
 * Returns the plan of ours that the file holds after the writer's answer. A plan that could not be removed is still
 * there. If the plan of the upgrade has changed while its file was being written, the file is of a former revision.
 */
export function fileAfter(
  file: PlanOnFile | undefined,
  outcome: WriteOutcome,
  upgrades: Upgrades,
): PlanOnFile | undefined {
  if (isCleanup(outcome)) return outcome.result === 'stuck' || file?.key !== outcome.key ? file : undefined
  if (outcome.result !== 'written' && outcome.result !== 'unchanged') return file
  const upgrade = upgrades.get(outcome.key)
  const plan = outcome.plan ?? upgrade
  if (plan === undefined || !hasHeight(plan)) return file
  const revision = upgrade && (carriesPlan(upgrade, plan) ? upgrade.revision : upgrade.revision - 1)
  return onFile({ key: outcome.key, name: plan.name, height: plan.height, ...defined({ revision }) })
}

/**
 * Returns the plan whose file must be removed: it was written ahead, and was cancelled or must yield to another plan.
 * It is derived from the state alone, so that a crash or a disk error does not leave the file there. From the height on
 * it is too late to remove it.
 */
export function staleFile(
  file: PlanOnFile | undefined,
  upgrades: Upgrades,
  due: readonly Upgrade[],
  head: bigint,
): PlanOnFile | undefined {
  if (file === undefined || head >= BigInt(file.height)) return undefined
  const written = [...upgrades.values()].filter((upgrade) => isLive(upgrade) && upgrade.writtenAt !== undefined)
  return [...written, ...due].some((upgrade) => isOf(file, upgrade, upgrades)) ? undefined : file
}

/**
 * True if the plan of a stale file still stands, so that the file is only in the way of a lower plan. It stays until
 * that one is about to be written: a single node may have invented the lower plan.
 */
export function isOnlyInTheWay(stale: PlanOnFile, upgrades: Upgrades): boolean {
  const upgrade = upgrades.get(stale.key)
  return upgrade?.status === 'scheduled' && isOf(stale, upgrade, upgrades)
}

/**
 * Returns false if the info of the plan has changed since, even with the same name and height: then a new file is
 * needed.
 */
function isOf({ key, name, height, revision }: PlanOnFile, upgrade: Upgrade, upgrades: Upgrades): boolean {
  const writer = upgrades.get(key)
  const isChanged =
    writer !== undefined &&
    ((revision !== undefined && writer.revision !== revision) ||
      canonical(writer.info ?? null) !== canonical(upgrade.info ?? null))
  return name === upgrade.name && height === upgrade.height && !isChanged
}

/**
 * Returns the plan of a completed upgrade that the file still holds. The reader of the file would apply it again at the
 * next crash. The file stays until the command that is owed after the writing has run.
 */
export function finishedFile(file: PlanOnFile | undefined, upgrades: Upgrades): PlanOnFile | undefined {
  const upgrade = file === undefined ? undefined : upgrades.get(file.key)
  return upgrade?.status === 'completed' &&
    upgrade.hook !== 'owed' &&
    upgrade.name === file?.name &&
    upgrade.height === file.height
    ? file
    : undefined
}

/**
 * Returns the upgrade that a file is left over from. That is a cancelled upgrade with the plan of the file, or one that
 * was refused after it was scheduled, because the file may have been written just before a crash. It is also a
 * scheduled upgrade that was moved, if it had this plan before, or had another one and the height of the file is still
 * ahead. Returns `undefined` if the plan belongs to any upgrade that still applies.
 */
export function leftOverUpgrade(
  plan: Pick<PlanOnFile, 'name' | 'height'>,
  upgrades: Upgrades,
  head: bigint,
  profile?: ResolvedPlanOptions['profile'],
): Upgrade | undefined {
  const all = [...upgrades.values()]
  const isNamed = ({ name }: Pick<Upgrade, 'name'>): boolean => isNamedInFile(plan.name, name, profile)
  const same = all.filter((one) => isNamed(one) && one.height === plan.height)
  if (same.length > 0) return same.every(isVoid) ? same[0] : undefined
  const isAhead = BigInt(plan.height) > head
  return all.find(
    (one) =>
      one.status === 'scheduled' &&
      one.revision > 1 &&
      (isAhead
        ? isNamed(one)
        : one.formerPlans?.some((former) => isNamed(former) && former.height === plan.height) === true),
  )
}

/** Returns true if an upgrade was cancelled, refused or moved, so that a file may be left over from it. */
export function mayBeLeftOver(upgrades: Upgrades): boolean {
  return [...upgrades.values()].some(
    (upgrade) => isVoid(upgrade) || (upgrade.status === 'scheduled' && upgrade.revision > 1),
  )
}

/** Returns true if the upgrade no longer applies, although its file may exist. */
function isVoid({ status, scheduledAt, blocked }: Upgrade): boolean {
  return status === 'cancelled' || (status === 'refused' && scheduledAt !== undefined && blocked !== true)
}

function onFile({ key, name, height, revision }: PlanOnFile): PlanOnFile {
  return { key, name, height, ...defined({ revision }) }
}
