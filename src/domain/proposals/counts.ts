import type { Proposal, ProposalStatus, ProposalType } from './proposal.js'

/** Numbers of tracked proposals, by status and by type. Announced upgrades are not counted. */
export interface ProposalCounts {
  readonly byStatus: Readonly<Partial<Record<ProposalStatus, number>>>
  readonly byType: Readonly<Partial<Record<ProposalType, number>>>
}

export const noCounts: ProposalCounts = { byStatus: {}, byType: {} }

export function addCounts(a: ProposalCounts, b: ProposalCounts): ProposalCounts {
  return { byStatus: sums(a.byStatus, b.byStatus), byType: sums(a.byType, b.byType) }
}

/** Returns the counts with these proposals added (`by` is 1) or removed (-1). */
export function counted(counts: ProposalCounts, proposals: Iterable<Proposal>, by: 1 | -1): ProposalCounts {
  const byStatus: Partial<Record<ProposalStatus, number>> = {}
  const byType: Partial<Record<ProposalType, number>> = {}
  for (const { status, type, announced } of proposals) {
    if (announced === true) continue
    byStatus[status] = (byStatus[status] ?? 0) + by
    byType[type] = (byType[type] ?? 0) + by
  }
  return addCounts(counts, { byStatus, byType })
}

type Counts<Key extends string> = Readonly<Partial<Record<Key, number>>>

function sums<Key extends string>(a: Counts<Key>, b: Counts<Key>): Counts<Key> {
  const sum: Partial<Record<Key, number>> = { ...a }
  for (const key in b) sum[key] = (sum[key] ?? 0) + (b[key] ?? 0)
  return sum
}
