import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { timeLimit } from '../../src/sources/timeLimit.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const never = new AbortController().signal

it('aborts its signal when the time is over, and says so', () => {
  const { signal, isOver } = timeLimit(never, 500)
  vi.advanceTimersByTime(499)
  expect([signal.aborted, isOver()]).toStrictEqual([false, false])
  vi.advanceTimersByTime(1)
  expect([signal.aborted, isOver()]).toStrictEqual([true, true])
})

it('aborts its signal with the outer one, before or during the request, which is not a lack of time', () => {
  const outer = new AbortController()
  const during = timeLimit(outer.signal, 500)
  outer.abort(new Error('The monitor stops.'))
  const before = timeLimit(outer.signal, 500)
  for (const { signal, isOver } of [during, before]) {
    expect([signal.aborted, isOver()]).toStrictEqual([true, false])
    expect(signal.reason).toBe(outer.signal.reason)
  }
})

it('leaves no timer and no listener behind once the request has ended', () => {
  const outer = new AbortController()
  const { end, signal, isOver } = timeLimit(outer.signal, 500)
  end()
  expect([vi.getTimerCount(), getEventListeners(outer.signal, 'abort').length]).toStrictEqual([0, 0])
  vi.advanceTimersByTime(1_000)
  expect([signal.aborted, isOver()]).toStrictEqual([false, false])
})
