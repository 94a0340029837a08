import type { PublicClient } from 'viem'
import type { Proposal } from '../../../domain/proposals/proposal.js'
import { type Answer, readCalls } from '../../rpc/readCalls.js'
import type { Question } from './questions.js'

/** A proposal and what is asked about it. */
export interface Inquiry {
  readonly proposal: Proposal
  readonly questions: readonly Question[]
}

/** Puts all questions into as few calls as fit, and gives the answers back by inquiry. */
export async function askAll(
  client: PublicClient,
  inquiries: readonly Inquiry[],
  block: bigint,
): Promise<readonly (readonly Answer[])[]> {
  return byInquiry(inquiries, await readCalls(client, callsOf(inquiries), block))
}

export function callsOf(inquiries: readonly Inquiry[]): readonly Question['call'][] {
  return inquiries.flatMap(({ questions }) => questions.map(({ call }) => call))
}

/** Answers to {@link callsOf}, one list an inquiry. */
export function byInquiry(inquiries: readonly Inquiry[], answers: readonly Answer[]): readonly (readonly Answer[])[] {
  let next = 0
  return inquiries.map(({ questions }) => answers.slice(next, (next += questions.length)))
}
