import { compareDue } from '../plans/dueAt.js'
import type { Upgrade, UpgradeQueue } from './upgrade.js'

/**
 * The upgrades as a queue: those in the vote and those that wait or are in progress, each in height order, then what
 * became of the others, newest first, and last those that were over before anybody looked.
 */
export function queueOf(upgrades: Iterable<Upgrade>): UpgradeQueue {
  const all = [...upgrades]
  const pending = all.filter(({ status }) => status === 'pending').sort(byHeight)
  const live = all.filter(isLive).sort(byHeight)
  const over = all
    .filter((upgrade) => !isLive(upgrade) && upgrade.status !== 'pending' && upgrade.status !== 'past')
    .sort(byEnd)
  const past = all.filter(({ status }) => status === 'past').sort(byEnd)
  return { upgrades: [...pending, ...live, ...over, ...past] }
}

/** Neither over nor called off. */
export function isLive({ status }: Upgrade): boolean {
  return status === 'scheduled' || status === 'in_progress'
}

/** The order in which they are due, by height or by time; the older proposal first where two are due together. */
export function byHeight(a: Upgrade, b: Upgrade): number {
  return compareDue(a, b) || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
}

function byEnd(a: Upgrade, b: Upgrade): number {
  const difference = (b.completedAt ?? 0n) - (a.completedAt ?? 0n)
  return difference < 0n ? -1 : difference > 0n ? 1 : byHeight(b, a)
}
