/** A block the reader has stood at. */
export interface Checkpoint {
  readonly number: bigint
  readonly hash: string
}

const most = 64
// The newest ones are kept without gaps: reorgs are short.
const dense = 16

/**
 * Adds the block the reader stands at, oldest first, at most 64: all of the last ones, then ever fewer the older
 * they get, and always the very first. So the common ancestor of a reorg is found close above, however deep.
 */
export function addCheckpoint(known: readonly Checkpoint[], block: Checkpoint): readonly Checkpoint[] {
  const all = [...known.filter(({ number }) => number < block.number), { number: block.number, hash: block.hash }]
  return thinned(all, block)
}

function thinned(all: readonly Checkpoint[], block: Checkpoint): readonly Checkpoint[] {
  if (all.length <= most) return all
  let drop = 1
  let least = Infinity
  for (let index = 1; index < all.length - dense; index++) {
    const [before, after] = [all[index - 1], all[index + 1]]
    if (before === undefined || after === undefined) continue
    // The gap that would open, measured by how far back it lies.
    const gap = Number(after.number - before.number) / Number(block.number - before.number)
    if (gap < least) {
      least = gap
      drop = index
    }
  }
  return thinned(
    all.filter((_, index) => index !== drop),
    block,
  )
}
