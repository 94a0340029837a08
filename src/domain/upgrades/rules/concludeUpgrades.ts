import { assessCompletion, type Assessment } from '../assessCompletion.js'
import { mayComplete } from '../postCheck/mayComplete.js'
import { withCompletedBy } from '../postCheck/withPostCheck.js'
import { sightingOf, timeOf } from '../PlanEvent.js'
import { type Upgrade, withReasons } from '../upgrade.js'
import type { Unconsumed, UpgradeMove } from '../upgradeMove.js'
import type { PollRule } from './PlanRule.js'

/**
 * Completes or fails the upgrades in progress from what polls observed of the node since the trigger. A failed upgrade
 * may still be completed by a later poll. If checks after the height are enabled, completion waits for them.
 */
export const concludeUpgrades: PollRule = (board, event, options) => {
  const sighting = sightingOf(event)
  for (const upgrade of [...board.acting.values()]) {
    if (upgrade.status !== 'in_progress' && upgrade.status !== 'failed') continue
    const assessment = assessCompletion(upgrade, sighting, options)
    if (assessment === undefined) continue
    // Unchanged evidence is neither stored nor announced.
    if (assessment.evidence !== upgrade.evidence) board.put({ ...upgrade, evidence: assessment.evidence })
    const isHeldUp = assessment.verdict === 'completed' && !mayComplete(upgrade, event.hostTime, options)
    board.move(movesOf(upgrade, isHeldUp ? { ...assessment, verdict: 'waiting' } : assessment, timeOf(event)))
    const { verdict, evidence, unconsumed } = assessment
    // The notification tells it in its own words; what shows the upgrade says it from here on.
    if (verdict === 'waiting' && unconsumed !== undefined)
      board.put({ ...upgrade, evidence, reasons: [...upgrade.reasons, unconsumedText(unconsumed)] })
  }
}

function unconsumedText({ version, todo }: Unconsumed): string {
  return `No process manager acted on upgrade-info.json: the node still runs ${version}. ${todo}`
}

/**
 * A restart of the node, and a file that no process manager acted on, are moves of their own, so that people are
 * notified even while the upgrade is undecided.
 */
function movesOf(upgrade: Upgrade, assessment: Assessment, time: bigint): readonly UpgradeMove[] {
  const { evidence, restart, unconsumed } = assessment
  const seen: Upgrade = { ...upgrade, evidence }
  const common = { upgrade: seen, time, silent: false }
  const noted: readonly UpgradeMove[] = [
    ...(restart === undefined ? [] : [{ ...common, type: 'restarted' as const, seen: restart }]),
    ...(unconsumed === undefined ? [] : [{ ...common, type: 'unconsumed' as const, unconsumed }]),
  ]
  if (assessment.verdict === 'waiting') return noted
  const reasons = assessment.verdict === 'completed' ? [] : [assessment.reason]
  const over: Upgrade = { ...withReasons(seen, reasons), status: assessment.verdict, completedAt: time }
  return assessment.verdict === 'completed'
    ? [
        ...noted,
        {
          type: 'completed',
          upgrade: withCompletedBy(over, assessment.seen.evidence),
          time,
          silent: false,
          seen: assessment.seen,
        },
      ]
    : [...noted, { type: 'failed', upgrade: over, time, silent: false }]
}
