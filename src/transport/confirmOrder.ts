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
 * each call got the same answer twice, and a call whose answer was displaced gets the same one alone, where no id can
 * be mixed up. Otherwise the batch is refused, so that {@link createBatches} tries fewer calls. Once confirmed, a
 * server that reorders its answers is trusted until it answers in order again.
 */
export function confirmOrder<Call, Answer>({
  send,
  contentOf,
  mismatch,
}: ConfirmOrderOptions<Call, Answer>): Send<Call, Answer> {
  let isConfirmed = false

  const textOf = (answer: Answer | undefined): string => JSON.stringify([answer && contentOf(answer)])
  const areSame = (one: Answered<Answer>, other: Answered<Answer>): boolean =>
    one.answers.every((answer, at) => textOf(answer) === textOf(other.answers[at]))

  /** The index of a call that would have another answer if the order of the response counted instead of the ids. */
  const telling = ({ answers, order = [] }: Answered<Answer>): number | undefined =>
    order.find((call, place) => answers[place] !== undefined && textOf(answers[place]) !== textOf(answers[call]))

  return async (calls, signal) => {
    const first = await send(calls, signal)
    if ('refused' in first || !isReordered(first)) {
      if (calls.length > 1) isConfirmed = false
      return first
    }
    if (isConfirmed) return first
    const second = await send(calls, signal)
    if ('refused' in second || !isReordered(second)) return second
    const refused: Sent<Answer> = { refused: 'unclear', error: mismatch(calls.length) }
    if (!areSame(first, second)) return refused
    const place = telling(second)
    const call = place === undefined ? undefined : calls[place]
    // Both orders say the same.
    if (place === undefined || call === undefined) return second
    const alone = await send([call], signal)
    isConfirmed = !('refused' in alone) && textOf(alone.answers[0]) === textOf(second.answers[place])
    return isConfirmed ? second : refused
  }
}

type Answered<Answer> = Extract<Sent<Answer>, { readonly answers: unknown }>

function isReordered({ order = [] }: { readonly order?: readonly number[] }): boolean {
  return order.some((call, at) => at > 0 && call < (order[at - 1] ?? 0))
}

/** The order of a response from the ids in it, without those of no call. */
export function orderOf(told: readonly (string | undefined)[], ids: readonly number[]): readonly number[] {
  const indexOf = new Map(ids.map((id, at) => [String(id), at]))
  return told.flatMap((id) => indexOf.get(id ?? '') ?? [])
}
