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

/** What a key names that is no proposal, such as `the announcement in block 12`; undefined where it is one. */
export function announcementIn(key: ProposalKey): string | undefined {
  const block = blockAnnouncedIn(key.slice(key.lastIndexOf('/') + 1))
  return block === undefined ? undefined : `the announcement in block ${block}`
}
