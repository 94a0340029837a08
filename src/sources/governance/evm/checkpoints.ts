/** A block the reader has stood at. */
export interface Checkpoint {
  readonly number: bigint
  readonly hash: string
}

const most = 64
// The newest ones are kept without gaps: reorgs are short.
const dense = 16

/** Where a reader has stood, oldest first, and where it stands. */
interface Track {
  readonly checkpoints: readonly Checkpoint[]
  readonly at: Checkpoint
}

/** Blocks before all that was read, where none is recorded yet: so a reorg below the first one is like any other. */
export function basesFor(track: Track | undefined, fromBlock: bigint): readonly bigint[] {
  return track === undefined || (track.checkpoints[0]?.number ?? track.at.number) > fromBlock
    ? [...new Set([0n, fromBlock])]
    : []
}

interface Arrival {
  /** Where the reader stands now; it is no checkpoint yet. */
  readonly at: Checkpoint
  /** The newest block that a reorg left in place. */
  readonly ancestor: bigint | undefined
  /** Blocks of {@link basesFor}. */
  readonly bases: readonly Checkpoint[]
}

/** The checkpoints of a reader that has read on: those below where it stands now that no reorg took. */
export function checkpointsAfter(track: Track | undefined, { at, ancestor, bases }: Arrival): readonly Checkpoint[] {
  const read = track === undefined ? [] : [...track.checkpoints, track.at]
  const before = bases.filter(({ number }) => number < (read[0]?.number ?? at.number))
  const still = [...before, ...read]
    .map(({ number, hash }) => ({ number, hash }))
    .filter(({ number }) => number < at.number && (ancestor === undefined || number <= ancestor))
  const newest = still.at(-1)
  return newest === undefined ? [] : addCheckpoint(still.slice(0, -1), newest)
}

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
