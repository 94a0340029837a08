import type { ChainState } from '../chainState.js'
import { nextInQueue } from './dueUpgrades.js'
import { isPassed, isSameDue } from '../plans/dueAt.js'
import { canonical } from '../text/json.js'
import type { Proposal } from '../proposals/proposal.js'
import { byHeight, isLive } from './queueOf.js'
import { isBlocked, type Upgrade } from './upgrade.js'

/**
 * Returns true while the state still asks for an upgrade that was due: its plan is the same and waits, the block that
 * made it due is still reached, and no lower plan was added before it. During a backlog it returns false, because the
 * end of the upgrade may be in the unread part.
 */
export function isStillDue(
  upgrade: Upgrade,
  reached: bigint,
  { head, health, upgrades, proposals }: ChainState,
): boolean {
  const now = upgrades.get(upgrade.key)
  if (
    head === undefined ||
    head.number < reached ||
    health.backlog > 0n ||
    now === undefined ||
    !isSamePlan(now, upgrade)
  )
    return false
  if (!isSure(proposals.get(upgrade.key))) return false
  // Without a file there is no turn to wait for.
  if (isBlocked(now) || (now.status === 'scheduled' && now.unwritten === true)) return true
  if (now.status !== 'scheduled') return false
  const live = [...upgrades.values()].filter(isLive).sort(byHeight)
  return isPassed(now, head) || nextInQueue(live, head) === now
}

/** Returns false while the chain's answer is not understood, or does not say whether the chain still has the plan. */
export function isSure(proposal: Proposal | undefined): boolean {
  return proposal?.notUnderstood === undefined && proposal?.finding?.unsure === undefined
}

function isSamePlan(a: Upgrade, b: Upgrade): boolean {
  return a.name === b.name && isSameDue(a, b) && canonical(a.info ?? null) === canonical(b.info ?? null)
}
