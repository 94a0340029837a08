import type { ResolvedPlanOptions } from '../planOptions.js'
import type { Upgrade } from '../upgrade.js'

// Maximum time in milliseconds that a completion waits for a check, because people wait for the result.
const longestMs = 300_000

/**
 * Returns true if proof of the switch may complete an upgrade. If checks after the height are enabled, completion waits
 * until a check was requested, and then up to five minutes for its result or while it is too early to tell. It does not
 * happen while the last check failed. A check that could not be made does not delay completion.
 */
export function mayComplete(
  { postCheck: record, height }: Pick<Upgrade, 'postCheck' | 'height'>,
  hostTime: number,
  { postCheck }: Pick<ResolvedPlanOptions, 'postCheck'>,
): boolean {
  // Blocks are checked by height, so a plan without one is not checked.
  if (!postCheck || height === undefined) return true
  if (record === undefined || record.verdict === 'failed') return false
  const isEarly = record.verdict === undefined || record.checks?.some((check) => check.isEarly === true) === true
  return !isEarly || Math.abs(hostTime - record.since) > longestMs
}
