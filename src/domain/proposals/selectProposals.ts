import { isActive, type Proposal, type ProposalKey, type ProposalStatus, type ProposalType } from './proposal.js'

/** Selects the proposals that meet every given condition. */
export interface ProposalFilter {
  readonly chain?: string
  readonly id?: string
  readonly status?: ProposalStatus
  readonly type?: ProposalType
  /** True: submitted or voting. False: the rest. */
  readonly active?: boolean
  /** Maximum number of results. @defaultValue all */
  readonly limit?: number
  /**
   * Key of a proposal. Only proposals that became known after it are selected, for the next page; none if the key is
   * unknown.
   */
  readonly after?: ProposalKey
}

/**
 * Returns the proposals that meet every given condition, in the order in which they became known. Announced upgrades
 * are left out.
 */
export function selectProposals(
  proposals: ReadonlyMap<ProposalKey, Proposal>,
  filter: ProposalFilter = {},
): readonly Proposal[] {
  const { chain, id, status, type, active, limit = Infinity, after } = filter
  const selected: Proposal[] = []
  let isPast = after === undefined
  for (const [key, proposal] of proposals) {
    if (selected.length >= limit) break
    if (isPast && fits(proposal)) selected.push(proposal)
    isPast ||= key === after
  }
  return selected

  function fits(proposal: Proposal): boolean {
    return (
      proposal.announced !== true &&
      (chain === undefined || proposal.chain === chain) &&
      (id === undefined || proposal.id === id) &&
      (status === undefined || proposal.status === status) &&
      (type === undefined || proposal.type === type) &&
      (active === undefined || isActive(proposal) === active)
    )
  }
}

/** Counts of the proposals of a map. */
export interface ProposalStatistics {
  readonly total: number
  readonly active: number
  readonly completed: number
  readonly byStatus: Readonly<Partial<Record<ProposalStatus, number>>>
  readonly byType: Readonly<Partial<Record<ProposalType, number>>>
  /** Mean turnout of the completed proposals that have one, 0..1. */
  readonly meanTurnout?: number
}

/** Counts these proposals: all of them, and by status and type. */
export function statisticsOf(proposals: ReadonlyMap<ProposalKey, Proposal>): ProposalStatistics {
  const byStatus: Partial<Record<ProposalStatus, number>> = {}
  const byType: Partial<Record<ProposalType, number>> = {}
  const turnouts: number[] = []
  let active = 0
  let total = 0
  for (const proposal of proposals.values()) {
    if (proposal.announced === true) continue
    total += 1
    byStatus[proposal.status] = (byStatus[proposal.status] ?? 0) + 1
    byType[proposal.type] = (byType[proposal.type] ?? 0) + 1
    if (isActive(proposal)) active += 1
    else if (proposal.tally?.turnout !== undefined) turnouts.push(proposal.tally.turnout)
  }
  return {
    total,
    active,
    completed: total - active,
    byStatus,
    byType,
    ...(turnouts.length > 0 && { meanTurnout: turnouts.reduce((sum, turnout) => sum + turnout, 0) / turnouts.length }),
  }
}
