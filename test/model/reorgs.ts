import fc from 'fast-check'

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

/** A transaction that is sent for a block, and one that was mined. */
export interface Sent<Action> {
  readonly action: Action
  readonly block: number
}
export type Mined<Action> = Sent<Action> & Place

/** What a reorg does to a transaction in a replaced block: it is lost, first occurs there, or is mined again later. */
type Fate = 'lost' | 'new' | 'again'

/** A reorg close to one of the transactions of a story, if any, and what it does to each. */
export interface Upheaval {
  readonly reorg: { readonly step: number; readonly after: number; readonly depth: number } | undefined
  readonly fates: readonly Fate[]
}

export const upheaval = fc.record<Upheaval>({
  reorg: fc.option(
    fc.record({ step: fc.nat({ max: 19 }), after: fc.nat({ max: 5 }), depth: fc.integer({ min: 1, max: 6 }) }),
    { nil: undefined, freq: 2 },
  ),
  fates: fc.array(fc.constantFrom<Fate>('new', 'again', 'lost'), { minLength: 20, maxLength: 20 }),
})

/** Mines the transactions of each of `all`, in the order of their blocks. */
export function mined<Action, Rest>(
  all: readonly (Rest & { readonly sent: readonly Sent<Action>[] })[],
  { reorg, fates }: Upheaval,
): {
  readonly reorgs: readonly Reorg[]
  readonly all: readonly (Rest & { readonly steps: readonly Mined<Action>[] })[]
} {
  const blocks = all.flatMap(({ sent }) => sent.map(({ block }) => block))
  const placed = reorg && { at: (blocks[reorg.step % blocks.length] ?? 0) + reorg.after, depth: reorg.depth }
  let count = 0
  return {
    reorgs: placed === undefined ? [] : [placed],
    all: all.map((one) => ({
      ...one,
      steps: one.sent
        .flatMap(({ action, block }) =>
          placesOf(placed, block, fates[count++] ?? 'new').map((place) => ({ action, ...place })),
        )
        .toSorted((a, b) => a.block - b.block),
    })),
  }
}

function placesOf(reorg: Reorg | undefined, block: number, fate: Fate): readonly Place[] {
  if (reorg === undefined || block <= reorg.at - reorg.depth) return [{ block, branch: 0 }]
  const replaced = [{ block, branch: 1 }]
  if (block > reorg.at || fate === 'new') return replaced
  const lost = [{ block, branch: 0 }]
  return fate === 'lost' ? lost : [...lost, { block: block + 1, branch: 1 }]
}
