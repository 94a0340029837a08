import type { ProposalStatus } from '../../../domain/proposals/proposal.js'
import type { Row } from './readRow.js'

export interface Standing {
  readonly status: ProposalStatus
  readonly derived: boolean
}

// None, Voting, Approved, Executed, Cancelled, Expired, Failed, Rejected.
const statuses: readonly (ProposalStatus | undefined)[] = [
  undefined,
  'voting',
  'passed',
  'executed',
  'canceled',
  'expired',
  'failed',
  'rejected',
]

/**
 * The status at `now` (chain, Unix seconds); `undefined` for a number the family does not define.
 *
 * Nothing is written when a proposal expires, approved ones included: that is known from the clock alone.
 */
export function statusOf(
  { status: number, createdAt }: Pick<Row, 'status' | 'createdAt'>,
  expiry: bigint,
  now: bigint,
): Standing | undefined {
  const status = statuses[number]
  if (status === undefined) return undefined
  const isOpen = status === 'voting' || status === 'passed'
  return isOpen && now > createdAt + expiry ? { status: 'expired', derived: true } : { status, derived: false }
}
