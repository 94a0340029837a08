import { SourceError } from '../../../domain/errors.js'
import { mergeFound } from '../../../domain/plans/combinePlans.js'
import type { PlanFinding } from '../../../domain/plans/plan.js'
import { readPlan } from '../../../domain/plans/readPlan.js'
import { isJsonObject } from '../../../domain/text/json.js'
import { cleanLine } from '../../../domain/text/text.js'
import { defined } from '../../../domain/defined.js'
import { maxLag } from '../cosmosSdk/contradictedHead.js'
import { kindOfMessage, type Message } from '../cosmosSdk/messages.js'
import { secondsOf, wholeOf } from '../cosmosSdk/scalars.js'
import type { PendingPlan } from './cursor.js'
import { askRest, type Rest } from '../cosmosSdk/rest.js'

/**
 * The plan in the messages of a proposal, if one schedules an upgrade. Two that disagree are a problem of the
 * finding, though the chain takes the last one: nobody should have to guess which was voted for.
 */
export function planIn(messages: readonly Message[]): PlanFinding | undefined {
  return mergeFound(
    messages.flatMap(({ type, body }): readonly PlanFinding[] => {
      const plan = body['plan']
      return kindOfMessage(type) === 'upgrade' && isJsonObject(plan) ? [findingOf(plan, 'call')] : []
    }),
  )
}

const maxSpelled = 1_000

/** The name as the chain spells it, where it is shown otherwise: empty where it is too long to be asked for. */
function spellingOf(plan: Readonly<Record<string, unknown>>, shown: string): { readonly spelled?: string } {
  const name = plan['name']
  return typeof name !== 'string' || name === shown ? {} : { spelled: name.length > maxSpelled ? '' : name }
}

/** The same for the plan that the messages of a proposal carry. */
export function spellingIn(messages: readonly Message[], shown: string): { readonly spelled?: string } {
  const plan = messages.findLast(({ type, body }) => kindOfMessage(type) === 'upgrade' && isJsonObject(body['plan']))
    ?.body['plan']
  return isJsonObject(plan) ? spellingOf(plan, shown) : {}
}

/**
 * A plan as x/upgrade writes it. One bound to a time cannot be scheduled: signal proposals and old chains have them.
 */
function findingOf(plan: Readonly<Record<string, unknown>>, origin: PlanFinding['origin']): PlanFinding {
  const { plan: read, problems } = readPlan(plan)
  const time = secondsOf(plan['time'])
  const bound = 'The plan is bound to a time, not to a height: no block can be waited for.'
  return { plan: read, origin, problems: time === undefined ? problems : [bound, ...problems] }
}

/** The plan in an answer: none where it is `null`; `undefined` where the answer is something else. Never throws. */
export function decodeCurrentPlan(
  body: unknown,
): { readonly finding?: PlanFinding; readonly spelled?: string } | undefined {
  if (!isJsonObject(body)) return undefined
  const plan = body['plan']
  if (plan === null) return {}
  if (
    !isJsonObject(plan) ||
    typeof plan['name'] !== 'string' ||
    plan['name'] === '' ||
    wholeOf(plan['height']) === undefined
  )
    return undefined
  const finding = findingOf(plan, 'chain')
  return { finding, ...spellingOf(plan, finding.plan.name) }
}

/** What x/upgrade has scheduled: there is one place, and a new plan takes it from the old one. */
interface CurrentPlan {
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
  return { ...plan, ...defined({ height }), isFresh: height === undefined || height >= before }
}

/** The height at which a plan was carried out, and the height of the answer where the server tells it. */
interface AppliedPlan {
  /** 0 where it never was. */
  readonly applied: bigint
  readonly height?: bigint
}

/**
 * What the chain says of a plan that may be behind it: `unsaid` where it does not say this time, `unaskable` where no
 * server can be asked by that name. A client takes dots out of a path, a gateway finds no route with a part more, and
 * what is no Unicode is no path at all.
 */
async function readApplied(rest: Rest, name: string): Promise<AppliedPlan | 'unsaid' | 'unaskable'> {
  if (name === '' || name === '.' || name === '..' || /\p{Surrogate}/u.test(name)) return 'unaskable'
  const answer = await askRest(rest, `/cosmos/upgrade/v1beta1/applied_plan/${encodeURIComponent(name)}`)
  const applied = answer.type === 'found' && isJsonObject(answer.body) ? wholeOf(answer.body['height']) : undefined
  if (answer.type === 'unserved' && name.includes('/')) return 'unaskable'
  return answer.type !== 'found' || applied === undefined
    ? 'unsaid'
    : { applied, ...defined({ height: answer.height }) }
}

/** What the chain makes of a plan that passed. */
export type PlanFate =
  /** Sure where it is told for which block. */
  | { readonly type: 'scheduled'; readonly isSure: boolean }
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
  if (finding?.plan.name === plan.name && finding.plan.height === plan.height)
    return { type: 'scheduled', isSure: at !== undefined }
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
  // Just past the height an older server has not carried it out yet.
  const mayBeBefore = due <= head && head <= due + maxLag
  return height === undefined && !mayBeBefore ? { type: 'absent', reason } : { type: 'unsure' }
}

/** A name is used once: where several plans bear it, the height tells which of them was meant. */
function isOfRival({ name, height }: Plan, applied: bigint, rivals: readonly Plan[]): boolean {
  return applied !== BigInt(height) && rivals.some((other) => other.name === name && BigInt(other.height) === applied)
}
