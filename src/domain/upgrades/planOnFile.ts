import { defined } from '../defined.js'
import { hasHeight } from '../plans/dueAt.js'
import { canonical } from '../text/json.js'
import type { ProposalKey } from '../proposals/proposal.js'
import { isLive } from './queueOf.js'
import type { PlanOnFile, Upgrade } from './upgrade.js'
import { isCleanup, type WriteOutcome } from './writeOutcome.js'

type Upgrades = ReadonlyMap<ProposalKey, Upgrade>

/**
 * What the file will hold once what is due is written ahead of its height; noted before it is, for a crash may come
 * right after the writing.
 */
export function fileBefore(
  file: PlanOnFile | undefined,
  due: readonly Upgrade[],
  head: bigint,
): PlanOnFile | undefined {
  const ahead = due.filter(hasHeight).find(({ height }) => BigInt(height) > head)
  return ahead === undefined ? file : onFile(ahead)
}

/** What the file holds of ours after the writer's answer. What could not be taken back is still there. */
export function fileAfter(
  file: PlanOnFile | undefined,
  outcome: WriteOutcome,
  upgrades: Upgrades,
): PlanOnFile | undefined {
  if (isCleanup(outcome)) return outcome.result === 'stuck' || file?.key !== outcome.key ? file : undefined
  if (outcome.result !== 'written' && outcome.result !== 'unchanged') return file
  const plan = outcome.plan ?? upgrades.get(outcome.key)
  if (plan === undefined || !hasHeight(plan)) return file
  const revision = upgrades.get(outcome.key)?.revision
  return onFile({ key: outcome.key, name: plan.name, height: plan.height, ...defined({ revision }) })
}

/**
 * The plan that has to be taken back: it was written ahead, and is off by now or has to make room. Known from the
 * state alone, so that neither a crash nor a disk that fails leaves it there. At the height it is too late for that.
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

/** A plan of the same name and height whose info has changed since is another: only a fresh file carries it. */
function isOf({ key, name, height, revision }: PlanOnFile, upgrade: Upgrade, upgrades: Upgrades): boolean {
  const writer = upgrades.get(key)
  const isChanged =
    writer !== undefined &&
    ((revision !== undefined && writer.revision !== revision) ||
      canonical(writer.info ?? null) !== canonical(upgrade.info ?? null))
  return name === upgrade.name && height === upgrade.height && !isChanged
}

/**
 * The plan of a completed upgrade that the file still holds: its reader would apply it again at the next crash. A
 * command that is owed after the writing finds the file in its place first.
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
 * The upgrade that a file is left over from: it carries the plan of a cancelled one, or of one that was refused after
 * it was scheduled, for it may have been written in the moment before a crash; or what a scheduled one meant before it
 * was moved, and its height is still to come. None where the plan stands for any upgrade that is not off.
 */
export function leftOverUpgrade(
  plan: Pick<PlanOnFile, 'name' | 'height'>,
  upgrades: Upgrades,
  head: bigint,
): Upgrade | undefined {
  const all = [...upgrades.values()]
  const same = all.filter(({ name, height }) => name === plan.name && height === plan.height)
  if (same.length > 0) return same.every(isOff) ? same[0] : undefined
  if (BigInt(plan.height) <= head) return undefined
  return all.find(({ status, name, revision }) => status === 'scheduled' && revision > 1 && name === plan.name)
}

/** True where some upgrade is off, or was moved, so that a file may be left over from it. */
export function mayBeLeftOver(upgrades: Upgrades): boolean {
  return [...upgrades.values()].some(
    (upgrade) => isOff(upgrade) || (upgrade.status === 'scheduled' && upgrade.revision > 1),
  )
}

/** Off though a file of it may be there. */
function isOff({ status, scheduledAt, blocked }: Upgrade): boolean {
  return status === 'cancelled' || (status === 'refused' && scheduledAt !== undefined && blocked !== true)
}

function onFile({ key, name, height, revision }: PlanOnFile): PlanOnFile {
  return { key, name, height, ...defined({ revision }) }
}
