import type { Upgrade } from '../upgrade.js'
import type { ReadRule } from './PlanRule.js'

// Number of blocks to wait. The old binary ends at the height; the commit of the next block is in the one after it.
const blocksAfter = 2n
// Checks that did not pass are not repeated after this time, in milliseconds.
const windowMs = 86_400_000
const leastMs = 30_000
const leastWhileEarlyMs = 5_000

/**
 * Requests a check of the outcome of an upgrade once its height has passed: whether the node is on the same chain as
 * the others and signs. If the last check did not pass, it is repeated at growing intervals for a day. Without a recent
 * upgrade this costs no request.
 */
export const askForPostCheck: ReadRule = (board, { head, hostTime }, { postCheck }) => {
  if (!postCheck) return
  for (const upgrade of [...board.acting.values()])
    if (isPostCheckDue(upgrade, head.number, hostTime))
      board.put({ ...upgrade, postCheck: { since: hostTime, ...upgrade.postCheck, owed: true } })
}

function isPostCheckDue(
  { status, height, triggeredAt, withdrawn, postCheck }: Upgrade,
  head: bigint,
  now: number,
): boolean {
  if (triggeredAt === undefined || withdrawn === true) return false
  if (height === undefined || head < BigInt(height) + blocksAfter) return false
  // An upgrade that was completed before a check was possible is not checked.
  if (postCheck === undefined) return status === 'in_progress' || status === 'failed'
  const { owed, verdict, since, checkedAt = since, checks = [] } = postCheck
  if (owed === true || verdict === 'passed') return false
  const age = Math.abs(checkedAt - since)
  // Absolute differences are used, so that a clock that was set back does not delay the check.
  const least = checks.some(({ isEarly }) => isEarly === true) ? leastWhileEarlyMs : leastMs
  return age < windowMs && Math.abs(now - checkedAt) >= Math.max(least, age / 2)
}
