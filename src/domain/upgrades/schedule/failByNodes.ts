import { type Upgrade, withReasons } from '../upgrade.js'
import type { UpgradeMove } from '../upgradeMove.js'
import { triggeredBy } from './completeByChain.js'
import type { ScheduleContext } from './ScheduleContext.js'

/**
 * Fails an upgrade because nodes report that they continue without it although it is due. It is completed later if they
 * apply it after all. Further nodes that report the same only change the recorded facts.
 */
export function failByNodes(
  known: Upgrade | undefined,
  missed: string,
  { head, hostTime }: Pick<ScheduleContext, 'head' | 'hostTime'>,
): readonly UpgradeMove[] {
  if (known?.status !== 'scheduled' && known?.status !== 'in_progress') return []
  const time = head.timestamp
  const triggered = known.status === 'scheduled' ? [triggeredBy(known, head, hostTime)] : []
  const { upgrade } = triggered[0] ?? { upgrade: known }
  const failed: Upgrade = { ...withReasons(upgrade, [missed]), status: 'failed', completedAt: time }
  return [...triggered, { type: 'failed', upgrade: failed, time, silent: false }]
}
