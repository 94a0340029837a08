import type { Head } from '../../domain/blocks/head.js'
import type { GoodReading } from '../../domain/reading.js'
import type { Json } from '../../domain/text/json.js'

export interface Position {
  readonly head: Head
  /** The block that was read last, where it is another one than the head. */
  readonly at?: Head
  readonly cursor: Json
}

/** A reading that says nothing but that the node answers. The caller sees to it that heads never go backwards. */
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
