// Blocks that are replaced: what happened in one of them happened on a branch of the chain.

/** At the block `at`, that block and `depth - 1` before it are replaced. */
export interface Reorg {
  readonly at: number
  readonly depth: number
}

/** Where something happened. */
export interface Place {
  readonly block: number
  /** The branch of the block: 1 once it has been replaced. */
  readonly branch: number
}

/** How often the block had been replaced when the chain reached `newest`. */
export function branchOf(reorgs: readonly Reorg[], block: number, newest: number): number {
  return reorgs.filter(({ at, depth }) => at <= newest && block > at - depth).length
}

/** True if the chain whose newest block is `newest` contains what happened there. */
export function isOnChain(reorgs: readonly Reorg[], { block, branch }: Place, newest: number): boolean {
  return block <= newest && branchOf(reorgs, block, newest) === branch
}

/** What a reorg does to a transaction in a replaced block: it is lost, first occurs there, or is mined again later. */
export type Fate = 'lost' | 'new' | 'again'

/** The places of a transaction that was sent for a block. */
export function placesOf(reorg: Reorg | undefined, block: number, fate: Fate): readonly Place[] {
  if (reorg === undefined || block <= reorg.at - reorg.depth) return [{ block, branch: 0 }]
  const late = [{ block, branch: 1 }]
  if (block > reorg.at || fate === 'new') return late
  const lost = [{ block, branch: 0 }]
  return fate === 'lost' ? lost : [...lost, { block: block + 1, branch: 1 }]
}
