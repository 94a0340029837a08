import type { ProposalKey } from './proposal.js'
import { isLive } from './queueOf.js'
import { isRemoval, type PlanOnFile, type Upgrade, type WriteOutcome } from './upgrade.js'

type Upgrades = ReadonlyMap<ProposalKey, Upgrade>

/**
 * What the file will hold once what is due is written ahead of its height; noted before it is, for a crash may come
 * right after the writing.
 */
export function fileBefore(file: PlanOnFile | undefined, due: readonly Upgrade[], head: bigint): PlanOnFile | undefined {
  const ahead = due.find(({ height }) => BigInt(height) > head)
  return ahead === undefined ? file : onFile(ahead)
}

/** What the file holds of ours after the writer's answer. What could not be taken back is still there. */
export function fileAfter(file: PlanOnFile | undefined, outcome: WriteOutcome, upgrades: Upgrades): PlanOnFile | undefined {
  if (isRemoval(outcome)) return outcome.result === 'stuck' ? file : undefined
  if (outcome.result !== 'written' && outcome.result !== 'unchanged') return file
  const plan = outcome.plan ?? upgrades.get(outcome.key)
  return plan === undefined ? file : onFile({ key: outcome.key, name: plan.name, height: plan.height })
}

/**
 * The plan that has to be taken back: it was written ahead, and is off by now or has to make room. Known from the
 * state alone, so that neither a crash nor a disk that fails leaves it there. At the height it is too late for that.
 */
export function staleFile(file: PlanOnFile | undefined, upgrades: Upgrades, due: readonly Upgrade[], head: bigint): PlanOnFile | undefined {
  if (file === undefined || head >= BigInt(file.height)) return undefined
  const written = [...upgrades.values()].filter((upgrade) => isLive(upgrade) && upgrade.writtenAt !== undefined)
  return [...written, ...due].some(({ name, height }) => name === file.name && height === file.height) ? undefined : file
}

function onFile({ key, name, height }: PlanOnFile): PlanOnFile {
  return { key, name, height }
}
