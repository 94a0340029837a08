/**
 * The proposal that some data is about, with its upgrade, or the own plan that has none; the chain where it is about
 * neither. Of the data of any version.
 */
export function planSubject(data: object, chain: string): string {
  if ('proposalId' in data && typeof data.proposalId === 'string')
    return 'contract' in data && typeof data.contract === 'string'
      ? `${chain}/${data.contract}/${data.proposalId}`
      : `${chain}/${data.proposalId}`
  // A plan of the operator's own has no proposal, but a key.
  return 'key' in data && typeof data.key === 'string' ? data.key : chain
}
