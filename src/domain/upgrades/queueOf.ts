import { compareDue } from '../plans/dueAt.js'
import type { Upgrade, UpgradeQueue } from './upgrade.js'

/**
 * Returns the upgrades as a queue: the pending ones and the scheduled or in-progress ones, each in height order; then
 * the finished ones, newest first; and last the ones that were over before the first reading.
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

/** Returns true if the upgrade is neither finished nor cancelled. */
export function isLive({ status }: Upgrade): boolean {
  return status === 'scheduled' || status === 'in_progress'
}

/** Orders by height or time. If two are due together, the one with the lower key is first; numeric ids go by value. */
export function byHeight(a: Upgrade, b: Upgrade): number {
  return compareDue(a, b) || compareKeys(a.key, b.key)
}

function compareKeys(a: string, b: string): number {
  const [one, other] = [partsOf(a), partsOf(b)]
  return compareTexts(one.head, other.head) || one.digits - other.digits || compareTexts(one.id, other.id)
}

/** The parts of a key, and the number of digits of its id; an id that is no number comes after all numbers. */
function partsOf(key: string): { readonly head: string; readonly id: string; readonly digits: number } {
  const at = key.lastIndexOf('/') + 1
  const id = key.slice(at)
  return { head: key.slice(0, at), id, digits: /^(?:0|[1-9][0-9]*)$/.test(id) ? id.length : Number.MAX_SAFE_INTEGER }
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function byEnd(a: Upgrade, b: Upgrade): number {
  const difference = (b.completedAt ?? 0n) - (a.completedAt ?? 0n)
  return difference < 0n ? -1 : difference > 0n ? 1 : byHeight(b, a)
}
