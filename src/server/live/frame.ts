import type { LiveEvent } from '../../domain/journal/liveEvent.js'
import { liveView } from '../../views/live/liveEvent.js'

/** An event as server-sent events have it; with an id, whoever comes back goes on behind it. */
export function frameOf(event: LiveEvent, id?: number): string {
  const place = id === undefined ? '' : `id: ${id}\n`
  return `event: ${event.type}\n${place}data: ${JSON.stringify(liveView(event))}\n\n`
}

/** Moves the place from which whoever comes back goes on; no event. */
export function placeOf(id: number): string {
  return `id: ${id}\n\n`
}

/** What keeps a connection open on which nothing happens; no event. */
export const heartbeat = ':\n\n'
