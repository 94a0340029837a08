import { defined } from '../defined.js'
import { sameAttendance, sameCouncil } from './attendance.js'
import type { ChangeKind } from './change.js'
import { sameLabels } from '../labels.js'
import { isSameDue } from '../plans/dueAt.js'
import { isSameUnready, type PlanFinding } from '../plans/plan.js'
import { canonical } from '../text/json.js'
import type { Proposal, Tally } from './proposal.js'

/**
 * Returns the differences between two snapshots of one proposal. `before` is absent when the proposal is seen first.
 */
export function compareProposals(before: Proposal | undefined, proposal: Proposal): readonly ChangeKind[] {
  if (before === proposal) return []
  if (before === undefined) return [{ type: 'proposalAppeared', proposal, backfill: false }]
  const kinds: ChangeKind[] = []
  const moved: readonly ChangeKind[] =
    before.status === proposal.status ? [] : [{ type: 'statusMoved', proposal, from: before.status }]
  // The order of changes: a vote begins before it is counted, and is counted before it ends.
  const begins = proposal.status === 'voting'
  if (begins) kinds.push(...moved)
  if (!sameTally(before.tally, proposal.tally)) {
    kinds.push({
      type: 'tallyMoved',
      proposal,
      fromStatus: before.status,
      ...defined({ from: before.tally }),
    })
  }
  if (before.votingEnd !== proposal.votingEnd) {
    kinds.push({ type: 'scheduleMoved', proposal, ...defined({ from: before.votingEnd }) })
  }
  if (!sameFinding(before.finding, proposal.finding)) {
    kinds.push({ type: 'planEdited', proposal, ...(before.finding !== undefined && { from: before.finding.plan }) })
  }
  if (!begins) kinds.push(...moved)
  if (kinds.length === 0 && !sameDetails(before, proposal)) kinds.push({ type: 'detailsRead', proposal })
  return kinds
}

function sameTally(a: Tally | undefined, b: Tally | undefined): boolean {
  if (a === b) return true
  if (a === undefined || b === undefined) return false
  return (
    a.yes === b.yes &&
    a.no === b.no &&
    a.abstain === b.abstain &&
    a.veto === b.veto &&
    a.quorum === b.quorum &&
    a.threshold === b.threshold &&
    a.electorate === b.electorate &&
    a.turnout === b.turnout &&
    a.quorumReached === b.quorumReached &&
    a.thresholdMet === b.thresholdMet
  )
}

function sameFinding(a: PlanFinding | undefined, b: PlanFinding | undefined): boolean {
  if (a === b) return true
  if (a === undefined || b === undefined) return false
  return (
    a.plan.name === b.plan.name &&
    isSameDue(a.plan, b.plan) &&
    canonical(a.plan.info ?? null) === canonical(b.plan.info ?? null) &&
    a.problems.join('\n') === b.problems.join('\n') &&
    a.withdrawn === b.withdrawn &&
    a.applied === b.applied &&
    a.unsure === b.unsure &&
    a.missed === b.missed &&
    isSameUnready(a.unready, b.unready)
  )
}

function sameDetails(a: Proposal, b: Proposal): boolean {
  return (
    a.title === b.title &&
    a.description === b.description &&
    a.type === b.type &&
    a.derived === b.derived &&
    a.carriedOut === b.carriedOut &&
    a.expedited === b.expedited &&
    sameLabels(a.labels, b.labels) &&
    sameLabels(a.metadata, b.metadata) &&
    sameAttendance(a.attendance, b.attendance) &&
    sameCouncil(a.council, b.council) &&
    a.notUnderstood === b.notUnderstood &&
    a.tally?.unit === b.tally?.unit &&
    a.tally?.decimals === b.tally?.decimals &&
    a.tally?.quorumCounts?.join() === b.tally?.quorumCounts?.join() &&
    a.skipped === b.skipped &&
    a.closesItself === b.closesItself &&
    a.foreignClock === b.foreignClock &&
    a.proposer === b.proposer &&
    a.votingStart === b.votingStart &&
    a.executableAt === b.executableAt &&
    a.submittedAt === b.submittedAt &&
    a.votingStartsAt === b.votingStartsAt &&
    a.votingEndsAt === b.votingEndsAt &&
    a.origin?.hash === b.origin?.hash &&
    a.origin?.block === b.origin?.block &&
    a.closedAt?.block === b.closedAt?.block
  )
}
