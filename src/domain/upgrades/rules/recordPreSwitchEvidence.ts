import { defined } from '../../defined.js'
import type { Sighting } from '../assessCompletion.js'
import { sightingOf } from '../PlanEvent.js'
import type { Upgrade } from '../upgrade.js'
import type { PollRule } from './PlanRule.js'

/** Records for each waiting upgrade the state of the node before the switch. */
export const recordPreSwitchEvidence: PollRule = (board, event) => {
  const sighting = sightingOf(event)
  for (const upgrade of [...board.acting.values()])
    if (upgrade.status === 'scheduled') board.put(withPreSwitchEvidence(upgrade, sighting))
}

/**
 * Records the version of the node while it certainly runs the old binary, and whether it was unreachable since then. A
 * file that was written ahead, or by the node itself, may switch the node before a poll sees the height.
 */
export function withPreSwitchEvidence(
  upgrade: Upgrade,
  { head, nodeVersion = upgrade.evidence?.nodeVersion, hostTime }: Sighting,
): Upgrade {
  const { evidence, height } = upgrade
  if (head === undefined)
    return evidence === undefined || evidence.outage ? upgrade : { ...upgrade, evidence: { ...evidence, outage: true } }
  // The last block of the old binary is the one before the height.
  if (height === undefined || head >= BigInt(height) - 1n || nodeVersion === undefined) return upgrade
  if (evidence?.nodeVersion === nodeVersion && !evidence.outage) return upgrade
  const first = evidence?.formerVersion ?? evidence?.nodeVersion
  const formerVersion = first === nodeVersion ? undefined : first
  const seen = { block: head, head, since: hostTime, movedAt: hostTime, nodeVersion, outage: false }
  return { ...upgrade, evidence: { ...seen, ...defined({ formerVersion }) } }
}
