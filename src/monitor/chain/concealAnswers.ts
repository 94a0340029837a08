import { concealObject } from '../../domain/secrets/concealJson.js'
import { canonical } from '../../domain/text/json.js'
import type { PlanFinding } from '../../domain/plans/plan.js'
import type { Proposal, Vote } from '../../domain/proposals/proposal.js'
import type { GoodReading } from '../../domain/reading.js'
import type { GovernanceParameters, Member, SystemReport } from '../../sources/governance/GovernanceReader.js'

type Conceal = (text: string) => string

/**
 * Removes secrets that a server placed in a reading. Plans stay byte for byte as they are, including names, addresses
 * and checksums, because they are executed, not shown.
 */
export function concealReading(reading: GoodReading, conceal: Conceal): GoodReading {
  const { nodeVersion, standings } = reading
  return {
    ...reading,
    proposals: reading.proposals.map((proposal) => concealProposal(proposal, conceal)),
    votes: reading.votes.map((vote): Vote => ({ ...vote, reason: conceal(vote.reason) })),
    warnings: reading.warnings.map(conceal),
    ...(nodeVersion !== undefined && { nodeVersion: conceal(nodeVersion) }),
    ...(standings !== undefined && { standings: standings.map((standing) => concealWords(standing, conceal)) }),
  }
}

/**
 * Removes secrets from a proposal. A description whose plan contains a secret is kept as it is, because the plan is
 * parsed from the description again if the calls of the proposal are edited.
 */
export function concealProposal(proposal: Proposal, conceal: Conceal): Proposal {
  const { title, description, proposer, skipped, notUnderstood, finding } = proposal
  return {
    ...proposal,
    title: conceal(title),
    description: finding === undefined || isWithout(finding, conceal) ? conceal(description) : description,
    ...(proposer !== undefined && { proposer: isAddress(proposer) ? proposer : conceal(proposer) }),
    ...(skipped !== undefined && { skipped: conceal(skipped) }),
    ...(notUnderstood !== undefined && { notUnderstood: conceal(notUnderstood) }),
    ...(finding !== undefined && {
      finding: { ...concealWords(finding, conceal), problems: finding.problems.map(conceal) },
    }),
  }
}

export function concealMember(member: Member, conceal: Conceal): Member {
  return { ...member, ...(member.name !== undefined && { name: conceal(member.name) }) }
}

export function concealParameters(parameters: GovernanceParameters, conceal: Conceal): GovernanceParameters {
  const { name, details } = parameters
  return { ...parameters, ...(name !== undefined && { name: conceal(name) }), details: concealObject(details, conceal) }
}

export function concealReport(report: SystemReport, conceal: Conceal): SystemReport {
  return { ...report, summary: conceal(report.summary) }
}

/** An address has only 20 bytes, so no server can place a secret in it. */
function isAddress(text: string): boolean {
  return /^0x[0-9a-f]{40}$/i.test(text)
}

function isWithout({ plan: { name, info, binaries } }: PlanFinding, conceal: Conceal): boolean {
  const text = canonical([name, info ?? null, binaries ?? null])
  return conceal(text) === text
}

function concealWords<Words extends { readonly withdrawn?: string; readonly unsure?: string }>(
  words: Words,
  conceal: Conceal,
): Words {
  const { withdrawn, unsure } = words
  return {
    ...words,
    ...(withdrawn !== undefined && { withdrawn: conceal(withdrawn) }),
    ...(unsure !== undefined && { unsure: conceal(unsure) }),
  }
}
