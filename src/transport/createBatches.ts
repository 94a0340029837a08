/** What became of several calls in one request. */
export type Sent<Answer> =
  /** One a call. `undefined` where the server left a call out because there were too many; never for a single call. */
  | { readonly answers: readonly (Answer | undefined)[] }
  /** The server took none. `size`: there are too many, or it takes no batch. `unclear`: it does not say whether that is why. */
  | {
      readonly refused: 'size' | 'unclear'
      readonly error: Error
      /** What a single call is answered with, where its refusal is an answer too. */
      readonly answer?: Answer
    }

export interface BatchOptions<Call, Answer> {
  /** Most calls in one request. */
  readonly most: number
  /** How many single calls go at once where a server takes no batch. @defaultValue 1, which keeps their order */
  readonly abreast?: number
  /** True where the answer to a single call is the very refusal a batch met. @defaultValue none is */
  readonly isAlike?: (answer: Answer, refusal: Error) => boolean
  /** One request. Rejects where the fault cannot lie in the number of calls. */
  readonly send: (calls: readonly Call[], signal: AbortSignal) => Promise<Sent<Answer>>
}

// A server that takes few calls is tried with all again after so many questions: it may have been replaced.
const retryAfterAsks = 100

/**
 * Asks a server in as few requests as it takes. A batch that is refused is halved, down to single calls, and the size
 * that worked is remembered. Answers come in the order of the calls.
 *
 * Rejects where a single call is refused, or a batch and a single call alike: then the number is not the reason.
 */
export function createBatches<Call, Answer>({
  most,
  abreast = 1,
  isAlike = () => false,
  send,
}: BatchOptions<Call, Answer>): (calls: readonly Call[], signal: AbortSignal) => Promise<readonly Answer[]> {
  let limit = most
  let limited = 0

  const single = async (call: Call, signal: AbortSignal): Promise<Answer> => {
    const sent = await send([call], signal)
    const answer = 'refused' in sent ? sent.answer : sent.answers[0]
    if (answer !== undefined) return answer
    throw 'refused' in sent ? sent.error : new Error('A single call has no answer.')
  }

  return async (calls, signal) => {
    const answers: (Answer | undefined)[] = calls.map(() => undefined)
    let waiting = [...calls.entries()]
    if (limit < most && calls.length > limit && ++limited > retryAfterAsks) {
      limit = most
      limited = 0
    }
    const shrink = (size: number): void => {
      limit = Math.max(1, Math.min(limit, Math.floor(size / 2)))
      limited = 0
    }
    while (waiting.length > 0) {
      const size = limit === 1 ? Math.min(abreast, waiting.length) : Math.min(limit, waiting.length)
      const portion = waiting.slice(0, size)
      if (limit === 1 || size === 1) {
        const told = await Promise.all(portion.map(([, call]) => single(call, signal)))
        for (const [at, [place]] of portion.entries()) answers[place] = told[at]
        waiting = waiting.slice(size)
        continue
      }
      const sent = await send(
        portion.map(([, call]) => call),
        signal,
      )
      if ('refused' in sent) {
        if (sent.refused === 'unclear') {
          // Where a single call fares no better, the size is not the reason.
          const [[place, call] = [0, undefined]] = portion
          const first = call === undefined ? undefined : await send([call], signal)
          if (first === undefined || 'refused' in first) throw sent.error
          const [told] = first.answers
          if (told === undefined || isAlike(told, sent.error)) throw sent.error
          answers[place] = told
          waiting = waiting.slice(1)
        }
        shrink(size)
        continue
      }
      for (const [at, [place]] of portion.entries()) answers[place] = sent.answers[at]
      const left = portion.filter((_, at) => sent.answers[at] === undefined)
      if (left.length > 0) shrink(size)
      waiting = [...left, ...waiting.slice(size)]
    }
    return answers.filter((answer) => answer !== undefined)
  }
}
