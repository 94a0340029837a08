import { comparableHash, type Head } from './head.js'

/** Nodes have had different blocks at one height for longer than a reorg takes. */
export interface BranchSplit {
  /** A height at which their blocks differ. */
  readonly height: bigint
  /** Hosts and ports of the nodes with the same block, and its hash without `0x`. The largest group comes first. */
  readonly sides: readonly { readonly hosts: readonly string[]; readonly hash: string }[]
  /** Hosts on another branch than the majority of three or more nodes. Empty if there is no such majority. */
  readonly odd: readonly string[]
}

/** What one node answers for a height; without a block it does not have that height, or did not answer. */
export interface HeldBlock {
  readonly host: string
  readonly block: Head | undefined
}

/** Returns how the nodes that have a block at this height differ; `undefined` if they do not. */
export function branchSplitIn(height: bigint, held: readonly HeldBlock[]): BranchSplit | undefined {
  const groups = new Map<string, string[]>()
  for (const { host, block } of held) {
    const hash = block === undefined ? undefined : comparableHash(block)
    // A block that is reported without a hash identifies no branch.
    if (hash === undefined) continue
    groups.set(hash, [...(groups.get(hash) ?? []), host])
  }
  if (groups.size < 2) return undefined
  const sides = [...groups]
    .map(([hash, hosts]) => ({ hash, hosts: hosts.sort() }))
    .sort((a, b) => b.hosts.length - a.hosts.length || (a.hosts.join() < b.hosts.join() ? -1 : 1))
  const heard = sides.reduce((sum, { hosts }) => sum + hosts.length, 0)
  const [most, ...others] = sides
  const hasMajority = heard > 2 && (most?.hosts.length ?? 0) * 2 > heard
  return { height, sides, odd: hasMajority ? others.flatMap(({ hosts }) => hosts).sort() : [] }
}

/** The height at which nodes are compared now, and until when. */
export interface BranchWatch {
  /** Host time of the last look, Unix milliseconds. */
  readonly lookedAt: number
  /** A height at which not all nodes had the same block, and when that was seen first. */
  readonly pinned?: { readonly height: bigint; readonly since: number; readonly isTold: boolean }
}

// Interval of the looks, in milliseconds, and of those at a height that is in doubt.
const everyMs = 300_000
const againMs = 60_000
// How long blocks must differ at one height, in milliseconds. No reorg of a healthy chain takes that long.
const lastingMs = 120_000

/** True if the nodes are to be compared now. */
export function isLookDue({ lookedAt, pinned }: BranchWatch, now: number): boolean {
  const wait = pinned === undefined || pinned.isTold ? everyMs : againMs
  return now < lookedAt || now - lookedAt >= wait
}

/**
 * Applies one look at the nodes. Returns the split if it has lasted and was not returned before. A node that does not
 * have the height yet is waited for as long.
 */
export function stepBranchWatch(
  { pinned }: BranchWatch,
  { height, held, now }: { readonly height: bigint; readonly held: readonly HeldBlock[]; readonly now: number },
): { readonly watch: BranchWatch; readonly split?: BranchSplit } {
  const split = branchSplitIn(height, held)
  const { since, isTold } = pinned?.height === height ? pinned : { since: now, isTold: false }
  const isLasting = now - since >= lastingMs
  if (split === undefined) {
    const isBehind = held.some(({ block }) => block === undefined)
    // What was told is not over because a node is out of reach: it would be told again once the node is back.
    if (!isBehind || (isLasting && !isTold)) return { watch: { lookedAt: now } }
    return { watch: { lookedAt: now, pinned: { height, since, isTold } } }
  }
  const watch = { lookedAt: now, pinned: { height, since, isTold: isTold || isLasting } }
  return isLasting && !isTold ? { watch, split } : { watch }
}
