import type { Proposal } from '../../../domain/proposals/proposal.js'
import type { PendingPlan } from './cursor.js'
import type { GovProposal } from './decode.js'
import { planIn, spellingIn } from './plans.js'
import { govContract } from './toProposal.js'

/** The plan of a proposal that passed; empty if the chain cannot have scheduled it. */
export function pendingOf({ id, status, messages }: GovProposal): readonly PendingPlan[] {
  const finding = status === 'passed' ? planIn(messages) : undefined
  if (finding === undefined) return []
  const { name, height } = finding.plan
  const spelling = spellingIn(messages, name)
  // The chain accepts a name that cannot be shown, but not an empty one.
  if (
    height === undefined ||
    !Number.isInteger(height) ||
    height <= 0 ||
    (name === '' && spelling.spelled === undefined)
  )
    return []
  return [{ contract: govContract, id: id.toString(), name, height, ...spelling }]
}

/** One plan per proposal: those that passed now, and those watched before. */
export function mergePending(known: readonly PendingPlan[], passed: readonly PendingPlan[]): readonly PendingPlan[] {
  const all = new Map([...known, ...passed].map((plan) => [`${plan.contract} ${plan.id}`, plan]))
  return [...all.values()]
}

/**
 * The watched plans, as their proposals have them now. A server may have reported a proposal with another plan, and
 * other servers have corrected it since.
 */
export function correctedPlans(pending: readonly PendingPlan[], known: readonly Proposal[]): readonly PendingPlan[] {
  const proposals = new Map(known.map((proposal) => [`${proposal.contract} ${proposal.id}`, proposal]))
  return pending.flatMap((watched): readonly PendingPlan[] => {
    const { contract, id } = watched
    const proposal = proposals.get(`${contract} ${id}`)
    const { name, height } = proposal?.finding?.plan ?? {}
    if (proposal === undefined || (name === watched.name && height === watched.height)) return [watched]
    return name === undefined || height === undefined || height <= 0 ? [] : [{ contract, id, name, height }]
  })
}
