import { differingKeysOf } from '../differingKeysOf.js'
import type { CompletionEvidence, Upgrade } from './upgrade.js'

// Fields that change with each new block while an upgrade is in progress, or has failed and stays failed.
const moving: ReadonlySet<string> = new Set<keyof CompletionEvidence>(['head', 'since', 'movedAt'])

/**
 * Returns true if an upgrade changed only in what polls observed of its node. This is not news, and losing it in a
 * crash only makes the state a little older. While the upgrade waits, all of its evidence counts as such, because a
 * node that fails now and then, or two versions behind one address, change it with each poll. The first evidence is
 * news, and so is evidence that counts for completion.
 */
export function isSightingOnly(before: Upgrade | undefined, after: Upgrade | undefined): boolean {
  if (before?.evidence === undefined || after?.evidence === undefined) return false
  if (differingKeysOf(before, after).some((key) => key !== 'evidence')) return false
  return (
    after.status === 'scheduled' || differingKeysOf(before.evidence, after.evidence).every((key) => moving.has(key))
  )
}
