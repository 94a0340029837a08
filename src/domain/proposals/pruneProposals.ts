import { memoizeLeast } from '../editedMap.js'
import { isActive, isOpen, type Proposal, type ProposalKey } from './proposal.js'

/** How long, and how many, proposals are remembered. */
export interface RetentionOptions {
  /** Milliseconds of chain time a completed proposal is remembered. @defaultValue 30 days */
  readonly maxAge?: number
  /**
   * Most proposals remembered; completed ones go first, oldest first, then open ones without a plan, those that wait
   * longest first, then those in the vote with one, those with the fewest votes for them first, and of as many the
   * newest.
   * @defaultValue 5,000
   */
  readonly maxCount?: number
  /**
   * Upgrades that are remembered whatever their age: the configuration still names their plans, and would ask for them
   * once more. @defaultValue none
   */
  readonly keepUpgrades?: ReadonlySet<ProposalKey>
}

const defaultMaxAge = 2_592_000_000

/** Keys of the proposals to forget at `time` (chain, Unix seconds). */
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

/** Unix seconds at which the first of them closed. */
const firstEnd = memoizeLeast(({ closedAt }: Proposal) => closedAt?.timestamp)

/** True where `end` lies further back than completed things are remembered at `time`. Unix seconds. */
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

/** Where anybody may propose, a flood of proposals must not drown the one that becomes an upgrade. */
function rank(proposal: Proposal): number {
  if (!isOpen(proposal)) return 0
  if (proposal.finding === undefined) return 1
  return isActive(proposal) ? inVoteWithPlan : 3
}

/** Votes cost more than proposals do; a flood comes later than what it is to drown. */
function supportOf(a: Proposal, b: Proposal): number {
  const difference = (a.tally?.yes ?? 0n) - (b.tally?.yes ?? 0n)
  return difference < 0n ? -1 : difference > 0n ? 1 : -ageOf(a, b)
}

function ageOf(a: Proposal, b: Proposal): number {
  const difference = (a.closedAt?.timestamp ?? a.origin?.block ?? 0n) - (b.closedAt?.timestamp ?? b.origin?.block ?? 0n)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}
