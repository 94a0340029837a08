/** The outcome of several calls in one request. */
export type Sent<Answer> =
  /**
   * One answer per call; `undefined` if the server left the call out because there were too many, never for a single
   * call.
   */
  | {
      readonly answers: readonly (Answer | undefined)[]
      /** The order of the response: for each answer in it, the index of its call. */
      readonly order?: readonly number[]
    }
  /**
   * The server accepted no call. `size`: there are too many, or it does not accept batches. `unclear`: it does not say
   * whether the size is the reason.
   */
  | {
      readonly refused: 'size' | 'unclear'
      readonly error: Error
      /** The answer of a single call, if its refusal counts as an answer. */
      readonly answer?: Answer
    }

export interface BatchOptions<Call, Answer> {
  /** Maximum number of calls in one request. */
  readonly most: number
  /** Number of parallel single calls if the server does not accept batches. @defaultValue 1, which keeps their order */
  readonly parallel?: number
  /** Returns true if the answer to a single call is the same refusal that the batch got. @defaultValue never */
  readonly isSameRefusal?: (answer: Answer, refusal: Error) => boolean
  /** Sends one request. Rejects if the number of calls cannot be the reason of the failure. */
  readonly send: (calls: readonly Call[], signal: AbortSignal) => Promise<Sent<Answer>>
}

// After this many calls at a reduced size, the full size is tried again, because the server may have been replaced.
const retryAfterAsks = 100

/**
 * Sends calls to a server in as few requests as possible. A refused batch is halved, down to single calls, and the size
 * that worked is remembered. The answers are in the order of the calls.
 *
 * Rejects if a single call is refused, or if a batch and a single call are refused alike: the size is not the reason.
 */
export function createBatches<Call, Answer>({
  most,
  parallel = 1,
  isSameRefusal = () => false,
  send,
}: BatchOptions<Call, Answer>): (calls: readonly Call[], signal: AbortSignal) => Promise<readonly Answer[]> {
  const limit = createLimit(most)

  async function askSingly([place, call]: Waiting<Call>, signal: AbortSignal): Promise<Answered<Answer>> {
    const sent = await send([call], signal)
    const answer = 'refused' in sent ? sent.answer : sent.answers[0]
    if (answer !== undefined) return [place, answer]
    throw 'refused' in sent ? sent.error : new Error('A single call has no answer.')
  }

  /**
   * Asks the first call of a refused batch alone. If it is refused too, the size is not the reason, and this rejects.
   */
  async function askFirst(
    [first]: readonly Waiting<Call>[],
    refusal: Error,
    signal: AbortSignal,
  ): Promise<readonly Answered<Answer>[]> {
    const sent = first === undefined ? undefined : await send([first[1]], signal)
    if (first === undefined || sent === undefined || 'refused' in sent) throw refusal
    const [answer] = sent.answers
    if (answer === undefined || isSameRefusal(answer, refusal)) throw refusal
    return [[first[0], answer]]
  }

  /** Returns the answers to a batch. Calls without an answer are asked again in smaller batches. */
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
      const portion = waiting.slice(0, limit.size() === 1 ? parallel : limit.size())
      for (const [place, answer] of await ask(portion, signal)) answers[place] = answer
      waiting = [...portion.filter(([place]) => answers[place] === undefined), ...waiting.slice(portion.length)]
    }
    return answers.filter((answer) => answer !== undefined)
  }
}

/** A call or an answer, with its index in the list of calls. */
type Waiting<Call> = readonly [place: number, call: Call]
type Answered<Answer> = readonly [place: number, answer: Answer]

/** The number of calls that a server accepts in one request, as far as is known. */
interface Limit {
  readonly size: () => number
  /** Called after a batch of this size was refused. */
  shrink(refused: number): void
  /** Called before this many calls are asked; the full size is tried again from time to time. */
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
