import { differingKeysOf } from '../differingKeysOf.js'
import type { CompletionEvidence, Upgrade } from './upgrade.js'

// What moves with each new block for as long as an upgrade is in progress, or has failed and stays so.
const moving: ReadonlySet<string> = new Set<keyof CompletionEvidence>(['head', 'since', 'movedAt'])

/**
 * True where nothing of an upgrade is another thing than before but what polls saw of its node: no news, and a little
 * older after a crash. While it waits that is all of its evidence, for a node that fails now and then, or two versions
 * behind one address, change it with each poll; the first one is news, and so is what counts for its completion.
 */
export function isSightingOnly(before: Upgrade | undefined, after: Upgrade | undefined): boolean {
  if (before?.evidence === undefined || after?.evidence === undefined) return false
  if (differingKeysOf(before, after).some((key) => key !== 'evidence')) return false
  return (
    after.status === 'scheduled' || differingKeysOf(before.evidence, after.evidence).every((key) => moving.has(key))
  )
}
