import { SourceError } from '../../../domain/errors.js'
import { isJsonObject } from '../../../domain/text/json.js'
import type { PlanFinding } from '../../../domain/plans/plan.js'
import { askRest, type Rest } from './askRest.js'
import { decodeCurrentPlan } from './decodeCurrentPlan.js'
import { wholeOf } from '../cosmosSdk/scalars.js'

/** What x/upgrade has scheduled: there is one place, and a new plan takes it from the old one. */
export interface CurrentPlan {
  /** Absent where the chain says that nothing is scheduled. */
  readonly finding?: PlanFinding
  /** Its name as the chain spells it, where it is shown otherwise. */
  readonly spelled?: string
  /** Height of the answer; absent where the server does not tell it: then it may be an old one. */
  readonly height?: bigint
  /** False where the answer is older than some of the proposals of this reading: it proves nothing against them. */
  readonly isFresh: boolean
}

/**
 * The plan the chain has scheduled; `undefined` where it has no x/upgrade.
 *
 * @param wasServed - x/upgrade has answered before: its silence is a failure then, not its absence.
 * @throws SourceError where the answer is not understood. Only `"plan": null` means that there is none.
 */
export async function readCurrentPlan(rest: Rest, wasServed = false): Promise<CurrentPlan | undefined> {
  const before = rest.newest
  const answer = await askRest(rest, '/cosmos/upgrade/v1beta1/current_plan')
  if (answer.type === 'broken')
    throw new SourceError('transient', `${rest.place} cannot tell the scheduled upgrade: ${answer.said}`)
  if (answer.type !== 'found') {
    if (wasServed)
      throw new SourceError(
        'transient',
        `${rest.place} does not tell the scheduled upgrade any more, though the chain has x/upgrade: check governance.rest.`,
      )
    return undefined
  }
  const plan = decodeCurrentPlan(answer.body)
  if (plan === undefined) {
    throw new SourceError(
      'transient',
      `${rest.place} answered with something that neither names the scheduled upgrade nor says that there is none.`,
    )
  }
  const { height } = answer
  return { ...plan, ...(height !== undefined && { height }), isFresh: height === undefined || height >= before }
}

/** The height at which a plan was carried out, and the height of the answer where the server tells it. */
export interface AppliedPlan {
  /** 0 where it never was. */
  readonly applied: bigint
  readonly height?: bigint
}

/**
 * What the chain says of a plan that may be behind it: `unsaid` where it does not say this time, `unaskable` where no
 * server can be asked by that name. A client takes dots out of a path, a gateway finds no route with a part more, and
 * what is no Unicode is no path at all.
 */
export async function readApplied(rest: Rest, name: string): Promise<AppliedPlan | 'unsaid' | 'unaskable'> {
  if (name === '' || name === '.' || name === '..' || /\p{Surrogate}/u.test(name)) return 'unaskable'
  const answer = await askRest(rest, `/cosmos/upgrade/v1beta1/applied_plan/${encodeURIComponent(name)}`)
  const applied = answer.type === 'found' && isJsonObject(answer.body) ? wholeOf(answer.body['height']) : undefined
  if (answer.type === 'unserved' && name.includes('/')) return 'unaskable'
  return answer.type !== 'found' || applied === undefined
    ? 'unsaid'
    : { applied, ...(answer.height !== undefined && { height: answer.height }) }
}
