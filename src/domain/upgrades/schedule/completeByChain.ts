import type { Head } from '../../blocks/head.js'
import { defined } from '../../defined.js'
import { isBlocked, type Upgrade, withReasons } from '../upgrade.js'
import type { UpgradeMove } from '../upgradeMove.js'
import { heldTwin, holderOf } from '../occupied.js'
import { isLive } from '../queueOf.js'
import { versionBefore } from '../versionBefore.js'
import { mayComplete } from '../postCheck/mayComplete.js'
import { withCompletedBy } from '../postCheck/withPostCheck.js'
import type { ResolvedPlanOptions } from '../planOptions.js'
import type { DraftUpgrade } from './draftUpgrade.js'
import type { ScheduleContext } from './ScheduleContext.js'

/** Completes an upgrade, whatever its status, because the chain says that it has carried the plan out. */
export function completeByChain(
  base: DraftUpgrade,
  known: Upgrade | undefined,
  applied: bigint,
  { head, caughtUpAt, hostTime, nodeVersion, occupied }: ScheduleContext,
  options: Pick<ResolvedPlanOptions, 'postCheck'>,
): readonly UpgradeMove[] {
  const time = head.timestamp
  const isNew = known === undefined || known.status === 'pending'
  // If a plan was never seen waiting, and was carried out at a block that an earlier reading covers, it was over before
  // the first look, even if no server had reported it then.
  const wasOver = caughtUpAt === undefined || (known === undefined && applied <= caughtUpAt.head)
  // A name is applied once, so of two votes for it only one upgrade is completed.
  const twin = known !== undefined && isLive(known) ? undefined : heldTwin(occupied, base)
  if (
    isNew
      ? wasOver || twin !== undefined
      : known.status === 'refused' && known.scheduledAt === undefined && !isBlocked(known)
  ) {
    const reasons =
      twin === undefined ? [] : [`${holderOf(twin)} already has this upgrade: the chain carries it out once.`]
    return [{ type: 'past', upgrade: { ...base, status: 'past', completedAt: time, reasons }, time, silent: true }]
  }
  if (twin !== undefined || known?.status === 'completed' || known?.status === 'past' || known?.withdrawn === true)
    return []
  const { blocked: _blocked, ...open } = isNew ? base : withReasons(known, [])
  const oldVersion = versionBefore(open.evidence, nodeVersion)
  // What the node runs is new only if it is known to have run something else.
  const newVersion = oldVersion === undefined ? undefined : nodeVersion
  // The height was reached between two polls, so the trigger is announced together with the completion.
  const triggered = known?.status === 'scheduled' ? [triggeredBy(known, head, hostTime)] : []
  // If checks after the height are enabled, completion waits for them.
  if (known !== undefined && !isNew && !mayComplete(known, hostTime, options)) return triggered
  return [
    ...triggered,
    {
      type: 'completed',
      upgrade: withCompletedBy(
        { ...open, triggeredAt: open.triggeredAt ?? time, status: 'completed', completedAt: time },
        'chain_applied',
      ),
      time,
      silent: false,
      seen: { evidence: 'chain_applied', ...defined({ oldVersion, newVersion }) },
    },
  ]
}

/** Returns the move for a height or time that was reached between two polls. */
export function triggeredBy(known: Upgrade, { number, timestamp: time }: Head, hostTime: number): UpgradeMove {
  const { evidence } = known
  return {
    type: 'triggered',
    upgrade: {
      ...withReasons(known, []),
      status: 'in_progress',
      triggeredAt: time,
      // With this evidence, a chain that halts from here on is detected like any other.
      evidence: { outage: false, ...evidence, block: number, head: number, since: hostTime, movedAt: hostTime },
    },
    time,
    silent: false,
  }
}
