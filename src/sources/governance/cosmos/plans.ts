import { SourceError } from '../../../domain/errors.js'
import { mergeFound } from '../../../domain/plans/combinePlans.js'
import type { PlanFinding } from '../../../domain/plans/plan.js'
import { readPlan } from '../../../domain/plans/readPlan.js'
import { canonical, isJsonObject } from '../../../domain/text/json.js'
import { cleanLine } from '../../../domain/text/text.js'
import { defined } from '../../../domain/defined.js'
import { maxLag } from '../cosmosSdk/contradictedHead.js'
import { kindOfMessage, type Message } from '../cosmosSdk/messages.js'
import { secondsOf, integerOf } from '../cosmosSdk/scalars.js'
import type { PendingPlan } from './cursor.js'
import { askRest, type Rest } from '../cosmosSdk/rest.js'

/**
 * Finds the plan in the messages of a proposal. If two plans disagree, the finding has a problem, although the chain
 * uses the last one, because nobody should have to guess which one was voted for.
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

/** Returns the name as the chain spells it, if it is shown differently; empty if it is too long for a request. */
function spellingOf(plan: Readonly<Record<string, unknown>>, shown: string): { readonly spelled?: string } {
  const name = plan['name']
  return typeof name !== 'string' || name === shown ? {} : { spelled: name.length > maxSpelled ? '' : name }
}

/** The same for the plan in the messages of a proposal. */
export function spellingIn(messages: readonly Message[], shown: string): { readonly spelled?: string } {
  const plan = messages.findLast(({ type, body }) => kindOfMessage(type) === 'upgrade' && isJsonObject(body['plan']))
    ?.body['plan']
  return isJsonObject(plan) ? spellingOf(plan, shown) : {}
}

/**
 * Reads a plan as x/upgrade writes it. A plan with a time instead of a height cannot be scheduled; signal proposals and
 * old chains have such plans.
 */
function findingOf(plan: Readonly<Record<string, unknown>>, origin: PlanFinding['origin']): PlanFinding {
  const { plan: read, problems } = readPlan(plan)
  const time = secondsOf(plan['time'])
  const bound = 'The plan is bound to a time, not to a height: no block can be waited for.'
  return { plan: read, origin, problems: time === undefined ? problems : [bound, ...problems] }
}

/**
 * Decodes the plan in an answer. The finding is absent for `null`; any other content returns `undefined`. Never throws.
 */
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
    integerOf(plan['height']) === undefined
  )
    return undefined
  const finding = findingOf(plan, 'chain')
  return { finding, ...spellingOf(plan, finding.plan.name) }
}

/** What x/upgrade has scheduled. It holds one plan only; a new plan replaces the old one. */
interface CurrentPlan {
  /** Absent if the chain says that nothing is scheduled. */
  readonly finding?: PlanFinding
  /** The name as the chain spells it, if it is shown differently. */
  readonly spelled?: string
  /** Height of the answer; absent if the server does not report it, in which case the answer may be outdated. */
  readonly height?: bigint
  /**
   * False if the answer is older than some of the proposals of this reading, so that it proves nothing against them.
   */
  readonly isFresh: boolean
}

/**
 * Reads the plan that the chain has scheduled; returns `undefined` if the chain has no x/upgrade.
 *
 * @param wasServed - True if x/upgrade has answered before, so that a missing answer is a failure.
 * @throws SourceError if the answer is not understood. Only `"plan": null` means that nothing is scheduled.
 */
