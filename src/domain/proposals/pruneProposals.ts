import { memoizeLeast } from '../editedMap.js'
import { isActive, isOpen, type Proposal, type ProposalKey } from './proposal.js'

/** How long, and how many, proposals are remembered. */
export interface RetentionOptions {
  /** Milliseconds of chain time a completed proposal is remembered. @defaultValue 30 days */
  readonly maxAge?: number
  /**
   * Maximum number of proposals remembered. Completed ones are dropped first, oldest first. Then follow open ones
   * without a plan, oldest first; then those with a plan that are being voted on, fewest yes votes first and the newest
   * first among equals; and last, passed ones with a plan that wait for their execution, oldest first.
   * @defaultValue 5,000
   */
  readonly maxCount?: number
  /**
   * Upgrades that are remembered regardless of their age, because the configuration still names their plans and would
   * schedule them again. @defaultValue none
   */
  readonly keepUpgrades?: ReadonlySet<ProposalKey>
}

const defaultMaxAge = 2_592_000_000

/** Returns the keys of the proposals to forget at `time` (chain time, Unix seconds). */
export function pruneProposals(
  proposals: ReadonlyMap<ProposalKey, Proposal>,
  time: bigint,
  { maxAge = defaultMaxAge, maxCount = 5_000 }: RetentionOptions = {},
): readonly ProposalKey[] {
  const aged: ProposalKey[] = []
  const oldest = oldestKept(time, maxAge)
  const first = firstEnd(proposals)
  if ((first === undefined || oldest <= first) && proposals.size <= maxCount) return aged
  for (const [key, { closedAt }] of proposals) if (closedAt !== undefined && closedAt.timestamp < oldest) aged.push(key)
  const surplus = proposals.size - aged.length - maxCount
  if (surplus <= 0) return aged
  const dropped = new Set(aged)
  const rest = [...proposals]
    .filter(([key]) => !dropped.has(key))
    .sort(([, a], [, b]) => rank(a) - rank(b) || (rank(a) === inVoteWithPlan ? supportOf(a, b) : ageOf(a, b)))
  return [...aged, ...rest.slice(0, surplus).map(([key]) => key)]
}

/** Unix seconds at which the first of the proposals closed. */
const firstEnd = memoizeLeast(({ closedAt }: Proposal) => closedAt?.timestamp)

/**
 * Returns true if `end` is further in the past than completed proposals are remembered at `time`. Both in Unix seconds.
 */
export function isAged(
  end: bigint | undefined,
  time: bigint,
  { maxAge = defaultMaxAge }: Pick<RetentionOptions, 'maxAge'> = {},
): boolean {
  return end !== undefined && end < oldestKept(time, maxAge)
}

function oldestKept(time: bigint, maxAge: number): bigint {
  return time - BigInt(Math.ceil(maxAge / 1000))
}

const inVoteWithPlan = 2

/**
 * Returns the order of dropping, lowest first. A flood of proposals must not displace the one that becomes an upgrade.
 */
function rank(proposal: Proposal): number {
  if (!isOpen(proposal)) return 0
  if (proposal.finding === undefined) return 1
  return isActive(proposal) ? inVoteWithPlan : 3
}

/**
 * Orders by yes votes, because votes cost more than proposals. On a tie the newest is dropped first: a flood comes
 * after the proposal that it is meant to displace.
 */
function supportOf(a: Proposal, b: Proposal): number {
  const difference = (a.tally?.yes ?? 0n) - (b.tally?.yes ?? 0n)
  return difference < 0n ? -1 : difference > 0n ? 1 : -ageOf(a, b)
}

function ageOf(a: Proposal, b: Proposal): number {
  const difference = (a.closedAt?.timestamp ?? a.origin?.block ?? 0n) - (b.closedAt?.timestamp ?? b.origin?.block ?? 0n)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}
