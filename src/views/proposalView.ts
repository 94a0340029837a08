import { tallyData } from '../domain/notifications/tallyData.js'
import type { JsonObject } from '../domain/text/json.js'
import type { Action, Proposal, Tally, Vote } from '../domain/proposals/proposal.js'
import { isoOf } from '../domain/text/time.js'
import type { Plan } from '../domain/plans/plan.js'
import type { StatusMove } from '../store/Store.js'
import { textOrNull, timeOrNull } from './orNull.js'
import { dueView } from '../domain/plans/dueAt.js'
import { defined } from '../domain/defined.js'
import { unreadyView } from './unreadyView.js'

/** A proposal from the state, with estimated times of its vote if the chain does not report them. */
export interface Shown {
  readonly proposal: Proposal
  /** True if the end of the vote is estimated from the block time. */
  readonly estimated: boolean
}

/** One proposal with its history and votes. */
export interface ShownInFull extends Shown {
  readonly moves: readonly StatusMove[]
  readonly votes: readonly Vote[]
}

/** One proposal in the format of `proposals --json`. */
export function proposalView({ proposal, estimated }: Shown): JsonObject {
  const { chain, system, contract, id, title, type, status, derived, proposer, tally, finding, labels = {} } = proposal
  return {
    chain,
    system,
    contract,
    id,
    title,
    type,
    status,
    derived,
    proposer: proposer ?? null,
    submittedAt: timeOrNull(proposal.submittedAt),
    votingStart: textOrNull(proposal.votingStart),
    votingEnd: textOrNull(proposal.votingEnd),
    votingStartsAt: timeOrNull(proposal.votingStartsAt),
    votingEndsAt: timeOrNull(proposal.votingEndsAt),
    votingEndsAtEstimated: estimated,
    tally: tally === undefined ? null : tallyView(tally),
    plan: finding === undefined ? null : planView(finding.plan),
    labels,
  }
}

/** One proposal in the format of `proposals ID --json`, with all details. */
export function fullProposalView({ moves, votes, ...shown }: ShownInFull): JsonObject {
  const { description, actions, clock, executableAt, finding, metadata } = shown.proposal
  return {
    ...proposalView(shown),
    skipped: shown.proposal.skipped ?? null,
    notUnderstood: shown.proposal.notUnderstood ?? null,
    metadata: metadata ?? {},
    clock,
    executableAt: timeOrNull(executableAt),
    planOrigin: finding?.origin ?? null,
    planProblems: finding?.problems ?? [],
    planWithdrawn: finding?.withdrawn ?? null,
    planUnsure: finding?.unsure ?? null,
    planAppliedAt: textOrNull(finding?.applied),
    ...defined({ planMissed: finding?.missed, planUnready: unreadyView(finding?.unready) }),
    description,
    actions: actions.map(actionView),
    history: historyOf(shown.proposal, moves).map(({ status, derived, block, time }) => ({
      status,
      derived,
      at: isoOf(time),
      block: String(block),
    })),
    votes: votes.map(({ voter, choice, weight, reason, block }) => ({
      voter,
      choice,
      weight: String(weight),
      reason,
      block: String(block),
    })),
  }
}

/** The status history of a proposal, which starts with its submission even if that was before the first poll. */
export function historyOf({ submittedAt, origin }: Proposal, moves: readonly StatusMove[]): readonly StatusMove[] {
  if (submittedAt === undefined || origin === undefined || moves[0]?.status === 'submitted') return moves
  return [{ status: 'submitted', derived: false, block: origin.block, time: submittedAt }, ...moves]
}

function actionView({ target, value, selector, signature, effect, schedules }: Action): JsonObject {
  return {
    target,
    value: String(value),
    selector,
    signature: signature ?? null,
    effect,
    schedules:
      schedules === undefined ? null : { name: schedules.name, height: String(schedules.height), info: schedules.info },
  }
}

function tallyView(tally: Tally): JsonObject {
  return { ...tallyData(tally), electorate: textOrNull(tally.electorate) }
}

/** A plan in JSON, with null for what the proposal does not state. */
function planView(plan: Plan): JsonObject {
  const { name, info, binaries } = plan
  return { name, ...dueView(plan), info: info ?? null, binaries: binaries ?? null }
}
