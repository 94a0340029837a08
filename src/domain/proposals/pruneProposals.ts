import { isOpen, type Proposal, type ProposalKey } from './proposal.js'

export interface Bounds {
  /** Milliseconds of chain time a completed proposal is remembered. @defaultValue 30 days */
  readonly maxAge?: number
  /** Most proposals remembered; completed ones go first, oldest first, then those that wait longest. @defaultValue 5,000 */
  readonly maxCount?: number
}

const defaultMaxAge = 2_592_000_000

/** Keys of the proposals to forget at `time` (chain, Unix seconds). */
export function pruneProposals(
  proposals: ReadonlyMap<ProposalKey, Proposal>,
  time: bigint,
  { maxAge = defaultMaxAge, maxCount = 5_000 }: Bounds = {},
): readonly ProposalKey[] {
  const aged: ProposalKey[] = []
  const oldest = oldestKept(time, maxAge)
  for (const [key, { closedAt }] of proposals) if (closedAt !== undefined && closedAt.timestamp < oldest) aged.push(key)
  const surplus = proposals.size - aged.length - maxCount
  if (surplus <= 0) return aged
  const dropped = new Set(aged)
  const rest = [...proposals]
    .filter(([key]) => !dropped.has(key))
    .sort(([, a], [, b]) => rank(a) - rank(b) || ageOf(a, b))
  return [...aged, ...rest.slice(0, surplus).map(([key]) => key)]
}

/** True where `end` lies further back than completed things are remembered at `time`. Unix seconds. */
export function isAged(
  end: bigint | undefined,
  time: bigint,
  { maxAge = defaultMaxAge }: Pick<Bounds, 'maxAge'> = {},
): boolean {
  return end !== undefined && end < oldestKept(time, maxAge)
}

function oldestKept(time: bigint, maxAge: number): bigint {
  return time - BigInt(Math.ceil(maxAge / 1000))
}

function rank(proposal: Proposal): number {
  return isOpen(proposal) ? 1 : 0
}

function ageOf(a: Proposal, b: Proposal): number {
  const difference = (a.closedAt?.timestamp ?? a.origin?.block ?? 0n) - (b.closedAt?.timestamp ?? b.origin?.block ?? 0n)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}
