import { concat, EMPTY, NEVER, Observable, of, range, Subject, throwError } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { SlowReaderError } from '../../src/domain/errors.js'
import { toAsyncIterable } from '../../src/streams/toAsyncIterable.js'

async function all<T>(values: AsyncIterable<T>): Promise<readonly T[]> {
  const read: T[] = []
  for await (const value of values) read.push(value)
  return read
}

describe('toAsyncIterable', () => {
  it('gives every value in order, and ends with the stream', async () => {
    expect(await all(toAsyncIterable(range(1, 5)))).toStrictEqual([1, 2, 3, 4, 5])
    expect(await all(toAsyncIterable(EMPTY))).toStrictEqual([])
  })

  it('gives undefined as a value', async () => {
    expect(await all(toAsyncIterable(of(undefined, 1)))).toStrictEqual([undefined, 1])
  })

  it('loses no value that comes while none is requested', async () => {
    const source$ = new Subject<number>()
    const values = toAsyncIterable(source$)[Symbol.asyncIterator]()
    const first = values.next()
    for (const value of [1, 2, 3]) source$.next(value)
    source$.complete()

    expect(await first).toStrictEqual({ done: false, value: 1 })
    expect([await values.next(), await values.next(), await values.next()]).toStrictEqual([
      { done: false, value: 2 },
      { done: false, value: 3 },
      { done: true, value: undefined },
    ])
  })

  it('subscribes at the first request, once per loop, and unsubscribes with the loop', async () => {
    let subscribed = 0
    let left = 0
    const values = toAsyncIterable(
      new Observable<number>((subscriber) => {
        subscribed += 1
        subscriber.next(subscribed)
        return () => (left += 1)
      }),
    )
    expect(subscribed).toBe(0)
    const first: number[] = []
    for (let loop = 0; loop < 2; loop++) {
      for await (const value of values) {
        first.push(value)
        break
      }
    }

    expect([first, subscribed, left]).toStrictEqual([[1, 2], 2, 2])
  })

  it('unsubscribes if it is left while a value is awaited', async () => {
    let left = false
    const values = toAsyncIterable(new Observable(() => () => (left = true)))[Symbol.asyncIterator]()
    const waiting = values.next()
    await values.return?.()

    expect([await waiting, await values.next(), left]).toStrictEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
      true,
    ])
  })

  it('throws an error of the stream once, after the values before it', async () => {
    const read: number[] = []
    const values = toAsyncIterable(
      concat(
        of(1, 2),
        throwError(() => new Error('the disk')),
      ),
    )
    const loop = async (): Promise<void> => {
      for await (const value of values) read.push(value)
    }

    await expect(loop()).rejects.toThrow('the disk')
    expect(read).toStrictEqual([1, 2])
  })

  it('buffers at most its limit, and throws after the buffered values', async () => {
    const values = toAsyncIterable(concat(range(0, 10), NEVER), { limit: 3 })[Symbol.asyncIterator]()
    const read = [await values.next(), await values.next(), await values.next(), await values.next()]

    expect(read).toMatchObject([{ value: 0 }, { value: 1 }, { value: 2 }, { value: 3 }])
    await expect(values.next()).rejects.toBeInstanceOf(SlowReaderError)
    expect(await values.next()).toStrictEqual({ done: true, value: undefined })
  })
})
