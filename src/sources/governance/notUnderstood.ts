import type { Proposal } from '../../domain/proposals/proposal.js'

/** Where a proposal stands whose contract gives an `answer` that is not understood: where it was, and marked. */
export function statusNotUnderstood(
  before: Pick<Proposal, 'status' | 'derived'> | undefined,
  answer: string,
): Pick<Proposal, 'status' | 'derived'> & Required<Pick<Proposal, 'notUnderstood'>> {
  return { status: before?.status ?? 'submitted', derived: before?.derived ?? false, notUnderstood: answer }
}

/** The sentence about such an answer; absent where it was said before. */
export function notUnderstoodWarnings(
  { contract, id, status, notUnderstood }: Proposal,
  before: Proposal | undefined,
): readonly string[] {
  if (notUnderstood === undefined || before?.notUnderstood === notUnderstood) return []
  return [
    `${contract} answers ${notUnderstood} for proposal ${id}, which is not understood: it stays ${status}, and nothing is acted on.`,
  ]
}
