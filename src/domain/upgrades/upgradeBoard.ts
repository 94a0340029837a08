import type { ProposalKey } from '../proposals/proposal.js'
import { isBlocked, type Upgrade } from './upgrade.js'

/**
 * The upgrades of a chain while one event moves them: copied only where something changes, and with those apart that
 * can move by themselves or stand in the way of others. They are few, whatever anybody proposes.
 */
export interface UpgradeBoard {
  /** All of them, as they are now. */
  readonly all: () => ReadonlyMap<ProposalKey, Upgrade>
  /** Waiting, in progress, failed, completed, or held up by the file. */
  readonly acting: ReadonlyMap<ProposalKey, Upgrade>
  readonly get: (key: ProposalKey) => Upgrade | undefined
  readonly put: (upgrade: Upgrade) => void
  readonly remove: (key: ProposalKey) => void
}

export function upgradeBoard(upgrades: ReadonlyMap<ProposalKey, Upgrade>): UpgradeBoard {
  const acting = new Map<ProposalKey, Upgrade>()
  for (const [key, upgrade] of upgrades) if (isActing(upgrade)) acting.set(key, upgrade)
  let copy: Map<ProposalKey, Upgrade> | undefined
  const get = (key: ProposalKey): Upgrade | undefined => (copy ?? upgrades).get(key)
  return {
    all: () => copy ?? upgrades,
    acting,
    get,
    put(upgrade) {
      const { key } = upgrade
      if (get(key) === upgrade) return
      copy ??= new Map(upgrades)
      copy.set(key, upgrade)
      if (isActing(upgrade)) acting.set(key, upgrade)
      else acting.delete(key)
    },
    remove(key) {
      copy ??= new Map(upgrades)
      copy.delete(key)
      acting.delete(key)
    },
  }
}

function isActing(upgrade: Upgrade): boolean {
  const { status } = upgrade
  return (
    status === 'scheduled' ||
    status === 'in_progress' ||
    status === 'failed' ||
    status === 'completed' ||
    isBlocked(upgrade)
  )
}
