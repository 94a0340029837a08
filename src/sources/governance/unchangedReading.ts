import type { Head } from '../../domain/blocks/head.js'
import type { GoodReading } from '../../domain/reading.js'
import type { Json } from '../../domain/text/json.js'

export interface Position {
  readonly head: Head
  /** The last block that was read, if it differs from the head. */
  readonly at?: Head
  readonly cursor: Json
}

/** A reading that only says that the node answers. The caller ensures that heads never go backwards. */
export function unchangedReading(
  { chain, now }: { readonly chain: string; readonly now: () => number },
  { head, at = head, cursor }: Position,
): GoodReading {
  return {
    ok: true,
    chain,
    readAt: now(),
    head,
    at,
    proposals: [],
    votes: [],
    retracted: [],
    backlog: 0n,
    cursor,
    warnings: [],
  }
}
