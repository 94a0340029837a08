import type { Client } from 'viem'
import type { Head } from '../../../domain/blocks/head.js'
import { defined } from '../../../domain/defined.js'
import { SourceError } from '../../../domain/errors.js'
import { isActive, type Proposal } from '../../../domain/proposals/proposal.js'
import type { Attendance } from '../../../domain/proposals/attendance.js'
import { isJsonObject } from '../../../domain/text/json.js'
import { readBlock } from '../../readHead.js'
import { type Answer, type Call, readCalls } from '../../rpc/readCalls.js'
import type { ChainClient } from '../evm/context.js'
import { statusNotUnderstood, notUnderstoodWarnings } from '../notUnderstood.js'
import { neighbourAbi, proposalAbi } from './abi.js'
import type { GovernorRules } from './context.js'
import { tallyOf } from './tally.js'
import { statusOf, withDeadline } from './toProposal.js'

type Kind = 'state' | 'votes' | 'deadline' | 'eta' | 'quorum' | 'electorate' | 'voter'

/** One question about one proposal. */
export interface Question {
  readonly kind: Kind
  /** The account whose vote is requested. */
  readonly voter?: string
  readonly call: Call
}

/**
 * Returns the questions about a proposal: state and votes always, other values only while they are unknown. `now` is
 * the clock of the block that will be asked. `all` repeats questions whose answers a reorg may have changed. Whether
 * `voters` have voted is asked each time during the vote, because only the contract knows it for certain.
 */
export function questionsFor(
  proposal: Proposal,
  rules: GovernorRules,
  now: Pick<Head, 'number' | 'timestamp'>,
  { all = false, voters = [] }: { readonly all?: boolean; readonly voters?: readonly string[] } = {},
): readonly Question[] {
  const { address, clock, isDistant, token } = rules
  const id = BigInt(proposal.id)
  const ask = (kind: Kind, functionName: string, args: readonly unknown[] = [id]): Question => ({
    kind,
    call: { address, abi: proposalAbi, functionName, args },
  })
  const questions: Question[] = [ask('state', 'state')]
  if (rules.votesFrom !== 'logs') questions.push(ask('votes', rules.votesFrom))
  if (rules.extendsDeadline) questions.push(ask('deadline', 'proposalDeadline'))
  if (proposal.status === 'queued' && rules.votesFrom !== 'proposals' && (all || proposal.executableAt === undefined)) {
    questions.push(ask('eta', 'proposalEta'))
  }
  const snapshot = proposal.votingStart
  // Quorum and supply revert if they are read before the vote has started.
  if (
    snapshot === undefined ||
    (isDistant === true
      ? proposal.status === 'submitted'
      : snapshot >= (clock === 'block' ? now.number : now.timestamp))
  )
    return questions
  if (rules.fixedQuorum === undefined && proposal.tally?.quorum === undefined)
    questions.push(ask('quorum', 'quorum', [snapshot]))
  if (token !== undefined && proposal.tally?.electorate === undefined) {
    questions.push({
      kind: 'electorate',
      call: { address: token, abi: neighbourAbi, functionName: 'getPastTotalSupply', args: [snapshot] },
    })
  }
  if (isActive(proposal)) {
    const view = rules.votesFrom === 'proposals' ? 'getReceipt' : 'hasVoted'
    for (const voter of voters) questions.push({ ...ask('voter', view, [id, voter]), voter })
  }
  return questions
}

export type Answered =
  | { readonly proposal: Proposal; readonly warning?: string }
  /** The contract says that it does not know the proposal. */
  | { readonly gone: true }

/** Applies the answers of the contract to a proposal. Without an answer a value stays as it was. */
export function applyAnswers(
  proposal: Proposal,
  questions: readonly Question[],
  answers: readonly Answer[],
  rules: GovernorRules,
): Answered {
  const answerTo = (kind: Kind): Answer | undefined =>
    answers[questions.findIndex((question) => question.kind === kind)]
  const value = (kind: Kind): unknown => {
    const answer = answerTo(kind)
    return answer?.ok === true ? answer.value : undefined
  }
  const state = answerTo('state')
  if (state !== undefined && !state.ok && state.why === 'reverted' && isUnknownProposal(state.reason))
    return { gone: true }
  const status = statusOf(value('state')) ?? statusNotUnderstood(proposal, answerWords(state))
  const deadline = positive(value('deadline'))
  const row = votesIn(value('votes'), rules, proposal)
  const eta = row?.eta ?? positive(value('eta'))
  const {
    executableAt: before,
    notUnderstood: _understood,
    foreignClock: _foreign,
    attendance: _attendance,
    ...rest
  } = deadline === undefined ? proposal : withDeadline(proposal, deadline)
  const executableAt = status.status === 'queued' || status.status === 'executed' ? (eta ?? before) : undefined
  const known = proposal.tally
  const counts = row?.counts ?? known
  const quorum = rules.fixedQuorum ?? known?.quorum ?? nonNegative(value('quorum'))
  const electorate = known?.electorate ?? nonNegative(value('electorate'))
  const told: Proposal = {
    ...rest,
    ...status,
    closesItself: true,
    ...(rules.isDistant === true && { foreignClock: true }),
    ...defined({ executableAt }),
    ...(status.status === 'voting' && defined({ attendance: attendanceIn(questions, answers) })),
    ...(counts !== undefined && {
      tally: tallyOf(counts, { quorumRule: rules.quorumRule, quorum, electorate, unit: rules.unit }),
    }),
  }
  const [warning] = notUnderstoodWarnings(told, proposal)
  return { proposal: told, ...defined({ warning }) }
}

