/**
 * Returns the key of the proposal, or of the own plan without one, that the data is about; otherwise the chain. Accepts
 * the data of any version.
 */
export function planSubject(data: object, chain: string): string {
  if ('proposalId' in data && typeof data.proposalId === 'string')
    return 'contract' in data && typeof data.contract === 'string'
      ? `${chain}/${data.contract}/${data.proposalId}`
      : `${chain}/${data.proposalId}`
  // A plan of the operator's own has a key, but no proposal.
  return 'key' in data && typeof data.key === 'string' ? data.key : chain
}

/** A part of a plan with its own subject. It can recover while the plan goes on, and ends with the plan. */
export type PlanPart = 'preflight' | 'hook'
const planParts: readonly PlanPart[] = ['preflight', 'hook']

/** Returns the subject of a part of a plan. */
export function partSubject(plan: string, part: PlanPart): string {
  return `${plan}/${part}`
}

/** Returns the subjects of all parts of a plan. */
export function partSubjects(plan: string): readonly string[] {
  return planParts.map((part) => partSubject(plan, part))
}
