import type { ResolvedPlanOptions } from '../planOptions.js'
import type { Upgrade } from '../upgrade.js'

// People wait for the verdict, so it does not wait for ever. Milliseconds.
const longestMs = 300_000

/**
 * Whether proof of the switch may complete an upgrade, where it is looked at after its height: not before the first
 * look, nor while it is too early to say for five minutes; and never while the last look was bad. What cannot be seen
 * holds nothing up.
 */
export function mayComplete(
  { postCheck: record, height }: Pick<Upgrade, 'postCheck' | 'height'>,
  hostTime: number,
  { postCheck }: Pick<ResolvedPlanOptions, 'postCheck'>,
): boolean {
  // Blocks are looked at by their height.
  if (!postCheck || height === undefined) return true
  if (record === undefined || record.verdict === 'failed') return false
  const isEarly = record.verdict === undefined || record.checks?.some((check) => check.isEarly === true) === true
  return !isEarly || Math.abs(hostTime - record.since) > longestMs
}
