import { type Head, isSameBlock } from '../../domain/blocks/head.js'

/** What the first request of a reading has brought, made at an endpoint to see its head. */
interface Opening<Endpoint, Found> {
  readonly endpoint: Endpoint
  readonly head: Head
  readonly found: Found
}

/** Where a reader keeps the opening of its last look at the head. */
export interface OpeningMemory<Endpoint, Found> {
  opening?: Opening<Endpoint, Found> | undefined
}

/**
 * The opening that a reading at `endpoint` can go on from, for it was told of this very `head`. It is given once: a
 * reading that begins again asks the node again.
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
