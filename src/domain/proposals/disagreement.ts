import { defined } from '../defined.js'
import { type PlanFinding, shownPlanName } from '../plans/plan.js'
import { keyOf, type Proposal, type ProposalKey } from './proposal.js'
import { proposalContent } from './proposalContent.js'

/** Nodes that tell the same of a proposal. */
export interface ToldSide {
  /** Hosts and ports, in order. */
  readonly hosts: readonly string[]
  /** The plan that they tell; absent where they tell none. */
  readonly plan?: { readonly name: string; readonly height: number }
}

/** Nodes that do not tell the same of one proposal. */
export interface Disagreement {
  readonly key: ProposalKey
  readonly contract: string
  readonly proposalId: string
  /** A contract announces it, without a vote. */
  readonly announced?: true
  /** What is told by most comes first. Nodes that are silent stand nowhere. */
  readonly sides: readonly ToldSide[]
  /** Who is alone against most of three or more nodes. Empty where that cannot be told. */
  readonly odd: readonly string[]
  /** `content`: each tells it, with another content. `hidden`: the odd ones do not tell it at all, or as open. */
  readonly about: 'content' | 'hidden'
  /** Enough nodes agree: what they tell counts. */
  readonly isSettled: boolean
}

// More nodes than anybody configures.
const mostSides = 10

/**
 * How nodes differ over the content of a proposal; `undefined` where all that tell it tell the same. `agreement` is how
 * many must tell the same for it to count.
 */
export function disagreementOn(
  proposal: Proposal,
  told: readonly { readonly host: string; readonly proposal?: Proposal }[],
  agreement: number,
): Disagreement | undefined {
  const groups = new Map<string, { readonly hosts: string[]; readonly finding: Proposal['finding'] }>()
  for (const { host, proposal: one } of told) {
    if (one === undefined) continue
    const words = proposalContent(one)
    const group = groups.get(words) ?? { hosts: [], finding: one.finding }
    group.hosts.push(host)
    groups.set(words, group)
  }
  if (groups.size < 2) return undefined
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

/** That some nodes do not tell a proposal, or not how it ended, which enough others agree on. */
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

/** None where its height is no number that could be shown. */
function planIn({ plan }: PlanFinding): ToldSide['plan'] {
  const { height } = plan
  return height !== undefined && Number.isSafeInteger(height) ? { name: shownPlanName(plan), height } : undefined
}

function hostsText({ hosts }: ToldSide): string {
  return hosts.join(' ')
}
