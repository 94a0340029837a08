/** What became of several calls in one request. */
export type Sent<Answer> =
  /** One a call. `undefined` where the server left a call out because there were too many; never for a single call. */
  | { readonly answers: readonly (Answer | undefined)[] }
  /**
   * The server took none. `size`: there are too many, or it takes no batch. `unclear`: it does not say whether that is
   * why.
   */
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
  const limit = createLimit(most)

  async function askSingly([place, call]: Waiting<Call>, signal: AbortSignal): Promise<Answered<Answer>> {
    const sent = await send([call], signal)
    const answer = 'refused' in sent ? sent.answer : sent.answers[0]
    if (answer !== undefined) return [place, answer]
    throw 'refused' in sent ? sent.error : new Error('A single call has no answer.')
  }

  /** The answer to the first call of a refused batch. Where it fares no better alone, the size is not the reason. */
  async function askFirst(
    [first]: readonly Waiting<Call>[],
    refusal: Error,
    signal: AbortSignal,
  ): Promise<readonly Answered<Answer>[]> {
    const sent = first === undefined ? undefined : await send([first[1]], signal)
    if (first === undefined || sent === undefined || 'refused' in sent) throw refusal
    const [answer] = sent.answers
    if (answer === undefined || isAlike(answer, refusal)) throw refusal
    return [[first[0], answer]]
  }

  /** What the server answers of it; whatever it leaves out is asked for again, in smaller batches. */
  async function ask(portion: readonly Waiting<Call>[], signal: AbortSignal): Promise<readonly Answered<Answer>[]> {
    if (limit.size() === 1 || portion.length === 1) return Promise.all(portion.map((one) => askSingly(one, signal)))
    const calls = portion.map(([, call]) => call)
    const sent = await send(calls, signal)
    if ('refused' in sent) {
      const answered = sent.refused === 'unclear' ? await askFirst(portion, sent.error, signal) : []
      limit.shrink(portion.length)
      return answered
    }
    const answered = portion.flatMap(([place], at): readonly Answered<Answer>[] => {
      const answer = sent.answers[at]
      return answer === undefined ? [] : [[place, answer]]
    })
    if (answered.length < portion.length) limit.shrink(portion.length)
    return answered
  }

  return async (calls, signal) => {
    const answers: (Answer | undefined)[] = calls.map(() => undefined)
    let waiting: readonly Waiting<Call>[] = [...calls.entries()]
    limit.onAsk(calls.length)
    while (waiting.length > 0) {
      const portion = waiting.slice(0, limit.size() === 1 ? abreast : limit.size())
      for (const [place, answer] of await ask(portion, signal)) answers[place] = answer
      waiting = [...portion.filter(([place]) => answers[place] === undefined), ...waiting.slice(portion.length)]
    }
    return answers.filter((answer) => answer !== undefined)
  }
}

/** A call or an answer with its place in the list that was asked for. */
type Waiting<Call> = readonly [place: number, call: Call]
type Answered<Answer> = readonly [place: number, answer: Answer]

/** How many calls a server takes in one request, as far as is known. */
interface Limit {
  readonly size: () => number
  /** After a batch of this size that was refused. */
  shrink(refused: number): void
  /** Before so many calls are asked for: now and then the full size is tried again. */
  onAsk(calls: number): void
}

function createLimit(most: number): Limit {
  let size = most
  let limitedAsks = 0
  function shrink(refused: number): void {
    size = Math.max(1, Math.min(size, Math.floor(refused / 2)))
    limitedAsks = 0
  }
  function onAsk(calls: number): void {
    if (size === most || calls <= size || ++limitedAsks <= retryAfterAsks) return
    size = most
    limitedAsks = 0
  }
  return { size: () => size, shrink, onAsk }
}
