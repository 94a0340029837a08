import { defined } from '../defined.js'
import { canonical } from '../text/json.js'
import { contentOf } from '../plans/combinePlans.js'
import type { Proposal } from './proposal.js'

// Their readers take the description as it was submitted; others add words of their own to it.
const submittedAsIs: ReadonlySet<string> = new Set(['governor', 'wemixvisor-rpc'])

/** What a proposal says and carries, as text that is equal for equal content; how far it has come is no part of it. */
export function proposalContent({ system, description, finding }: Proposal): string {
  return canonical([
    finding === undefined ? null : contentOf(finding.plan),
    submittedAsIs.has(system) ? description : null,
  ])
}

/** The proposal as far as it has come, with the content of another telling of it. */
export function withContentOf(proposal: Proposal, { title, description, type, actions, finding }: Proposal): Proposal {
  const { finding: _before, ...rest } = proposal
  return { ...rest, title, description, type, actions, ...defined({ finding }) }
}
