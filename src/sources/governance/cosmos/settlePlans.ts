import { typeOf } from '../../../domain/classify.js'
import type { PlanFinding } from '../../../domain/plan.js'
import type { Proposal } from '../../../domain/proposal.js'
import { cleanLine } from '../../../domain/text.js'
import type { Rest } from './askRest.js'
import type { CosmosContext } from './CosmosContext.js'
import type { PendingPlan } from './cursor.js'
import type { GovProposal } from './decodeProposal.js'
import { planIn } from './planIn.js'
import { fateOf, readCurrentPlan } from './readPlans.js'
import { govContract } from './toProposal.js'

/** What stands for the contract of an upgrade that no known proposal asked for. */
export const upgradeContract = 'upgrade'

export interface SettledPlans {
  /** What is still to be watched. */
  readonly pending: readonly PendingPlan[]
  /** Plans the chain does not carry out, and why. */
  readonly withdrawn: readonly { readonly plan: PendingPlan; readonly reason: string }[]
  /** The plan the chain has scheduled though nobody is known to have proposed it. */
  readonly unproposed?: PlanFinding
  readonly warnings: readonly string[]
}

/**
 * Compares the plans that passed with the one the chain has scheduled, which alone is the truth: a new plan takes
 * the place of the old one without a word, and a cancellation names none. To be called after all proposals were read.
 *
 * @param raws - The proposals of this reading: one of them may be about to schedule what the chain has scheduled.
 */
export async function settlePlans(rest: Rest, pending: readonly PendingPlan[], raws: readonly GovProposal[]): Promise<SettledPlans> {
  const current = await readCurrentPlan(rest)
  if (current === undefined) {
    return { pending, withdrawn: [], warnings: pending.length === 0 ? [] : [`${rest.place} does not tell the scheduled upgrade: passed plans are taken at their word.`] }
  }
  const { finding, isFresh } = current
  const kept: PendingPlan[] = []
  const withdrawn: { readonly plan: PendingPlan; readonly reason: string }[] = []
  for (const plan of pending) {
    const fate = await fateOf(rest, plan, current)
    if (fate === 'scheduled' || fate === 'unsure') kept.push(plan)
    else if (fate !== 'applied') withdrawn.push({ plan, reason: fate.withdrawn })
  }
  const isUnderWay = raws.some(({ status, messages }) => (status === 'voting' || status === 'submitted') && isSame(planIn(messages)?.plan, finding))
  const isKnown = finding === undefined || !isFresh || isUnderWay || kept.some((plan) => isSame(plan, finding))
  if (isKnown) return { pending: kept, withdrawn, warnings: [] }
  const { name, height } = finding.plan
  return { pending: [...kept, { contract: upgradeContract, id: idOf(finding), name, height }], withdrawn, unproposed: finding, warnings: [] }
}

function isSame(plan: Pick<PendingPlan, 'name' | 'height'> | undefined, finding: PlanFinding | undefined): boolean {
  return plan !== undefined && plan.name === finding?.plan.name && plan.height === finding.plan.height
}

function idOf({ plan: { name, height } }: PlanFinding): string {
  return `${cleanLine(name, 128)}@${height}`
}

/** An upgrade the chain has scheduled though no known proposal asked for it: another authority may. */
export function unproposed(finding: PlanFinding, readAt: bigint, { chain, classify }: Pick<CosmosContext, 'chain' | 'classify'>): Proposal {
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
  if (finding === undefined || finding.plan.height <= 0 || finding.plan.name === '') return []
  return [{ contract: govContract, id: id.toString(), name: finding.plan.name, height: finding.plan.height }]
}
