import { defined } from '../defined.js'
import { type PlanFinding, shownPlanName } from '../plans/plan.js'
import { keyOf, type Proposal, type ProposalKey } from './proposal.js'
import { proposalContent } from './proposalContent.js'

/** A group of nodes that report the same about a proposal. */
export interface ToldSide {
  /** Hosts and ports, in order. */
  readonly hosts: readonly string[]
  /** The plan that they report; absent if they report none. */
  readonly plan?: { readonly name: string; readonly height: number }
}

/** Nodes report one proposal differently. */
export interface Disagreement {
  readonly key: ProposalKey
  readonly contract: string
  readonly proposalId: string
  /** True if a contract announces the plan, without a vote. */
  readonly announced?: true
  /** One entry per version, the one with the most hosts first. Nodes that did not answer are in none. */
  readonly sides: readonly ToldSide[]
  /** Hosts that contradict the majority of three or more nodes. Empty if there is no such majority. */
  readonly odd: readonly string[]
  /**
   * `content`: the nodes report different content. `hidden`: the hosts in `odd` do not report the proposal, or report
   * it as still open.
   */
  readonly about: 'content' | 'hidden'
  /** True if enough nodes agree for their version to be used. */
  readonly isSettled: boolean
}

// Maximum number of sides listed; nobody configures that many nodes.
const mostSides = 10

/**
 * Returns how nodes differ about the content of a proposal, or `undefined` if they report fewer than `leastSides`
 * versions. `agreement` is the number of nodes that must report the same for their version to be used.
 */
export function disagreementOn(
  proposal: Proposal,
  told: readonly { readonly host: string; readonly proposal?: Proposal }[],
  agreement: number,
  leastSides = 2,
): Disagreement | undefined {
  const groups = new Map<string, { readonly hosts: string[]; readonly finding: Proposal['finding'] }>()
  for (const { host, proposal: one } of told) {
    if (one === undefined) continue
    const words = proposalContent(one)
    const group = groups.get(words) ?? { hosts: [], finding: one.finding }
    group.hosts.push(host)
    groups.set(words, group)
  }
  if (groups.size < leastSides) return undefined
  const sides = [...groups.values()]
    .map(({ hosts, finding }): ToldSide => {
      return { hosts: hosts.sort(), ...defined({ plan: finding && planIn(finding) }) }
    })
    .sort((a, b) => b.hosts.length - a.hosts.length || (hostsText(a) < hostsText(b) ? -1 : 1))
  const [most, ...others] = sides
  const heard = sides.reduce((sum, { hosts }) => sum + hosts.length, 0)
  const count = most?.hosts.length ?? 0
  return {
    ...subjectOf(proposal),
    sides: sides.slice(0, mostSides),
    odd: heard > 2 && count * 2 > heard ? others.flatMap(({ hosts }) => hosts).sort() : [],
    about: 'content',
    isSettled: count >= agreement,
  }
}

/** Describes that some nodes do not report a proposal, or not how it ended, although enough other nodes agree on it. */
export function hiddenBy(proposal: Proposal, hosts: readonly string[]): Disagreement {
  const odd = [...hosts].sort()
  return { ...subjectOf(proposal), sides: [{ hosts: odd }], odd, about: 'hidden', isSettled: true }
}

function subjectOf(
  proposal: Proposal,
): Pick<Disagreement, 'key' | 'contract' | 'proposalId'> & Partial<Pick<Disagreement, 'announced'>> {
  const { contract, id, announced } = proposal
  return { key: keyOf(proposal), contract, proposalId: id, ...defined({ announced }) }
}

/** Returns `undefined` if the height is not a number that can be shown. */
function planIn({ plan }: PlanFinding): ToldSide['plan'] {
  const { height } = plan
  return height !== undefined && Number.isSafeInteger(height) ? { name: shownPlanName(plan), height } : undefined
}

function hostsText({ hosts }: ToldSide): string {
  return hosts.join(' ')
}
