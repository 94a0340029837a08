/** A block that the reader was at. */
export interface Checkpoint {
  readonly number: bigint
  readonly hash: string
}

const most = 64
// The newest 16 checkpoints are kept without gaps, because most reorgs are short.
const dense = 16

/** The checkpoints of a reader, oldest first, and its current block. */
interface Track {
  readonly checkpoints: readonly Checkpoint[]
  readonly at: Checkpoint
}

/**
 * Returns blocks before everything that was read, if none is recorded yet. With them a reorg below the first checkpoint
 * is handled like any other.
 */
export function basesFor(track: Track | undefined, fromBlock: bigint): readonly bigint[] {
  return track === undefined || (track.checkpoints[0]?.number ?? track.at.number) > fromBlock
    ? [...new Set([0n, fromBlock])]
    : []
}

interface Arrival {
  /** The current block of the reader; not a checkpoint yet. */
  readonly at: Checkpoint
  /** The newest block that a reorg left in place. */
  readonly ancestor: bigint | undefined
  /** The blocks from {@link basesFor}. */
  readonly bases: readonly Checkpoint[]
}

/** Returns the checkpoints after a reading: those below the current block that no reorg removed. */
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
 * Adds the current block; returns at most 64 checkpoints, oldest first. The newest are all kept, older ones ever more
 * sparsely, and the first one always. So a checkpoint close to the common ancestor exists however deep the reorg.
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
    // Size of the gap that dropping it leaves, relative to its distance from the current block.
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
