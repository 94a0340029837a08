import { defined } from '../defined.js'
import type { JsonObject } from '../text/json.js'
import { cleanLine } from '../text/text.js'

/** What a proposal asks nodes to run from which block, or from which time. Without a height it is never written. */
export interface Plan {
  /** Name of the upgrade; also the name of the directory that holds the binary. */
  readonly name: string
  /** First block the new binary runs. As written by the proposal: `checkPlan` tells whether it can be used. */
  readonly height?: number
  /** Unix seconds from which on it runs, where the chain counts in times. A plan has one of both. */
  readonly time?: bigint
  /** The proposal's own words about the binaries, an object or verbatim text. */
  readonly info?: string | JsonObject
  /** Download address per platform, where `info` names them. */
  readonly binaries?: Readonly<Record<string, string>>
}

/** Which plan something is about: its name, and when it is due. */
export type PlanRef = Pick<Plan, 'name' | 'height' | 'time'>

export function planRef({ name, height, time }: PlanRef): PlanRef {
  return { name, ...defined({ height, time }) }
}

/** The longest name of a plan that is acted on, in code points. */
export const maxPlanName = 128

/** The name of a plan for people, whatever stands there: on one line, and cut where it is longer than it may be. */
export function shownPlanName({ name }: Pick<Plan, 'name'>): string {
  return cleanLine(name, maxPlanName)
}

/**
 * Where a plan was found; the first hit of this order wins. `chain`: the chain has it scheduled, whoever proposed it.
 * `event`: a contract announced it. Nodes that have it in their configuration count as the chain.
 */
export const planOrigins = ['call', 'fenced-block', 'memo', 'env-val', 'chain', 'event', 'operator', 'library'] as const
export type PlanOrigin = (typeof planOrigins)[number]

/** What the search for a plan in one proposal gave. */
export interface PlanFinding {
  readonly plan: Plan
  readonly origin: PlanOrigin
  /** Why this plan must not be acted on; empty for a sound plan. One sentence each. */
  readonly problems: readonly string[]
  /**
   * Why the chain, which once had it scheduled, has it no more: replaced or cancelled by somebody else. One sentence.
   */
  readonly withdrawn?: string
  /**
   * The height at which the chain itself says that it carried this plan out, above 0 (`applied_plan` of x/upgrade):
   * proof, whatever a node says it runs. Absent where the chain does not say so.
   */
  readonly applied?: bigint
  /** Why nobody can say now whether the chain still has it scheduled. Nothing is written meanwhile. One sentence. */
  readonly unsure?: string
  /** That nodes go on without it though its time has come, and which. One sentence. */
  readonly missed?: string
  /** Nodes that would not carry it out as they are. Absent where all would. */
  readonly unready?: readonly UnreadyNode[]
}

/** A node that would not carry a plan out as it is. */
export interface UnreadyNode {
  /** Host and port; told apart where several nodes have the same. */
  readonly host: string
  /** What it says instead: a sentence that begins with its host. */
  readonly reason: string
  /** Chain time, Unix seconds, at which it was last seen ready, where it was for long. */
  readonly readyUntil?: bigint
}

/** True where the same nodes would not carry a plan out, for the same reasons. */
export function isSameUnready(a: readonly UnreadyNode[] = [], b: readonly UnreadyNode[] = []): boolean {
  const isSame = (one: UnreadyNode, other: UnreadyNode | undefined): boolean =>
    one.host === other?.host && one.reason === other.reason && one.readyUntil === other.readyUntil
  return a.length === b.length && a.every((one, at) => isSame(one, b[at]))
}

/** What the chain says of a plan, apart from the proposal that asked for it; with no key set, the plan stands. */
export interface PlanStanding {
  /** As in {@link PlanFinding}. */
  readonly withdrawn?: string
  /** As in {@link PlanFinding}. */
  readonly applied?: bigint
  /** As in {@link PlanFinding}. */
  readonly unsure?: string
}

/** A finding as the chain has it now: what it said of it before no longer counts. */
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
