/** Joins frames into the chunks of a body, in order. */
export type ChunkFrames = (frames: readonly Uint8Array[]) => Iterable<Uint8Array>

// Maximum size of a chunk, in bytes. Chunks of single events would cost more than everything else: with 500 clients a
// turn of twenty events would block the process for a second.
const mostAtOnce = 64_000
// A frame of this size is a chunk of its own, so that all clients share its memory. Bytes.
const large = 8_000
// Number of chunked lists that are kept: each filter in use has frames of its own in a turn.
const mostKept = 8
// Maximum size of a list whose joined chunks are shared, in bytes.
const mostShared = 1_000_000

interface Chunked {
  readonly frames: readonly Uint8Array[]
  readonly chunks: readonly Uint8Array[]
}

/**
 * Creates a function that joins the same frames only once for all clients that keep up: 500 clients cost no more time
 * than one, and share the memory that waits in their sockets. The frames must be the identical objects.
 *
 * A long list, such as the state that a client gets first, is joined while the client reads it: at most one chunk of
 * small frames is its own at a time.
 */
export function createChunker(): ChunkFrames {
  let kept: readonly Chunked[] = []
  return (frames) => {
    if (frames.length === 0) return []
    const known = kept.find((one) => isSame(one.frames, frames))
    if (known !== undefined) return known.chunks
    if (frames.reduce((sum, { length }) => sum + length, 0) > mostShared) return joined(frames)
    const chunks = [...joined(frames)]
    kept = [{ frames, chunks }, ...kept.slice(0, mostKept - 1)]
    return chunks
  }
}

function isSame(one: readonly Uint8Array[], other: readonly Uint8Array[]): boolean {
  return one.length === other.length && one.every((frame, index) => frame === other[index])
}

/** Joins small frames into fewer chunks. */
function* joined(frames: readonly Uint8Array[]): Generator<Uint8Array> {
  let small: Uint8Array[] = []
  let size = 0
  for (const frame of frames) {
    const isLarge = frame.length >= large
    if (small.length > 0 && (isLarge || size + frame.length > mostAtOnce)) {
      yield Buffer.concat(small)
      small = []
      size = 0
    }
    if (isLarge) yield frame
    else {
      small.push(frame)
      size += frame.length
    }
  }
  if (small.length > 0) yield Buffer.concat(small)
}
