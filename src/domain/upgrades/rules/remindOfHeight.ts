import type { BlockTime } from '../../blocks/blockTime.js'
import type { Head } from '../../blocks/head.js'
import { remindersDue } from '../remindersDue.js'
import type { ResolvedPlanOptions } from '../planOptions.js'
import type { Upgrade } from '../upgrade.js'
import type { UpgradeMove } from '../upgradeMove.js'
import type { ReadRule } from './PlanRule.js'

/**
 * Announces that a height is near, once for each of `reminders`. If several are due, only the tightest is announced.
 */
export const remindOfHeight: ReadRule = (board, event, options) => {
  for (const upgrade of [...board.acting.values()]) board.move(remind(upgrade, event, options))
}

function remind(
  upgrade: Upgrade,
  { head, blockTime }: { readonly head: Head; readonly blockTime: BlockTime },
  { reminders }: Pick<ResolvedPlanOptions, 'reminders'>,
): readonly UpgradeMove[] {
  if (upgrade.status !== 'scheduled' || reminders.length === 0) return []
  const due = remindersDue(upgrade, head, blockTime, reminders)
  const tightest = due.at(-1)
  if (tightest === undefined) return []
  const reminded: Upgrade = { ...upgrade, reminded: [...upgrade.reminded, ...due.map(({ text }) => text)] }
  return [{ type: 'imminent', upgrade: reminded, time: head.timestamp, silent: false, reminder: tightest.text }]
}
