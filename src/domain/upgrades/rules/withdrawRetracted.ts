import { type Upgrade, withReasons } from '../upgrade.js'
import type { UpgradeMove } from '../upgradeMove.js'
import type { ReadRule } from './PlanRule.js'

/** Cancels, fails or drops the upgrades whose proposal or announcement a reorg removed. */
export const withdrawRetracted: ReadRule = (board, { retracted, proposals, head }) => {
  for (const key of retracted) {
    const upgrade = proposals.has(key) ? undefined : board.get(key)
    if (upgrade !== undefined) board.move(withdraw(upgrade, head.timestamp))
  }
}

function withdraw(upgrade: Upgrade, time: bigint): readonly UpgradeMove[] {
  if (upgrade.withdrawn === true) return []
  const { status, reasons, writtenAt } = upgrade
  const what = upgrade.announced === true ? 'announcement' : 'proposal'
  if (status === 'cancelled' || status === 'completed') return []
  if (status === 'pending' || status === 'past') return [{ type: 'dropped', upgrade, time, silent: true }]
  if (status === 'in_progress' || status === 'failed') {
    const reason = `A reorg removed the ${what} after ${writtenAt === undefined ? 'the height was reached' : 'the file was written'}: check the node before it switches.`
    return [
      {
        type: 'failed',
        upgrade: { ...upgrade, status: 'failed', withdrawn: true, completedAt: time, reasons: [...reasons, reason] },
        time,
        silent: false,
        before: upgrade,
      },
    ]
  }
  const cancelled: Upgrade = {
    ...withReasons(upgrade, [`A reorg removed the ${what} from the chain.`]),
    status: 'cancelled',
    completedAt: time,
  }
  // The removal of a proposal is announced by itself. A contract's announcement has no such notification.
  const silent = status === 'refused' && upgrade.announced !== true
  return [{ type: 'cancelled', upgrade: cancelled, time, silent, before: upgrade }]
}
