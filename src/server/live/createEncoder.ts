/** Frames as the parts of a body, in their order. */
export type EncodeFrames = (frames: readonly string[]) => Iterable<Uint8Array>

// Characters that a client is given at once: to hand over each event alone takes longer than all else, and a turn of
// twenty events would hold up the process for a second where 500 follow.
const mostAtOnce = 64_000
// A turn gives each filter that somebody asks for frames of its own.
const mostKept = 8
// Characters. Who has missed more is alone with it.
const mostShared = 1_000_000

interface Encoded {
  readonly frames: readonly string[]
  readonly parts: readonly Uint8Array[]
}

/**
 * Encodes what all clients that kept up get once: 500 clients take no longer than one, and what waits in their sockets
 * is the same memory. The frames have to be the same strings, or each comparison looks through them.
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

/** The same in fewer parts. One that is longer stands alone. */
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
