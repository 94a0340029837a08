import { defined } from '../../defined.js'
import { isBlocked, type Upgrade, type UpgradeMove } from '../upgrade.js'
import type { DraftUpgrade } from './draftUpgrade.js'
import type { ScheduleContext } from './ScheduleContext.js'

/** The chain says that it carried the plan out: whatever was thought of it, it is done. */
export function completeByChain(
  base: DraftUpgrade,
  known: Upgrade | undefined,
  applied: bigint,
  { head, caughtUpAt }: ScheduleContext,
): readonly UpgradeMove[] {
  const time = head.timestamp
  const isNew = known === undefined || known.status === 'pending'
  // What was never seen to wait, and was carried out at a block that was read before, was over at the first look: only
  // no server had said so.
  const wasOver = caughtUpAt === undefined || (known === undefined && applied <= caughtUpAt.head)
  if (isNew ? wasOver : known.status === 'refused' && known.scheduledAt === undefined && !isBlocked(known)) {
    return [{ type: 'past', upgrade: { ...base, status: 'past', completedAt: time }, time, silent: true }]
  }
  if (known?.status === 'completed' || known?.status === 'past' || known?.withdrawn === true) return []
  const { blocked: _blocked, ...open } = isNew ? base : known
  const oldVersion = open.evidence?.nodeVersion
  // The switch came between two polls.
  const triggered: readonly UpgradeMove[] =
    known?.status === 'scheduled'
      ? [
          {
            type: 'triggered',
            upgrade: { ...known, status: 'in_progress', triggeredAt: time, reasons: [] },
            time,
            silent: false,
          },
        ]
      : []
  return [
    ...triggered,
    {
      type: 'completed',
      upgrade: { ...open, triggeredAt: open.triggeredAt ?? time, status: 'completed', completedAt: time, reasons: [] },
      time,
      silent: false,
      seen: { evidence: 'chain_applied', ...defined({ oldVersion }) },
    },
  ]
}