/** Returns which of the configured voters have voted, as far as the contract answered. */
function attendanceIn(questions: readonly Question[], answers: readonly Answer[]): Attendance | undefined {
  const told = questions.flatMap(({ voter }, index) => {
    const answer = answers[index]
    const value = voter !== undefined && answer?.ok === true ? answer.value : undefined
    const hasVoted = isJsonObject(value) ? value['hasVoted'] : value
    return voter !== undefined && typeof hasVoted === 'boolean' ? [{ voter, hasVoted }] : []
  })
  if (told.length === 0) return undefined
  const votersWith = (wanted: boolean): readonly string[] =>
    told.filter(({ hasVoted }) => hasVoted === wanted).map(({ voter }) => voter)
  return { voted: votersWith(true), missing: votersWith(false) }
}

function answerWords(state: Answer | undefined): string {
  if (state?.ok === true) return `state ${String(state.value)}`
  return state?.why === 'reverted' ? 'a refusal to tell the state' : 'nothing that is a state'
}

/**
 * Forks order the row of `proposals(id)` differently, so it is used only if it holds the known blocks of the vote at
 * the expected positions.
 */
function votesIn(value: unknown, { votesFrom }: GovernorRules, { votingStart, votingEnd }: Proposal) {
  if (!Array.isArray(value)) return undefined
  const row: readonly unknown[] = value
  if (votesFrom === 'proposals' && (row[3] !== votingStart || row[4] !== votingEnd)) return undefined
  const [no, yes, abstain] = votesFrom === 'proposalVotes' ? row : [row[6], row[5], row[7]]
  if (typeof yes !== 'bigint' || typeof no !== 'bigint' || typeof abstain !== 'bigint') return undefined
  return { counts: { yes, no, abstain }, eta: votesFrom === 'proposals' ? positive(row[2]) : undefined }
}

/** True if the reason is the one with which OpenZeppelin 5, OpenZeppelin 4 or Compound rejects an unknown id. */
export function isUnknownProposal(reason: string): boolean {
  return reason === 'GovernorNonexistentProposal' || /unknown proposal id|invalid proposal id/i.test(reason)
}

function positive(value: unknown): bigint | undefined {
  return typeof value === 'bigint' && value > 0n ? value : undefined
}

function nonNegative(value: unknown): bigint | undefined {
  return typeof value === 'bigint' ? value : undefined
}

/** A proposal and the questions about it. */
export interface BatchQuery {
  readonly proposal: Proposal
  readonly questions: readonly Question[]
}

/** Sends all questions in as few calls as possible, and returns the answers by query. */
export async function readBatch(
  client: Client,
  queries: readonly BatchQuery[],
  block: bigint,
): Promise<readonly (readonly Answer[])[]> {
  return byQuery(queries, await readCalls(client, callsOf(queries), block))
}

export function callsOf(queries: readonly BatchQuery[]): readonly Question['call'][] {
  return queries.flatMap(({ questions }) => questions.map(({ call }) => call))
}

/** Splits the answers to {@link callsOf} into one list per query. */
export function byQuery(queries: readonly BatchQuery[], answers: readonly Answer[]): readonly (readonly Answer[])[] {
  let next = 0
  return queries.map(({ questions }) => answers.slice(next, (next += questions.length)))
}

/** A block number, and the hash of that block if known. */
export interface BlockAt extends Pick<Head, 'number'> {
  readonly hash?: string | undefined
}

/**
 * Checks that the block at which contracts were read is still on the chain.
 *
 * @throws SourceError, transient, if another block has replaced it.
 */
export async function requireBlock({ client, chain, host }: ChainClient, { number, hash }: BlockAt): Promise<void> {
  if (hash === undefined) return
  const block = await readBlock(client, number, host)
  if (block?.hash !== hash)
    throw new SourceError('transient', `${chain} had a reorg while block ${number} was read at ${host}.`)
}
