import type { ProposalKey } from './proposal.js'

/** The id of an announcement: its block, and a number if it is not the first one of its contract in that block. */
export function announcementId(block: bigint, count: number): string {
  return `announced-${block}${count === 1 ? '' : `-${count}`}`
}

/** The block that an announcement's id names; `undefined` if the id is not one of an announcement. */
export function blockAnnouncedIn(id: string): bigint | undefined {
  const block = /^announced-(\d{1,20})(?:-\d{1,6})?$/.exec(id)?.[1]
  return block === undefined ? undefined : BigInt(block)
}

/** The contract part of the key of a plan that the chain itself has scheduled and that no known proposal asked for. */
export const upgradeContract = 'upgrade'

/** Returns true for such a plan. Nobody votes on it, and the id in its key names the plan, not a proposal. */
export function isUnproposed({ contract }: { readonly contract: string }): boolean {
  return contract === upgradeContract
}

/** Like {@link isUnproposed}, for a key. */
export function isUnproposedKey(key: ProposalKey): boolean {
  return key.split('/')[1] === upgradeContract
}

/**
 * Describes a key that names no proposal, such as `the announcement in block 12` or `the chain's own plan v2@12`.
 * Returns `undefined` if the key names a proposal.
 */
export function announcementIn(key: ProposalKey): string | undefined {
  const id = key.slice(key.lastIndexOf('/') + 1)
  if (isUnproposedKey(key)) return `the chain's own plan ${id}`
  const block = blockAnnouncedIn(id)
  return block === undefined ? undefined : `the announcement in block ${block}`
}
