import { lastValueFrom } from 'rxjs'
import { expect, it } from 'vitest'
import { fromAbortable } from '../../src/sources/fromAbortable.js'

it('calls once per subscriber and emits the value', async () => {
  let calls = 0
  const value$ = fromAbortable(() => Promise.resolve(++calls))
  expect(calls).toBe(0)
  expect([
    await lastValueFrom(value$, { defaultValue: 0 }),
    await lastValueFrom(value$, { defaultValue: 0 }),
  ]).toStrictEqual([1, 2])
})

it('errors with the rejection', async () => {
  await expect(
    lastValueFrom(
      fromAbortable(() => Promise.reject(new Error('down'))),
      { defaultValue: 0 },
    ),
  ).rejects.toThrow('down')
})

it('aborts the call on unsubscribe, and not before', () => {
  const seen: AbortSignal[] = []
  const never$ = fromAbortable((signal) => {
    seen.push(signal)
    return new Promise<never>(() => undefined)
  })
  const subscription = never$.subscribe({ error: expect.unreachable })
  expect(seen.map(({ aborted }) => aborted)).toStrictEqual([false])
  subscription.unsubscribe()
  expect(seen.map(({ aborted }) => aborted)).toStrictEqual([true])
})

it('does not abort a call that has answered', async () => {
  const seen: AbortSignal[] = []
  const answered$ = fromAbortable((signal) => {
    seen.push(signal)
    return Promise.resolve('done')
  })
  expect(await lastValueFrom(answered$, { defaultValue: '' })).toBe('done')
  expect(seen.map(({ aborted }) => aborted)).toStrictEqual([false])
})
