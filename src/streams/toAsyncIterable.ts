import { type Observable, Subject, takeUntil } from 'rxjs'
import { SlowReaderError } from '../domain/errors.js'

/** Options for a stream that is read with `for await`. */
export interface AsyncIterableOptions {
  /** Maximum number of values that may wait to be read. @defaultValue 100,000 */
  readonly limit?: number
}

/** A stream that can be subscribed to, or read with `for await`. */
export type IterableStream<T> = Observable<T> & AsyncIterable<T>

const defaultLimit = 100_000

/**
 * Converts a stream to an async iterable for `for await`. Each loop subscribes when it asks for its first value and
 * unsubscribes when it is left.
 *
 * - No value is lost: values that arrive while the loop is busy wait in a queue. If more than `limit` values wait, the
 *   loop receives those that wait and then a `SlowReaderError`.
 * - If the stream errors, the error is thrown after the values before it. If the stream completes, the loop ends.
 */
export function toAsyncIterable<T>(
  source$: Observable<T>,
  { limit = defaultLimit }: AsyncIterableOptions = {},
): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => iterate(source$, limit) }
}

/** Makes a stream readable with `for await`, as `toAsyncIterable` does. */
export function iterable<T>(source$: Observable<T>): IterableStream<T> {
  return Object.assign(source$, { [Symbol.asyncIterator]: () => iterate(source$, defaultLimit) })
}

type Next<T> = IteratorResult<T, undefined>
interface Asking<T> {
  readonly resolve: (next: Next<T>) => void
  readonly reject: (cause: unknown) => void
}

function iterate<T>(source$: Observable<T>, limit: number): AsyncIterator<T, undefined> {
  // At most one of the two queues holds entries: either values wait for a reader, or readers wait for a value.
  const values = createQueue<T>()
  const asking = createQueue<Asking<T>>()
  const stop$ = new Subject<void>()
  let isStarted = false
  let ended: { readonly cause?: unknown } | undefined

  function end(how: { readonly cause?: unknown }): void {
    if (ended !== undefined) return
    ended = how
    stop$.next()
    for (let one = asking.take(); one !== undefined; one = asking.take()) answerEnd(one.value)
  }
  function answerEnd({ resolve, reject }: Asking<T>): void {
    if (ended === undefined || !('cause' in ended)) {
      resolve({ done: true, value: undefined })
      return
    }
    const { cause } = ended
    // The error is thrown once; after that the iterator is done.
    ended = {}
    reject(cause)
  }
  function receive(value: T): void {
    const first = asking.take()
    if (first !== undefined) first.value.resolve({ done: false, value })
    else if (values.size() < limit) values.add(value)
    else end({ cause: new SlowReaderError(`More than ${limit} values wait to be read: read faster, or fewer.`) })
  }
  function start(): void {
    if (isStarted) return
    isStarted = true
    source$.pipe(takeUntil(stop$)).subscribe({
      next: receive,
      error: (cause: unknown) => end({ cause }),
      complete: () => end({}),
    })
  }

  return {
    next: () =>
      new Promise((resolve, reject) => {
        const waiting = values.take()
        if (waiting !== undefined) resolve({ done: false, value: waiting.value })
        else if (ended !== undefined) answerEnd({ resolve, reject })
        else {
          asking.add({ resolve, reject })
          start()
        }
      }),
    return: () => {
      isStarted = true
      values.clear()
      end({})
      ended = {}
      return Promise.resolve({ done: true, value: undefined })
    },
  }
}

interface Queue<T> {
  readonly size: () => number
  readonly add: (value: T) => void
  readonly take: () => { readonly value: T } | undefined
  readonly clear: () => void
}

/** A first-in, first-out queue with amortised constant time. `shift` would move all entries of a long array. */
function createQueue<T>(): Queue<T> {
  let added: { readonly value: T }[] = []
  let reversed: { readonly value: T }[] = []
  return {
    size: () => added.length + reversed.length,
    add: (value) => {
      added.push({ value })
    },
    take: () => {
      if (reversed.length === 0) [reversed, added] = [added.reverse(), []]
      return reversed.pop()
    },
    clear: () => ([added, reversed] = [[], []]),
  }
}
