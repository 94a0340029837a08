import { editsSince, lineageOf, type Version } from '../editedMap.js'
import type { PlanFinding } from '../plans/plan.js'
import { hasPassed, isActive, keyOf, type Proposal, type ProposalKey } from '../proposals/proposal.js'
import type { ResolvedPlanOptions } from './planOptions.js'
import type { Upgrade } from './upgrade.js'

/** What the evaluation of a plan depends on, beside the plan and its own upgrade. */
export interface VerdictBasis {
  /** Names and heights that other upgrades occupy (`occupationOf`). */
  readonly occupation: string
  readonly head: bigint
  /** True if there was no caught-up reading before. */
  readonly isFirst: boolean
  readonly options: ResolvedPlanOptions
}

/** The basis of the last evaluation of a proposal that changed nothing. */
interface Verdict {
  readonly basis: VerdictBasis
  readonly finding: PlanFinding | undefined
  readonly upgrade: Upgrade | undefined
}

export type Verdicts = WeakMap<Proposal, Verdict>

export interface Candidate {
  readonly proposal: Proposal
  readonly finding: PlanFinding | undefined
}

/**
 * Returns the proposals that may change an upgrade, because something has changed since they last changed nothing.
 * Those without a plan that can be scheduled come first, then those that ask for one, in the order of their votes.
 *
 * Anyone may propose, so most proposals must cost next to nothing. Thousands of refused plans are not evaluated again,
 * and plans that are voted on are noted only up to `maxWaiting`.
 */
export function selectCandidates(
  proposals: ReadonlyMap<ProposalKey, Proposal>,
  upgrades: ReadonlyMap<ProposalKey, Upgrade>,
  basis: VerdictBasis,
  verdicts: Verdicts,
): readonly Candidate[] {
  const last = editsSince(proposals, (version) => quiet.get(version))
  const asked =
    last?.found.upgrades === upgrades && stillHolds(last.found.basis, basis) ? last.keys.keys() : proposals.keys()
  const { findPlan, maxWaiting } = basis.options
  let room = maxWaiting
  for (const { status } of upgrades.values()) if (status === 'pending') room -= 1
  const candidates: Candidate[] = []
  for (const key of asked) {
    const proposal = proposals.get(key)
    if (proposal === undefined) continue
    const upgrade = upgrades.get(key)
    if (upgrade === undefined && !(isActive(proposal) ? room > 0 : hasPassed(proposal))) continue
    const finding = findPlan(proposal)
    // Most proposals carry no plan.
    if (upgrade === undefined && finding === undefined) continue
    const verdict = verdicts.get(proposal)
    if (
      verdict !== undefined &&
      verdict.finding === finding &&
      verdict.upgrade === upgrade &&
      stillHolds(verdict.basis, basis)
    )
      continue
    if (upgrade === undefined && isActive(proposal)) room -= 1
    candidates.push({ proposal, finding })
  }
  return candidates.sort(inVotingOrder)
}

/**
 * Remembers that none of these proposals changes anything. From then on only proposals that were edited are evaluated.
 */
export function rememberUnchanged(
  proposals: ReadonlyMap<ProposalKey, Proposal>,
  upgrades: ReadonlyMap<ProposalKey, Upgrade>,
  basis: VerdictBasis,
): void {
  quiet.set(lineageOf(proposals).version, { basis, upgrades })
}

const quiet = new WeakMap<
  Version,
  { readonly basis: VerdictBasis; readonly upgrades: ReadonlyMap<ProposalKey, Upgrade> }
>()

function stillHolds(verdict: VerdictBasis, { occupation, head, isFirst, options }: VerdictBasis): boolean {
  // A head that a reorg removed may have made a plan look late.
  return (
    verdict.occupation === occupation &&
    verdict.head <= head &&
    verdict.isFirst === isFirst &&
    verdict.options === options
  )
}

/** True if the proposal does not ask for an upgrade, or no longer: it can only free a name and a height. */
export function isGivenUp({ proposal, finding }: Candidate): boolean {
  return !hasPassed(proposal) || finding === undefined || finding.withdrawn !== undefined
}

function inVotingOrder(one: Candidate, other: Candidate): number {
  const [first, second] = [isGivenUp(one), isGivenUp(other)]
  if (first !== second) return first ? -1 : 1
  const [a, b] = [one.proposal, other.proposal]
  const [from, to] = [placeOf(a), placeOf(b)]
  return from < to ? -1 : from > to ? 1 : keyOf(a) < keyOf(b) ? -1 : 1
}

function placeOf({ votingEnd, origin }: Proposal): bigint {
  return votingEnd ?? origin?.block ?? 0n
}