export async function readCurrentPlan(rest: Rest, wasServed = false): Promise<CurrentPlan | undefined> {
  const before = rest.newest
  const answer = await askRest(rest, '/cosmos/upgrade/v1beta1/current_plan')
  if (answer.type === 'broken')
    throw new SourceError('transient', `${rest.place} cannot report the scheduled upgrade: ${answer.said}`)
  if (answer.type !== 'found') {
    if (wasServed)
      throw new SourceError(
        'transient',
        `${rest.place} no longer reports the scheduled upgrade, although the chain has x/upgrade: check governance.rest.`,
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

/** The height at which a plan was applied, and the height of the answer if the server reports it. */
interface AppliedPlan {
  /** 0 if it was never applied. */
  readonly applied: bigint
  readonly height?: bigint
}

/**
 * Asks the chain at which height a plan was applied. Returns `unsaid` if there is no answer this time, and `unaskable`
 * if the name cannot be sent: clients resolve dots in a path, a gateway finds no route for a name with a slash, and
 * invalid Unicode cannot be encoded.
 */
async function readApplied(rest: Rest, name: string): Promise<AppliedPlan | 'unsaid' | 'unaskable'> {
  if (name === '' || name === '.' || name === '..' || /\p{Surrogate}/u.test(name)) return 'unaskable'
  const answer = await askRest(rest, `/cosmos/upgrade/v1beta1/applied_plan/${encodeURIComponent(name)}`)
  const applied = answer.type === 'found' && isJsonObject(answer.body) ? integerOf(answer.body['height']) : undefined
  if (answer.type === 'unserved' && name.includes('/')) return 'unaskable'
  return answer.type !== 'found' || applied === undefined
    ? 'unsaid'
    : { applied, ...defined({ height: answer.height }) }
}

/** What happened to a plan that passed, according to the chain. */
export type PlanFate =
  /** Sure if the height of the answer is known. */
  | { readonly type: 'scheduled'; readonly isSure: boolean }
  | { readonly type: 'applied'; readonly height: bigint }
  /** Its height is reached and it is no longer scheduled, and no server can be asked about it by name. */
  | { readonly type: 'gone'; readonly isSure: boolean; readonly reason: string }
  /** It cannot be told now. */
  | { readonly type: 'unsure' }
  /** A server that may be behind says that it is not scheduled; ask again. */
  | { readonly type: 'absent'; readonly reason: string }
  | { readonly type: 'withdrawn'; readonly reason: string }

interface Plan extends Pick<PendingPlan, 'name' | 'height' | 'spelled' | 'withdrawn'> {
  /** See {@link votedIn}. Another vote may have replaced a plan and changed only its info. */
  readonly voted?: PlanFinding['plan'] | undefined
}

/**
 * Compares a plan that passed with what the chain has scheduled and has applied.
 *
 * A plan whose height is reached is no longer scheduled, whether it was applied or cancelled. Only the state at its
 * height or above can prove that it was never applied: a server below that height answers 0 for every plan, and so may
 * one that does not report its height.
 */
export async function fateOf(
  rest: Rest,
  plan: Plan,
  current: CurrentPlan,
  head: bigint,
  others: readonly Plan[] = [],
): Promise<PlanFate> {
  const { finding, isFresh, height: at } = current
  const isNamed = finding?.plan.name === plan.name && finding.plan.height === plan.height
  if (isNamed && hasInfoOf(finding.plan, plan)) return { type: 'scheduled', isSure: at !== undefined }
  if (!isFresh) return { type: 'unsure' }
  const due = BigInt(plan.height)
  const reason = absenceText(finding, isNamed)
  if (at !== undefined && at < due) return { type: 'withdrawn', reason }
  if (at === undefined && due > head + maxLag) return { type: 'absent', reason }
  const answer = await readApplied(rest, plan.spelled ?? plan.name)
  if (answer === 'unsaid') return { type: 'unsure' }
  if (answer === 'unaskable')
    return due > head ? { type: 'unsure' } : { type: 'gone', isSure: at !== undefined, reason }
  const { applied, height } = answer
  // Nothing is applied before its height, so either the answer is wrong or our head is behind.
  if (applied > head || (applied > 0n && due > head)) return { type: 'unsure' }
  if (applied > 0n)
    return isOfAnother(plan, applied, others)
      ? {
          type: 'withdrawn',
          reason: `The chain carried out ${cleanLine(plan.name, 128)} at height ${applied}, not ${plan.height}.`,
        }
      : { type: 'applied', height: applied }
  if (height !== undefined && height >= due) return { type: 'withdrawn', reason }
  // Just after the height, an outdated server may not have applied it yet.
  const mayBeBefore = due <= head && head <= due + maxLag
  return height === undefined && !mayBeBefore ? { type: 'absent', reason } : { type: 'unsure' }
}

/** Returns the plan of a proposal; `undefined` if it is not known, or if the proposal has two that disagree. */
export function votedIn(finding: PlanFinding | undefined): PlanFinding['plan'] | undefined {
  return finding?.problems.length === 0 ? finding.plan : undefined
}

function hasInfoOf({ info = '' }: PlanFinding['plan'], { voted }: Plan): boolean {
  return voted === undefined || canonical(info) === canonical(voted.info ?? '')
}

function absenceText(finding: PlanFinding | undefined, isNamed: boolean): string {
  if (finding === undefined) return 'The chain has no upgrade scheduled any more: it was cancelled, or skipped.'
  const { name, height } = finding.plan
  const other = isNamed ? 'this upgrade scheduled with other info' : 'another upgrade scheduled in its place'
  return `The chain has ${other}: ${cleanLine(name, 128)} at height ${height}.`
}

/**
 * A name is applied once, at the height of its plan, or one block later if it was scheduled in the block of that
 * height. So another height belongs to another plan of this name, which need not be watched or known.
 */
function isOfAnother({ name, height, withdrawn }: Plan, applied: bigint, others: readonly Plan[]): boolean {
  const due = BigInt(height)
  if (applied === due)
    return withdrawn !== undefined && others.some((one) => isTwin(one, { name, height }) && one.withdrawn === undefined)
  if (applied !== due + 1n) return true
  return withdrawn !== undefined || others.some((other) => other.name === name && BigInt(other.height) === applied)
}

/** Another vote may have replaced a plan by one of the same name and height, with other info. */
function isTwin(one: Plan, { name, height }: Pick<Plan, 'name' | 'height'>): boolean {
  return one.name === name && one.height === height
}
