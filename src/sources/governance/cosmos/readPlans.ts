import { isJsonObject } from '../../../domain/json.js'
import type { PlanFinding } from '../../../domain/plan.js'
import { cleanLine } from '../../../domain/text.js'
import { askRest, type Rest } from './askRest.js'
import type { PendingPlan } from './cursor.js'
import { decodeCurrentPlan } from './decodeCurrentPlan.js'
import { wholeOf } from './scalars.js'

/** What x/upgrade has scheduled: there is one place, and a new plan takes it from the old one. */
export interface CurrentPlan {
  readonly finding?: PlanFinding
  /** False where the answer is older than some of the proposals of this reading: it proves nothing against them. */
  readonly isFresh: boolean
}

/** The plan the chain has scheduled; `undefined` where the chain cannot say, for then nothing follows from it. */
export async function readCurrentPlan(rest: Rest): Promise<CurrentPlan | undefined> {
  const before = rest.newest
  const answer = await askRest(rest, '/cosmos/upgrade/v1beta1/current_plan')
  if (answer.type !== 'found') return undefined
  const plan = decodeCurrentPlan(answer.body)
  return plan === undefined ? undefined : { ...plan, isFresh: answer.height === undefined || answer.height >= before }
}

/** What the chain makes of a plan that passed; `unsure` where that cannot be told now. */
export type PlanFate = 'scheduled' | 'applied' | 'unsure' | { readonly withdrawn: string }

/** Compares a plan that passed with what the chain has scheduled and has applied. */
export async function fateOf(rest: Rest, { name, height }: Pick<PendingPlan, 'name' | 'height'>, current: CurrentPlan): Promise<PlanFate> {
  const { finding, isFresh } = current
  if (finding?.plan.name === name && finding.plan.height === height) return 'scheduled'
  if (!isFresh) return 'unsure'
  const applied = await readApplied(rest, name)
  if (applied === undefined) return 'unsure'
  if (applied > 0n) return 'applied'
  return {
    withdrawn: finding === undefined
      ? 'The chain has no upgrade scheduled any more: it was cancelled, or skipped.'
      : `The chain has another upgrade scheduled in its place: ${cleanLine(finding.plan.name, 128)} at height ${finding.plan.height}.`,
  }
}

/** Height at which a plan was applied; 0 where it never was, `undefined` where the chain cannot say. */
async function readApplied(rest: Rest, name: string): Promise<bigint | undefined> {
  // Such a name cannot be a part of a path.
  if (name === '' || name === '.' || name === '..') return undefined
  const answer = await askRest(rest, `/cosmos/upgrade/v1beta1/applied_plan/${encodeURIComponent(name)}`)
  return answer.type === 'found' && isJsonObject(answer.body) ? wholeOf(answer.body['height']) : undefined
}
