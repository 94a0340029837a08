import type { BlockSample } from '../../../domain/blocks/blockTime.js'
import type { Head } from '../../../domain/blocks/head.js'
import type { PlanFinding, PlanRef, PlanStanding } from '../../../domain/plans/plan.js'
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
import { fateOf, type PlanFate, planIn, readCurrentPlan, spellingIn } from './plans.js'
import { deniedSince, isProven } from '../cosmosSdk/doubts.js'
import type { Rest } from '../cosmosSdk/rest.js'
import { govContract } from './toProposal.js'

export interface ReconciledPlans {
  /** What is still to be watched. */
  readonly pending: readonly PendingPlan[]
  /** What the chain says of each plan that was asked about, whether its proposal could be read or not. */
  readonly standings: readonly KeyedPlanStanding[]
  /** The plan the chain has scheduled though nobody is known to have proposed it. */
  readonly unproposed?: PlanFinding
  /** The chain has x/upgrade. */
  readonly isServed: boolean
  readonly warnings: readonly string[]
}

/**
 * Compares the plans that passed with the one the chain has scheduled, which alone is the truth: a new plan takes
 * the place of the old one without a word, and a cancellation names none. To be called after all proposals were read.
 *
 * A withdrawn plan is watched until its height is behind: what one server said may turn out to be wrong.
 *
 * @param raws - The proposals of this reading: one of them may be about to schedule what the chain has scheduled.
 */
export async function reconcilePlans(
  rest: Rest,
  pending: readonly PendingPlan[],
  raws: readonly GovProposal[],
  { chain, head, wasServed, awaited }: ReconcileContext,
): Promise<ReconciledPlans> {
  const current = await readCurrentPlan(rest, wasServed)
  if (current === undefined) {
    const warnings =
      pending.length === 0
        ? []
        : [`${rest.place} does not tell the scheduled upgrade: passed plans are taken at their word.`]
    return { pending, standings: [], isServed: false, warnings }
  }
  const kept: PendingPlan[] = []
  const standings: KeyedPlanStanding[] = []
  for (const plan of pending) {
    const { contract, id, name, height } = plan
    const fate = await fateOf(rest, plan, current, head.number, pending)
    const { standing, next } = standingAfter(plan, fate, head)
    standings.push({ key: keyOf({ chain, contract, id }), name, height, ...standing })
    if (next !== undefined) kept.push(next)
  }
  const { finding, isFresh, spelled } = current
  const isUnderWay =
    awaited.some((plan) => isSame(plan, finding)) ||
    raws.some(
      ({ status, messages }) =>
        (status === 'voting' || status === 'submitted') && isSame(planIn(messages)?.plan, finding),
    )
  const isOld = current.height === undefined && BigInt(finding?.plan.height ?? 0) <= head.number
  const isKnown = finding === undefined || !isFresh || isOld || isUnderWay || kept.some((plan) => isSame(plan, finding))
  const reconciled = { standings, isServed: true, warnings: [] }
  if (isKnown) return { ...reconciled, pending: kept }
  const { name, height = 0 } = finding.plan
  return {
    ...reconciled,
    pending: [...kept, { contract: upgradeContract, id: idOf(finding), name, height, ...defined({ spelled }) }],
    unproposed: finding,
  }
}

interface ReconcileContext {
  readonly chain: string
  readonly head: Head
  readonly wasServed: boolean
  /** Of proposals that were open and could not be read now: one of them may have scheduled what the chain has. */
  readonly awaited: readonly PlanRef[]
}

// How long a plan is watched that counts as withdrawn though nobody could prove it.
const watchBlocks = 1_000n

