import { cleanLine } from '../../../domain/text/text.js'
import type { Rest } from './askRest.js'
import type { PendingPlan } from './cursor.js'
import { type CurrentPlan, readApplied } from './readPlans.js'
import { maxLag } from '../cosmosSdk/contradictedHead.js'

/** What the chain makes of a plan that passed. */
export type PlanFate =
  | { readonly type: 'scheduled' }
  | { readonly type: 'applied'; readonly height: bigint }
  /** Its height is reached and it is not scheduled any more, and no server can be asked what became of it. */
  | { readonly type: 'gone'; readonly isSure: boolean; readonly reason: string }
  /** It cannot be told now. */
  | { readonly type: 'unsure' }
  /** It is not there, says a server that may be behind: to be asked again. */
  | { readonly type: 'absent'; readonly reason: string }
  | { readonly type: 'withdrawn'; readonly reason: string }

type Plan = Pick<PendingPlan, 'name' | 'height' | 'spelled'>

/**
 * Compares a plan that passed with what the chain has scheduled and has applied.
 *
 * A plan whose height is reached is not scheduled any more, whether it was applied or called off. That it was never
 * applied is proved only by state at its height or above: a server below it, or one that does not tell its height,
 * says 0 of every plan.
 */
export async function fateOf(
  rest: Rest,
  plan: Plan,
  current: CurrentPlan,
  head: bigint,
  rivals: readonly Plan[] = [],
): Promise<PlanFate> {
  const { finding, isFresh, height: at } = current
  if (finding?.plan.name === plan.name && finding.plan.height === plan.height) return { type: 'scheduled' }
  if (!isFresh) return { type: 'unsure' }
  const due = BigInt(plan.height)
  const reason =
    finding === undefined
      ? 'The chain has no upgrade scheduled any more: it was cancelled, or skipped.'
      : `The chain has another upgrade scheduled in its place: ${cleanLine(finding.plan.name, 128)} at height ${finding.plan.height}.`
  if (at !== undefined && at < due) return { type: 'withdrawn', reason }
  if (at === undefined && due > head + maxLag) return { type: 'absent', reason }
  const answer = await readApplied(rest, plan.spelled ?? plan.name)
  if (answer === 'unsaid') return { type: 'unsure' }
  if (answer === 'unaskable')
    return due > head ? { type: 'unsure' } : { type: 'gone', isSure: at !== undefined, reason }
  const { applied, height } = answer
  // Nothing is carried out before its height: either the answer is wrong, or the head that is compared with is behind.
  if (applied > head || (applied > 0n && due > head)) return { type: 'unsure' }
  if (applied > 0n)
    return isOfRival(plan, applied, rivals)
      ? {
          type: 'withdrawn',
          reason: `The chain carried out ${cleanLine(plan.name, 128)} at height ${applied}, not ${plan.height}.`,
        }
      : { type: 'applied', height: applied }
  if (height !== undefined && height >= due) return { type: 'withdrawn', reason }
  return due > head && height === undefined ? { type: 'absent', reason } : { type: 'unsure' }
}

/** A name is used once: where several plans bear it, the height tells which of them was meant. */
function isOfRival({ name, height }: Plan, applied: bigint, rivals: readonly Plan[]): boolean {
  return applied !== BigInt(height) && rivals.some((other) => other.name === name && BigInt(other.height) === applied)
}
