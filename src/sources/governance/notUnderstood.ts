import type { Proposal } from '../../domain/proposals/proposal.js'

/** The status of a proposal if the `answer` of its contract is not understood: the status before, with a mark. */
export function statusNotUnderstood(
  before: Pick<Proposal, 'status' | 'derived'> | undefined,
  answer: string,
): Pick<Proposal, 'status' | 'derived'> & Required<Pick<Proposal, 'notUnderstood'>> {
  return { status: before?.status ?? 'submitted', derived: before?.derived ?? false, notUnderstood: answer }
}

/** The warning about such an answer; empty if it was reported before. */
export function notUnderstoodWarnings(
  { contract, id, status, notUnderstood }: Proposal,
  before: Proposal | undefined,
): readonly string[] {
  if (notUnderstood === undefined || before?.notUnderstood === notUnderstood) return []
  return [
    `${contract} answers ${notUnderstood} for proposal ${id}, which is not understood: it stays ${status}, and nothing is acted on.`,
  ]
}
