import type { ProposalKey } from './proposal.js'

/** The id of what was announced in a block: the first of its contract there, or the one of this number. */
export function announcementId(block: bigint, count: number): string {
  return `announced-${block}${count === 1 ? '' : `-${count}`}`
}

/** The block that the id of an announcement tells; undefined where it is no such id. */
export function blockAnnouncedIn(id: string): bigint | undefined {
  const block = /^announced-(\d{1,20})(?:-\d{1,6})?$/.exec(id)?.[1]
  return block === undefined ? undefined : BigInt(block)
}

/** What stands for the contract of a plan that the chain itself has scheduled, and no known proposal asked for. */
export const upgradeContract = 'upgrade'

/** True of such a plan: nobody votes on it, and what stands for its proposal has the plan for its id. */
export function isUnproposed({ contract }: { readonly contract: string }): boolean {
  return contract === upgradeContract
}

/** The same by its key. */
export function isUnproposedKey(key: ProposalKey): boolean {
  return key.split('/')[1] === upgradeContract
}

/**
 * What a key names that is no proposal, such as `the announcement in block 12` or `the chain's own plan v2@12`;
 * undefined where it is one.
 */
export function announcementIn(key: ProposalKey): string | undefined {
  const id = key.slice(key.lastIndexOf('/') + 1)
  if (isUnproposedKey(key)) return `the chain's own plan ${id}`
  const block = blockAnnouncedIn(id)
  return block === undefined ? undefined : `the announcement in block ${block}`
}
