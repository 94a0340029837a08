import type { BatchOptions, Sent } from './createBatches.js'

type Send<Call, Answer> = BatchOptions<Call, Answer>['send']

export interface ConfirmOrderOptions<Call, Answer> {
  readonly send: Send<Call, Answer>
  /** What makes two answers to one call the same. */
  readonly contentOf: (answer: Answer) => unknown
  /** Creates the error for a batch whose answers changed their order and their content. */
  readonly mismatch: (calls: number) => Error
}

/**
 * Confirms answers to a batch that come in another order than the calls. JSON-RPC allows any order, but the cause may
 * also be a gateway that mixes up ids: then each answer is well-formed and belongs to another call.
 *
 * The batch is sent once more. If the second response is in order, it counts. If it is out of order too, it counts if
 * each call got the same answer twice; otherwise the batch is refused, so that {@link createBatches} tries fewer calls.
 * Once confirmed, a server that reorders its answers is trusted until it answers in order again.
 */
export function confirmOrder<Call, Answer>({
  send,
  contentOf,
  mismatch,
}: ConfirmOrderOptions<Call, Answer>): Send<Call, Answer> {
  let isConfirmed = false

  const textOf = (sent: Sent<Answer>): string =>
    JSON.stringify('refused' in sent ? [] : sent.answers.map((answer) => answer && contentOf(answer)))

  return async (calls, signal) => {
    const first = await send(calls, signal)
    if ('refused' in first || first.isReordered !== true) {
      if (calls.length > 1) isConfirmed = false
      return first
    }
    if (isConfirmed) return first
    const second = await send(calls, signal)
    if ('refused' in second || second.isReordered !== true) return second
    isConfirmed = textOf(first) === textOf(second)
    return isConfirmed ? second : { refused: 'unclear', error: mismatch(calls.length) }
  }
}

/** Returns true if the answers with these ids are not in the order of the calls. Calls have ascending ids. */
export function isReordered(ids: readonly (string | undefined)[]): boolean {
  return ids.some((id, at) => at > 0 && Number(id) < Number(ids[at - 1]))
}
