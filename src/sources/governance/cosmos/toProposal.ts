import { typeOf, type ClassifyRule } from '../../../domain/proposals/classify.js'
import type { PlanFinding } from '../../../domain/plans/plan.js'
import type { Action, Proposal, ProposalType, Tally } from '../../../domain/proposals/proposal.js'
import { cleanLine, cleanText } from '../../../domain/text/text.js'
import { titleOf, untitled } from '../../../domain/proposals/titleOf.js'
import { wordsIn } from '../cosmosSdk/proposalFields.js'
import type { GovProposal } from './decodeProposal.js'
import { kindOf, kindOfMessage, type Message, nameOf } from '../cosmosSdk/messages.js'
import { planIn } from './planIn.js'

/** What stands for the contract in the keys of proposals: a chain has one governance. */
export const govContract = 'gov'

export interface ToProposalContext {
  readonly chain: string
  readonly classify: readonly ClassifyRule[]
  readonly tally?: Tally | undefined
  /** Height of the reading. */
  readonly readAt: bigint
}

const maxTitle = 120
const maxDescription = 20_000
const maxAddress = 128

/** A proposal of x/gov in the shared vocabulary, its texts made safe. */
export function toProposal(raw: GovProposal, { chain, classify, tally, readAt }: ToProposalContext): Proposal {
  const { id, status, messages, expedited, proposer, submitTime, votingStart, votingEnd } = raw
  const finding = planIn(messages)
  const actions = messages.map(actionOf)
  const title = titleFor(raw, finding)
  // An expedited vote that is over is no emergency any more.
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
    ...(submitTime !== undefined && { submittedAt: submitTime }),
    ...(votingStart !== undefined && { votingStart, votingStartsAt: votingStart }),
    ...(votingEnd !== undefined && { votingEnd, votingEndsAt: votingEnd }),
    ...(tally !== undefined && { tally }),
    ...(finding !== undefined && { finding }),
    readAt,
  }
}

/** Its own title, a line of its summary, words in its metadata, its plan, and only then what it does. */
function titleFor({ title, summary, metadata, messages }: GovProposal, finding: PlanFinding | undefined): string {
  const line = cleanLine(title, maxTitle)
  if (line !== '') return line
  const written = [summary, wordsIn(metadata)].map(titleOf).find((candidate) => candidate !== untitled)
  if (written !== undefined) return written
  if (finding !== undefined && finding.plan.name !== '') return cleanLine(`Upgrade ${finding.plan.name}`, maxTitle)
  const [first] = messages
  return first === undefined ? untitled : cleanLine(nameOf(first.type), maxTitle)
}

function descriptionOf({ summary: own, metadata, failedReason }: GovProposal): string {
  const summary = own === '' ? wordsIn(metadata) : own
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
