import type { BlockSample } from '../../../domain/blocks/blockTime.js'
import type { Head } from '../../../domain/blocks/head.js'
import type { PlanStanding } from '../../../domain/plans/plan.js'
import { defined } from '../../../domain/defined.js'
import { deniedSince, isProven } from '../cosmosSdk/doubts.js'
import type { PendingPlan } from './cursor.js'
import type { PlanFate } from './plans.js'

// How many blocks after its height a withdrawn plan is still reported as withdrawn: a reading may have been lost, or
// other nodes have to confirm it.
const watchBlocks = 1_000n

/**
 * Returns the standing that follows from the fate of a plan, and the plan to watch further, if any.
 *
 * @param isKept - True if the plan still counts, so that its end must be reported again.
 */
export function standingAfter(
  plan: PendingPlan,
  fate: PlanFate,
  head: Head,
  isKept: boolean,
): { readonly standing: PlanStanding; readonly next?: PendingPlan } {
  const { contract, id, name, height, spelled, withdrawn } = plan
  const plain: PendingPlan = { contract, id, name, height, ...defined({ spelled }) }
  const due = BigInt(height)
  const { number } = head
  const off = (reason: string, isOver: boolean, since?: BlockSample): ReturnType<typeof standingAfter> => ({
    standing: { withdrawn: reason },
    ...((!isOver || isKept) && { next: { ...plain, withdrawn: reason, ...defined({ deniedSince: since }) } }),
  })
  if (fate.type === 'scheduled')
    return withdrawn === undefined || fate.isSure || isBack(plan, head)
      ? { standing: {}, next: plain }
      : off(withdrawn, due + watchBlocks < number, deniedSince(plan.deniedSince, head))
  if (fate.type === 'applied')
    return { standing: { applied: fate.height }, next: withdrawn === undefined ? plain : plan }
  // A chain does not pass the height of a plan that it holds, so a plan that stood until then was applied or skipped.
  if (fate.type === 'gone' && (fate.isSure || (withdrawn === undefined && plan.deniedSince !== undefined)))
    return withdrawn === undefined ? { standing: {} } : { standing: { withdrawn } }
  if (fate.type === 'withdrawn') return off(withdrawn ?? fate.reason, due + watchBlocks < number)
  if (withdrawn !== undefined) return off(withdrawn, due + watchBlocks < number)
  if (fate.type === 'absent' && isProven(plan.deniedSince, head)) return off(fate.reason, false)
  const isMissing = fate.type === 'absent' || fate.type === 'gone'
  const unsure = 'The servers do not say for sure whether the chain still has it scheduled, or has carried it out.'
  return {
    standing: { unsure },
    next: isMissing ? { ...plain, deniedSince: deniedSince(plan.deniedSince, head) } : plan,
  }
}

/**
 * True if the plan has been reported as scheduled again for long enough. A chain does not pass the height of a plan
 * that it holds.
 */
function isBack({ height, deniedSince: since }: PendingPlan, head: Head): boolean {
  return head.number <= BigInt(height) && isProven(since, head)
}
