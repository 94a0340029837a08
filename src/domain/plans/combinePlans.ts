import { boundedJson, parsedJson } from '../text/boundedJson.js'
import { canonical, isJsonObject } from '../text/json.js'
import { dueText, isSameDue } from './dueAt.js'
import type { Plan, PlanFinding } from './plan.js'
import { readPlan } from './readPlan.js'

const maxProblems = 10

/**
 * Combines the plan of a proposal with the plan that the operator bound to it in the configuration. If both name the
 * same, the chain's finding is used, with the operator's info if it has none of its own.
 */
export function combinePlans(onChain: PlanFinding | undefined, operator: Plan | undefined): PlanFinding | undefined {
  if (operator === undefined) return onChain
  const bound: PlanFinding = { ...readPlan(operator), origin: 'operator' }
  const merged = mergeFound(onChain === undefined ? [bound] : [onChain, bound])
  if (merged === undefined || merged.problems.length > 0 || merged.plan.info !== undefined) return merged
  return { ...merged, plan: { ...bound.plan, ...merged.plan } }
}

/**
 * Merges all plans found in one proposal, in order of precedence: the first one gives plan and origin. A different
 * name, height or time is a problem, and so is a different info if two plans have one. The problems of all are kept.
 */
export function mergeFound(found: readonly PlanFinding[]): PlanFinding | undefined {
  const [first] = found
  if (first === undefined) return undefined
  const problems = [...new Set(found.flatMap((finding) => finding.problems))].slice(0, maxProblems)
  const rivals = disagreeing(first, found)
  return { ...first, problems: rivals === undefined ? problems : [...problems, disagreement(rivals, found.length)] }
}

type Rivals = readonly [PlanFinding, PlanFinding]

function disagreeing(first: PlanFinding, found: readonly PlanFinding[]): Rivals | undefined {
  const other = found.find(({ plan }) => plan.name !== first.plan.name || !isSameDue(plan, first.plan))
  if (other !== undefined) return [first, other]
  const [informed, ...informants] = found.filter(({ plan }) => plan.info !== undefined)
  if (informed === undefined || informants.length === 0) return undefined
  const meant = comparableInfo(informed.plan)
  const rival = informants.find(({ plan }) => comparableInfo(plan) !== meant)
  return rival === undefined ? undefined : [informed, rival]
}

/** Returns a plan as text that is equal for equal content: name, height or time, and info. */
export function contentOf(plan: Plan): string {
  return JSON.stringify([plan.name, plan.height ?? dueText(plan), comparableInfo(plan)])
}

/** Returns the info as text that is equal for equal content: a call has it as text, a block as an object. */
function comparableInfo({ info }: Plan): string {
  const value = boundedJson(typeof info === 'string' ? parsedJson(info) : info)
  return isJsonObject(value) ? `json ${canonical(value)}` : `text ${typeof info === 'string' ? info : ''}`
}

function disagreement([a, b]: Rivals, count: number): string {
  const isSame = a.plan.name === b.plan.name && isSameDue(a.plan, b.plan)
  const what = isSame
    ? `${describePlan(a.plan)}, with different info`
    : `${describePlan(a.plan)} and ${describePlan(b.plan)}`
  return `The proposal carries ${count} plans that disagree: ${what} (${a.origin}, ${b.origin}).`
}

function describePlan(plan: Plan): string {
  return `${plan.name === '' ? 'one without a name' : `"${plan.name}"`} at ${dueText(plan)}`
}
