import { type Head, isSameBlock } from '../../domain/blocks/head.js'

/** The result of the first request of a reading, made at an endpoint to see its head. */
interface Opening<Endpoint, Found> {
  readonly endpoint: Endpoint
  readonly head: Head
  readonly found: Found
}

/** Keeps the result of the last request for the head. */
export interface OpeningMemory<Endpoint, Found> {
  opening?: Opening<Endpoint, Found> | undefined
}

/**
 * Returns the stored opening if it belongs to this `endpoint` and this `head`, so that a reading can start from it.
 * Each opening is returned once; a reading that starts over asks the node again.
 */
export function takeOpening<Endpoint, Found>(
  memory: OpeningMemory<Endpoint, Found>,
  endpoint: Endpoint,
  head: Head | undefined,
): Found | undefined {
  const { opening } = memory
  memory.opening = undefined
  if (opening?.endpoint !== endpoint || head === undefined || !isSameBlock(opening.head, head)) return undefined
  return opening.found
}
