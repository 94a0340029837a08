import type { ChainState } from '../domain/chainState.js'
import { defined } from '../domain/defined.js'
import type { PlanOnFile, Upgrade } from '../domain/upgrades/upgrade.js'

// The keys of a row outlive the names in the program: an older version must still read what this one writes, and the
// other way round. Every property that was renamed is mapped here, in both directions.

/** What the row of a chain holds: its state without what has rows of its own. */
export type ChainRow = Omit<ChainState, 'proposals' | 'upgrades' | 'announcedIds' | 'archive'>

type StoredPlanOnFile = Omit<PlanOnFile, 'revision'> & { readonly round?: number }

/** A {@link ChainRow} under the keys of the file. */
export type StoredChain = Omit<ChainRow, 'caughtUpAt' | 'proposalsReadTo' | 'file'> & {
  readonly watched?: NonNullable<ChainState['caughtUpAt']>
  readonly readTo?: bigint
  readonly file?: StoredPlanOnFile
}

/** An upgrade under the keys of the file. */
export type StoredUpgrade = Omit<Upgrade, 'revision'> & { readonly round: number }

export function storedChainOf({ caughtUpAt, proposalsReadTo, file, ...row }: ChainRow): StoredChain {
  return { ...row, ...defined({ watched: caughtUpAt, readTo: proposalsReadTo, file: file && storedFileOf(file) }) }
}

export function chainOf({ watched, readTo, file, ...row }: StoredChain): ChainRow {
  return { ...row, ...defined({ caughtUpAt: watched, proposalsReadTo: readTo, file: file && fileOf(file) }) }
}

export function storedUpgradeOf({ revision, ...upgrade }: Upgrade): StoredUpgrade {
  return { ...upgrade, round: revision }
}

export function upgradeOf({ round, ...upgrade }: StoredUpgrade): Upgrade {
  return { ...upgrade, revision: round }
}

function storedFileOf({ revision, ...file }: PlanOnFile): StoredPlanOnFile {
  return { ...file, ...defined({ round: revision }) }
}

function fileOf({ round, ...file }: StoredPlanOnFile): PlanOnFile {
  return { ...file, ...defined({ revision: round }) }
}
