import type { LiveEvent } from '../../domain/journal/liveEvent.js'
import { liveView } from '../../views/live/liveEvent.js'

// Frames are bytes from the start: all clients are sent the identical ones, which are encoded once.
const encoder = new TextEncoder()

/** Renders an event as a server-sent event. With an id, a client that reconnects resumes after it. */
export function frameOf(event: LiveEvent, id?: number): Uint8Array {
  const place = id === undefined ? '' : `id: ${id}\n`
  return encoder.encode(`event: ${event.type}\n${place}data: ${JSON.stringify(liveView(event))}\n\n`)
}

/** Renders an id without an event: it moves the position from which a client that reconnects resumes. */
export function placeOf(id: number): Uint8Array {
  return encoder.encode(`id: ${id}\n\n`)
}

/** A comment, which is no event: it keeps an idle connection open. */
export const heartbeat = encoder.encode(':\n\n')
