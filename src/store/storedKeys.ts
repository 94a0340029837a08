import type { ChainState } from '../domain/chainState.js'
import { defined } from '../domain/defined.js'
import type { PlanOnFile, Upgrade } from '../domain/upgrades/upgrade.js'

// The keys in rows stay the same when properties are renamed, because older and newer versions must read each other's
// rows. Every renamed property is mapped here in both directions.

/** The row of a chain: its state without the parts that have their own rows. */
export type ChainRow = Omit<ChainState, 'proposals' | 'upgrades' | 'announcedIds' | 'archive'>

type StoredPlanOnFile = Omit<PlanOnFile, 'revision'> & { readonly round?: number }

/** A {@link ChainRow} with the keys used in the file. */
export type StoredChain = Omit<ChainRow, 'caughtUpAt' | 'proposalsReadTo' | 'file'> & {
  readonly watched?: NonNullable<ChainState['caughtUpAt']>
  readonly readTo?: bigint
  readonly file?: StoredPlanOnFile
}

/** An upgrade with the keys used in the file. */
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
