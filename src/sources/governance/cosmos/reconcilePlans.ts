import type { Head } from '../../../domain/blocks/head.js'
import type { PlanFinding, PlanRef } from '../../../domain/plans/plan.js'
import { upgradeContract } from '../../../domain/proposals/announced.js'
import { typeOf } from '../../../domain/proposals/classify.js'
import { withPlanStanding } from '../../../domain/proposals/withPlanStanding.js'
import { keyOf, type Proposal } from '../../../domain/proposals/proposal.js'
import type { KeyedPlanStanding } from '../../../domain/reading.js'
import { cleanLine } from '../../../domain/text/text.js'
import { defined } from '../../../domain/defined.js'
import type { CosmosContext } from './context.js'
import type { PendingPlan } from './cursor.js'
import type { GovProposal } from './decode.js'
import { fateOf, planIn, readCurrentPlan, votedIn } from './plans.js'
import type { Rest } from '../cosmosSdk/rest.js'
import { standingAfter } from './standingAfter.js'
import { govContract } from './toProposal.js'

export interface ReconciledPlans {
  /** The plans that are still watched. */
  readonly pending: readonly PendingPlan[]
  /** What the chain says about each plan that was checked, even if its proposal could not be read. */
  readonly standings: readonly KeyedPlanStanding[]
  /** The plan that the chain has scheduled without a known proposal. */
  readonly unproposed?: PlanFinding
  /** True if the chain has x/upgrade. */
  readonly isServed: boolean
  readonly warnings: readonly string[]
}

/**
 * Compares the passed plans with the one the chain has scheduled, which is authoritative: a new plan silently replaces
 * the old one, and a cancellation names none. Call it after all proposals were read.
 *
 * A withdrawn plan is watched until its height is long past, because one server's answer may prove wrong.
 *
 * @param raws - The proposals of this reading; one of them may be about to schedule the plan that the chain has.
 */
export async function reconcilePlans(
  rest: Rest,
  pending: readonly PendingPlan[],
  raws: readonly GovProposal[],
  { chain, head, wasServed, awaited, open }: ReconcileContext,
): Promise<ReconciledPlans> {
  const current = await readCurrentPlan(rest, wasServed)
  if (current === undefined) {
    const warnings =
      pending.length === 0
        ? []
        : [
            `${rest.place} does not report the scheduled upgrade: the plans of passed proposals are believed without this check.`,
          ]
    return { pending, standings: [], isServed: false, warnings }
  }
  const known = new Map(open.map((proposal) => [keyOf(proposal), proposal]))
  const read = new Map(raws.map(({ id, messages }) => [keyOf({ chain, contract: govContract, id: `${id}` }), messages]))
  const carried = open.flatMap(({ finding }) => (finding?.applied === undefined ? [] : [finding.plan]))
  const others = [...pending, ...carried.map(({ name, height = 0 }) => ({ name, height }))]
  let isHeld = false
  const kept: PendingPlan[] = []
  const standings: KeyedPlanStanding[] = []
  for (const plan of pending) {
    const { contract, id, name, height } = plan
    const key = keyOf({ chain, contract, id })
    if (isSettled(known.get(key), carried)) continue
    const voted = votedIn(planIn(read.get(key) ?? []) ?? known.get(key)?.finding)
    const fate = await fateOf(rest, { ...plan, voted }, current, head.number, others)
    isHeld ||= fate.type === 'scheduled'
    const { standing, next } = standingAfter(plan, fate, head, stillCounts(known.get(key)))
    standings.push({ key, name, height, ...standing })
    // A plan that was carried out is watched until that is believed, also if it is new or was withdrawn.
    const isFollowed = fate.type !== 'applied' || known.has(key) || read.has(key)
    if (next !== undefined && isFollowed) kept.push(next)
  }
  const { finding, isFresh, spelled } = current
  const isUnderWay =
    awaited.some((plan) => isSame(plan, finding)) ||
    raws.some(
      ({ status, messages }) =>
        (status === 'voting' || status === 'submitted') && isSame(planIn(messages)?.plan, finding),
    )
  const isOld = current.height === undefined && BigInt(finding?.plan.height ?? 0) <= head.number
  const isKnown = finding === undefined || !isFresh || isOld || isUnderWay || isHeld
  const reconciled = { standings, isServed: true, warnings: [] }
  if (isKnown) return { ...reconciled, pending: kept }
  const { name, height = 0 } = finding.plan
  const id = idOf(finding)
  // Without a proposal, only name and height tell plans apart, so one with other info takes the place of the former.
  const key = keyOf({ chain, contract: upgradeContract, id })
  const apart = kept.filter((plan) => plan.contract !== upgradeContract || plan.id !== id)
  return {
    ...reconciled,
    standings: standings.filter((standing) => standing.key !== key),
    pending: [...apart, { contract: upgradeContract, id, name, height, ...defined({ spelled }) }],
    unproposed: finding,
  }
}

