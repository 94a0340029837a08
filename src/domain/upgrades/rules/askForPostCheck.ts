import type { Upgrade } from '../upgrade.js'
import type { ReadRule } from './PlanRule.js'

// What the old binary made ends at the height; the commit of the block after it lies in the next one.
const blocksAfter = 2n
// Who is not well this long after the height is looked at no more. Milliseconds.
const windowMs = 86_400_000
const leastMs = 30_000
const leastWhileEarlyMs = 5_000

/**
 * Asks for a look at what an upgrade came to, once its height has passed: whether the node is on the chain of the
 * others and signs. Where the last look was not well it is made again, ever more rarely, for a day. A chain without an
 * upgrade that passed lately costs no request.
 */
export const askForPostCheck: ReadRule = (board, { head, hostTime }, { postCheck }) => {
  if (!postCheck) return
  for (const upgrade of [...board.acting.values()])
    if (isToBeLookedAt(upgrade, head.number, hostTime))
      board.put({ ...upgrade, postCheck: { since: hostTime, ...upgrade.postCheck, owed: true } })
}

function isToBeLookedAt(
  { status, height, triggeredAt, withdrawn, postCheck }: Upgrade,
  head: bigint,
  now: number,
): boolean {
  if (triggeredAt === undefined || withdrawn === true) return false
  if (height === undefined || head < BigInt(height) + blocksAfter) return false
  // One that was completed before anybody could look is history.
  if (postCheck === undefined) return status === 'in_progress' || status === 'failed'
  const { owed, verdict, since, checkedAt = since, checks = [] } = postCheck
  if (owed === true || verdict === 'passed') return false
  const age = Math.abs(checkedAt - since)
  // A clock that was set back must not put it off.
  const least = checks.some(({ isEarly }) => isEarly === true) ? leastWhileEarlyMs : leastMs
  return age < windowMs && Math.abs(now - checkedAt) >= Math.max(least, age / 2)
}