/** What follows from the fate of a plan, and how it is watched on, if it is. */
function standingAfter(
  plan: PendingPlan,
  fate: PlanFate,
  head: Head,
): { readonly standing: PlanStanding; readonly next?: PendingPlan } {
  const { contract, id, name, height, spelled, withdrawn } = plan
  const plain: PendingPlan = { contract, id, name, height, ...defined({ spelled }) }
  const due = BigInt(height)
  const { number } = head
  const off = (reason: string, isOver: boolean, since?: BlockSample): ReturnType<typeof standingAfter> => ({
    standing: { withdrawn: reason },
    ...(!isOver && { next: { ...plain, withdrawn: reason, ...defined({ deniedSince: since }) } }),
  })
  if (fate.type === 'scheduled')
    return withdrawn === undefined || fate.isSure || isBack(plan, head)
      ? { standing: {}, next: plain }
      : off(withdrawn, due + watchBlocks < number, deniedSince(plan.deniedSince, head))
  if (fate.type === 'applied') return { standing: { applied: fate.height } }
  // A chain does not go past the height of a plan that it holds: what stood until then was carried out, or skipped.
  if (fate.type === 'gone' && (fate.isSure || (withdrawn === undefined && plan.deniedSince !== undefined)))
    return withdrawn === undefined ? { standing: {} } : { standing: { withdrawn } }
  if (fate.type === 'withdrawn') return off(withdrawn ?? fate.reason, due <= number)
  if (withdrawn !== undefined) return off(withdrawn, due + watchBlocks < number)
  if (fate.type === 'absent' && isProven(plan.deniedSince, head)) return off(fate.reason, false)
  const isMissing = fate.type === 'absent' || fate.type === 'gone'
  const unsure = 'The servers do not say for sure whether the chain still has it scheduled, or has carried it out.'
  return {
    standing: { unsure },
    next: isMissing ? { ...plain, deniedSince: deniedSince(plan.deniedSince, head) } : plan,
  }
}

/** Told as scheduled again for so long that it is. A chain does not go past the height of a plan that it holds. */
function isBack({ height, deniedSince: since }: PendingPlan, head: Head): boolean {
  return head.number <= BigInt(height) && isProven(since, head)
}

function isSame(plan: PlanRef | undefined, finding: PlanFinding | undefined): boolean {
  return plan !== undefined && plan.name === finding?.plan.name && plan.height === finding.plan.height
}

function idOf({ plan: { name, height } }: PlanFinding): string {
  return `${cleanLine(name, 128)}@${height}`
}

/** An upgrade the chain has scheduled though no known proposal asked for it: another authority may. */
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

/** The plan of a proposal that passed; nothing where the chain cannot have scheduled it. */
export function pendingOf({ id, status, messages }: GovProposal): readonly PendingPlan[] {
  const finding = status === 'passed' ? planIn(messages) : undefined
  if (finding === undefined) return []
  const { name, height } = finding.plan
  const spelling = spellingIn(messages, name)
  // The chain takes a name that cannot be shown, but none that is empty.
  if (
    height === undefined ||
    !Number.isInteger(height) ||
    height <= 0 ||
    (name === '' && spelling.spelled === undefined)
  )
    return []
  return [{ contract: govContract, id: id.toString(), name, height, ...spelling }]
}

/** The proposal with what the chain says of its plan, where it was asked. */
export function withItsVerdict(proposal: Proposal, standings: readonly KeyedPlanStanding[]): Proposal {
  const key = keyOf(proposal)
  const verdict = standings.find((standing) => standing.key === key)
  return verdict === undefined ? proposal : withPlanStanding(proposal, verdict)
}

/** A plan of no known proposal, to be shown as it is once the chain has it no more. */
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

/** Ids of the proposals whose plan has been withdrawn in this reading. */
export function newlyWithdrawn(
  before: readonly PendingPlan[],
  after: readonly PendingPlan[],
): readonly { readonly id: bigint }[] {
  const stood = new Set(before.filter(({ withdrawn }) => withdrawn === undefined).map(({ id }) => id))
  return after
    .filter(({ contract, id, withdrawn }) => contract === govContract && withdrawn !== undefined && stood.has(id))
    .map(({ id }) => ({ id: BigInt(id) }))
}

/** One plan a proposal: what passed now, and what was watched before. */
export function mergePending(known: readonly PendingPlan[], passed: readonly PendingPlan[]): readonly PendingPlan[] {
  const all = new Map([...known, ...passed].map((plan) => [`${plan.contract} ${plan.id}`, plan]))
  return [...all.values()]
}
