import { defined } from '../defined.js'
import type { JsonObject } from '../text/json.js'
import { cleanLine } from '../text/text.js'

/**
 * What a proposal asks nodes to run, and from which block or time. A plan without a height is never written to a file.
 */
export interface Plan {
  /** Name of the upgrade; also the name of the directory that holds the binary. */
  readonly name: string
  /** First block of the new binary, as written by the proposal. `checkPlan` reports whether it can be used. */
  readonly height?: number
  /** Unix seconds from which the new binary runs, if the chain uses times. A plan has either a height or a time. */
  readonly time?: bigint
  /** The proposal's own information about the binaries: an object or verbatim text. */
  readonly info?: string | JsonObject
  /** Download address per platform, if `info` names them. */
  readonly binaries?: Readonly<Record<string, string>>
}

/** Identifies a plan: its name, and when it is due. */
export type PlanRef = Pick<Plan, 'name' | 'height' | 'time'>

export function planRef({ name, height, time }: PlanRef): PlanRef {
  return { name, ...defined({ height, time }) }
}

/** Maximum length of a plan's name, in code points. A plan with a longer name is not acted on. */
export const maxPlanName = 128

/** Returns the name of a plan for display: cleaned, on one line, and cut to the maximum length. */
export function shownPlanName({ name }: Pick<Plan, 'name'>): string {
  return cleanLine(name, maxPlanName)
}

/**
 * Where a plan was found; the first hit in this order is used. `chain`: the chain has it scheduled, whoever proposed
 * it, or nodes have it in their configuration. `event`: a contract announced it.
 */
export const planOrigins = ['call', 'fenced-block', 'memo', 'env-val', 'chain', 'event', 'operator', 'library'] as const
export type PlanOrigin = (typeof planOrigins)[number]

/** The result of the search for a plan in one proposal. */
export interface PlanFinding {
  readonly plan: Plan
  readonly origin: PlanOrigin
  /** Why this plan must not be acted on; empty for a valid plan. One sentence each. */
  readonly problems: readonly string[]
  /** Why the chain no longer has the plan scheduled: somebody else replaced or cancelled it. One sentence. */
  readonly withdrawn?: string
  /**
   * The height at which the chain itself reports that it carried this plan out, above 0 (`applied_plan` of x/upgrade).
   * This is proof, whatever version a node reports. Absent if the chain does not report it.
   */
  readonly applied?: bigint
  /**
   * Why it is not known at the moment whether the chain still has it scheduled. Nothing is written meanwhile. One
   * sentence.
   */
  readonly unsure?: string
  /** Which nodes continue without it although it is due. One sentence. */
  readonly missed?: string
  /** Nodes that would not carry it out in their present state. Absent if all would. */
  readonly unready?: readonly UnreadyNode[]
}

/** A node that would not carry a plan out in its present state. */
export interface UnreadyNode {
  /** Host and port, made distinct if several nodes have the same. */
  readonly host: string
  /** What the node reports instead: a sentence that begins with its host. */
  readonly reason: string
  /** Chain time, Unix seconds, at which it was last seen ready, if it had been ready for long. */
  readonly readyUntil?: bigint
}

/** Returns true if both lists have the same nodes with the same reasons. */
export function isSameUnready(a: readonly UnreadyNode[] = [], b: readonly UnreadyNode[] = []): boolean {
  const isSame = (one: UnreadyNode, other: UnreadyNode | undefined): boolean =>
    one.host === other?.host && one.reason === other.reason && one.readyUntil === other.readyUntil
  return a.length === b.length && a.every((one, at) => isSame(one, b[at]))
}

/** The chain's report about a plan, apart from its proposal. If no key is set, the plan stands. */
export interface PlanStanding {
  /** As in {@link PlanFinding}. */
  readonly withdrawn?: string
  /** As in {@link PlanFinding}. */
  readonly applied?: bigint
  /** As in {@link PlanFinding}. */
  readonly unsure?: string
}

/** Returns the finding with the chain's present report; the earlier report no longer applies. */
export function withStanding(
  { plan, origin, problems }: PlanFinding,
  { withdrawn, applied, unsure }: PlanStanding,
): PlanFinding {
  return {
    plan,
    origin,
    problems,
    ...defined({ withdrawn, applied, unsure }),
  }
}
