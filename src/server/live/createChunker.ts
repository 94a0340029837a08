/** Joins frames into the chunks of a body, in order. */
export type EncodeFrames = (frames: readonly string[]) => Iterable<Uint8Array>

// Maximum size of a chunk, in characters. Chunks of single events would cost more than everything else: with 500
// clients a turn of twenty events would block the process for a second.
const mostAtOnce = 64_000
// Number of encoded lists that are kept: each filter in use has frames of its own in a turn.
const mostKept = 8
// Maximum size that is shared, in characters. A client that missed more is the only one that gets it.
const mostShared = 1_000_000

interface Encoded {
  readonly frames: readonly string[]
  readonly parts: readonly Uint8Array[]
}

/**
 * Creates an encoder that encodes the same frames only once for all clients that keep up: 500 clients cost no more time
 * than one, and share the memory that waits in their sockets. The frames must be the identical strings, because
 * comparing equal ones would read them in full.
 */
export function createEncoder(): EncodeFrames {
  const encoder = new TextEncoder()
  let kept: readonly Encoded[] = []
  function* encoded(frames: readonly string[]): Generator<Uint8Array> {
    for (const part of joined(frames)) yield encoder.encode(part)
  }
  return (frames) => {
    if (frames.length === 0) return []
    const known = kept.find((one) => isSame(one.frames, frames))
    if (known !== undefined) return known.parts
    if (frames.reduce((sum, { length }) => sum + length, 0) > mostShared) return encoded(frames)
    const parts = [...encoded(frames)]
    kept = [{ frames, parts }, ...kept.slice(0, mostKept - 1)]
    return parts
  }
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((frame, index) => frame === other[index])
}

/** Joins frames into fewer chunks. A frame that is longer than a chunk is a chunk of its own. */
function* joined(frames: readonly string[]): Generator<string> {
  let part = ''
  for (const frame of frames) {
    if (part !== '' && part.length + frame.length > mostAtOnce) {
      yield part
      part = ''
    }
    part += frame
  }
  if (part !== '') yield part
}