interface ReconcileContext {
  readonly chain: string
  readonly head: Head
  readonly wasServed: boolean
  /**
   * Plans of proposals that were open and cannot be read now. One of them may have scheduled the plan that the chain
   * has.
   */
  readonly awaited: readonly PlanRef[]
  /** The known proposals that may still change. */
  readonly open: readonly Proposal[]
}

/**
 * True if the plan was carried out, or was withdrawn and another one of its name and height was carried out: a name is
 * applied once.
 */
function isSettled(proposal: Proposal | undefined, carried: readonly PlanRef[]): boolean {
  const { finding } = proposal ?? {}
  if (finding?.applied !== undefined) return true
  return finding?.withdrawn !== undefined && carried.some((plan) => isSame(plan, finding))
}

/** True if the plan still counts: its end must be reported again until enough nodes confirm it. */
function stillCounts(proposal: Proposal | undefined): boolean {
  const { finding } = proposal ?? {}
  return finding !== undefined && finding.withdrawn === undefined && finding.applied === undefined
}

function isSame(plan: PlanRef | undefined, finding: PlanFinding | undefined): boolean {
  return plan !== undefined && plan.name === finding?.plan.name && plan.height === finding.plan.height
}

function idOf({ plan: { name, height } }: PlanFinding): string {
  return `${cleanLine(name, 128)}@${height}`
}

/** Returns name and height in such an id. */
export function planOfId(id: string): { readonly name: string; readonly height: number } | undefined {
  const at = id.lastIndexOf('@')
  const height = Number(id.slice(at + 1))
  return at > 0 && Number.isSafeInteger(height) && height > 0 ? { name: id.slice(0, at), height } : undefined
}

/**
 * The proposal for an upgrade that the chain has scheduled without a known proposal; another authority may have done
 * so.
 */
export function unproposed(
  finding: PlanFinding,
  readAt: bigint,
  { chain, classify }: Pick<CosmosContext, 'chain' | 'classify'>,
): Proposal {
  const title = cleanLine(`Upgrade ${finding.plan.name}`, 120)
  return {
    chain,
    system: 'cosmos',
    contract: upgradeContract,
    id: idOf(finding),
    title,
    description: 'The chain has this upgrade scheduled. No known proposal asked for it.',
    type: typeOf({ title, actions: [], finding, kind: 'upgrade' }, classify),
    status: 'passed',
    derived: true,
    carriedOut: true,
    actions: [],
    clock: 'timestamp',
    finding,
    readAt,
  }
}

/** Adds what the chain says about the plan of a proposal, if the plan was checked. */
export function withStandingOf(proposal: Proposal, standings: readonly KeyedPlanStanding[]): Proposal {
  const key = keyOf(proposal)
  const verdict = standings.find((standing) => standing.key === key)
  return verdict === undefined ? proposal : withPlanStanding(proposal, verdict)
}

/**
 * Returns the proposal of a plan without a known proposal once the chain no longer has that plan, so that it is
 * updated.
 */
export function withdrawnUnproposed(
  { key, withdrawn }: KeyedPlanStanding,
  before: readonly PendingPlan[],
  open: readonly Proposal[],
): readonly Proposal[] {
  const stood = before.some(
    (plan) => plan.contract === upgradeContract && plan.withdrawn === undefined && key.endsWith(`/${plan.id}`),
  )
  return withdrawn === undefined || !stood
    ? []
    : open.filter((proposal) => proposal.contract === upgradeContract && keyOf(proposal) === key)
}

/**
 * Returns the known proposals whose plan was carried out, except those in `raws`, so that they are updated. Their plans
 * are watched until that is believed.
 */
export function carriedOut(
  standings: readonly KeyedPlanStanding[],
  raws: ReadonlyMap<bigint, GovProposal>,
  open: readonly Proposal[],
): readonly Proposal[] {
  const keys = new Set(standings.flatMap(({ key, applied }) => (applied === undefined ? [] : [key])))
  const isRead = ({ contract, id }: Proposal): boolean => contract === govContract && raws.has(BigInt(id))
  return open.filter((proposal) => keys.has(keyOf(proposal)) && !isRead(proposal))
}

/** Ids of the proposals whose plan was withdrawn in this reading. */
export function newlyWithdrawn(
  before: readonly PendingPlan[],
  after: readonly PendingPlan[],
): readonly { readonly id: bigint }[] {
  const stood = new Set(before.filter(({ withdrawn }) => withdrawn === undefined).map(({ id }) => id))
  return after
    .filter(({ contract, id, withdrawn }) => contract === govContract && withdrawn !== undefined && stood.has(id))
    .map(({ id }) => ({ id: BigInt(id) }))
}
