import type { PlanFinding } from '../../../domain/plans/plan.js'
import type { Attendance } from '../../../domain/proposals/attendance.js'
import { type ClassifyRule, typeOf } from '../../../domain/proposals/classify.js'
import type { Action, Proposal, ProposalType, Tally } from '../../../domain/proposals/proposal.js'
import { tallyChoices } from '../../../domain/proposals/quorumCounts.js'
import { titleOf, untitled } from '../../../domain/proposals/titleOf.js'
import { cleanLine, cleanText } from '../../../domain/text/text.js'
import { defined } from '../../../domain/defined.js'
import { kindOf, kindOfMessage, type Message, nameOf } from '../cosmosSdk/messages.js'
import { type Votes, otherMetadata, readableMetadata } from '../cosmosSdk/proposalFields.js'
import { decimalOf, sdkOne, shareOf } from '../cosmosSdk/scalars.js'
import type { GovRules } from './context.js'
import type { GovProposal } from './decode.js'
import { planIn } from './plans.js'

/** Takes the place of a contract address in the keys of proposals; a chain has one governance. */
export const govContract = 'gov'

interface ToProposalContext {
  readonly chain: string
  readonly classify: readonly ClassifyRule[]
  readonly tally?: Tally | undefined
  readonly attendance?: Attendance | undefined
  /** Height of the reading. */
  readonly readAt: bigint
}

const maxTitle = 120
const maxDescription = 20_000
const maxAddress = 128

/** Converts a proposal of x/gov into a `Proposal` and sanitises its texts. */
export function toProposal(
  raw: GovProposal,
  { chain, classify, tally, attendance, readAt }: ToProposalContext,
): Proposal {
  const { id, status, messages, expedited, proposer, submitTime, votingStart, votingEnd } = raw
  const finding = planIn(messages)
  const actions = messages.map(actionOf)
  const title = titleFor(raw, finding)
  // An expedited proposal whose vote is over is no longer an emergency.
  const isUrgent = expedited && (status === 'submitted' || status === 'voting')
  return {
    chain,
    system: 'cosmos',
    contract: govContract,
    id: id.toString(),
    title,
    description: cleanText(descriptionOf(raw), maxDescription),
    type: typeOf({ title, actions, finding, kind: kindOf(messages, isUrgent) }, classify),
    status,
    derived: false,
    ...(status === 'passed' && { carriedOut: true }),
    ...(isUrgent && { expedited: true }),
    ...(proposer !== '' && { proposer: cleanLine(proposer, maxAddress) }),
    actions,
    clock: 'timestamp',
    ...defined({ submittedAt: submitTime }),
    ...(votingStart !== undefined && { votingStart, votingStartsAt: votingStart }),
    ...(votingEnd !== undefined && { votingEnd, votingEndsAt: votingEnd }),
    ...defined({ metadata: otherMetadata(raw.metadata), tally, attendance, finding }),
    readAt,
  }
}

/**
 * Chooses a title: the proposal's own, a line of its summary or metadata, the name of its plan, or its first message.
 */
function titleFor({ title, summary, metadata, messages }: GovProposal, finding: PlanFinding | undefined): string {
  const line = cleanLine(title, maxTitle)
  if (line !== '') return line
  const written = [summary, readableMetadata(metadata)].map(titleOf).find((candidate) => candidate !== untitled)
  if (written !== undefined) return written
  if (finding !== undefined && finding.plan.name !== '') return cleanLine(`Upgrade ${finding.plan.name}`, maxTitle)
  const [first] = messages
  return first === undefined ? untitled : cleanLine(nameOf(first.type), maxTitle)
}

function descriptionOf({ summary: own, metadata, failedReason }: GovProposal): string {
  const summary = own === '' ? readableMetadata(metadata) : own
  return failedReason === ''
    ? summary
    : `It passed, but the chain could not carry it out: ${cleanLine(failedReason, 500)}\n\n${summary}`
}

const effects: Readonly<Partial<Record<ProposalType, Action['effect']>>> = {
  parameter: 'governance',
  community: 'transfer',
  text: 'none',
}

function actionOf({ type, body }: Message): Action {
  const target = [body['recipient'], body['to_address'], body['authority']].find((part) => typeof part === 'string')
  return {
    target: typeof target === 'string' ? cleanLine(target, maxAddress) : '',
    value: 0n,
    selector: '0x',
    signature: cleanLine(type, maxAddress),
    effect: effects[kindOfMessage(type)] ?? 'call',
  }
}

/**
 * The tally during the vote, by the rules of x/gov: abstentions count for the quorum but not for the threshold, and a
 * share of vetoes above its own threshold rejects the proposal.
 */
export function liveTally(
  { yes, no, abstain, veto }: Votes,
  { unit, quorum, bonded, vetoThreshold, ...rules }: GovRules & { readonly unit: string },
  expedited: boolean,
): Tally {
  const threshold = expedited ? rules.expeditedThreshold : rules.threshold
  const cast = yes + no + abstain + veto
  const counted = cast - abstain
  const vetoed = vetoThreshold === undefined ? undefined : cast > 0n && veto * sdkOne > vetoThreshold * cast
  return {
    yes,
    no,
    abstain,
    veto,
    unit,
    ...(threshold !== undefined && { threshold: shareOf(threshold, sdkOne) }),
    ...(threshold !== undefined &&
      vetoed !== undefined && { thresholdMet: !vetoed && counted > 0n && yes * sdkOne > threshold * counted }),
    ...(bonded !== undefined && bonded > 0n && { electorate: bonded, turnout: shareOf(cast, bonded) }),
    ...(quorum !== undefined &&
      bonded !== undefined &&
      bonded > 0n &&
      quorumOf(cast, (quorum * bonded + sdkOne - 1n) / sdkOne)),
  }
}

/** Compares with a quorum that was rounded up, because fractions of a token cannot be bonded. */
function quorumOf(
  cast: bigint,
  quorum: bigint,
): Pick<Tally, 'quorum' | 'quorumReached' | 'quorumMissing' | 'quorumCounts'> {
  const quorumMissing = cast >= quorum ? 0n : quorum - cast
  return { quorum, quorumReached: cast >= quorum, quorumMissing, quorumCounts: tallyChoices }
}

/** The final result of a vote. Its electorate is missing, because the chain does not keep it. */
export function finalTally({ yes, no, abstain, veto }: Votes, unit: string, status: GovProposal['status']): Tally {
  // A proposal that passed, or failed only during execution, had reached quorum and majority.
  const isWon = status === 'passed' || status === 'failed'
  return { yes, no, abstain, veto, unit, ...(isWon && { quorumReached: true, thresholdMet: true }) }
}

/** Parses the rules in the answer for tallying: the whole `params` since SDK 0.47, `tally_params` before. */
export function tallyRulesOf(fields: Readonly<Record<string, unknown>>): Omit<GovRules, 'unit' | 'bonded'> {
  const share = (key: string): bigint | undefined => {
    const decimal = decimalOf(fields[key])
    // A zero means that the answer belongs to another kind of parameters.
    return decimal === 0n ? undefined : decimal
  }
  const [quorum, threshold, vetoThreshold, expeditedThreshold] = [
    share('quorum'),
    share('threshold'),
    share('veto_threshold'),
    share('expedited_threshold'),
  ]
  return {
    ...defined({ quorum, threshold, vetoThreshold, expeditedThreshold }),
  }
}
