import { firstValueFrom, type Observable } from 'rxjs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { withTimeLimit } from '../../../src/monitor/execute/withTimeLimit.js'

const answerOf = (answer$: Observable<string>): Promise<string> => firstValueFrom(answer$, { defaultValue: 'nothing' })

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('withTimeLimit', () => {
  it('returns the result of a call that ends in time', async () => {
    const limited = withTimeLimit({ limitMs: 1_000 })
    expect(await answerOf(limited(() => Promise.resolve('done'), 'late'))).toBe('done')
    await expect(answerOf(limited(() => Promise.reject(new Error('full')), 'late'))).rejects.toThrow('full')
    expect(await answerOf(limited(() => Promise.resolve('again'), 'late'))).toBe('again')
  })

  it('accepts the next call after one that throws before it returns a promise', async () => {
    const limited = withTimeLimit({ limitMs: 1_000 })
    const broken = (): Promise<string> => {
      throw new Error('full')
    }
    await expect(answerOf(limited(broken, 'late'))).rejects.toThrow('full')
    expect(await answerOf(limited(() => Promise.resolve('done'), 'late'))).toBe('done')
  })

  it('aborts the signal of a call that times out or is unsubscribed', async () => {
    const limited = withTimeLimit({ limitMs: 1_000 })
    const given: AbortSignal[] = []
    let release = (): void => undefined
    const hanging = (signal: AbortSignal): Promise<string> => {
      given.push(signal)
      return new Promise((resolve) => (release = () => resolve('at last')))
    }
    const answer = answerOf(limited(hanging, 'late'))
    expect(given[0]?.aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await answer).toBe('late')
    expect(given[0]?.aborted).toBe(true)
    release()
    await vi.advanceTimersByTimeAsync(0)
    limited(hanging, 'late').subscribe().unsubscribe()
    expect(given[1]?.aborted).toBe(true)
  })

  it('answers for a call that hangs, and starts no other until that one has ended', async () => {
    const limited = withTimeLimit({ limitMs: 1_000 })
    let release = (): void => undefined
    let calls = 0
    const hanging = (): Promise<string> => {
      calls += 1
      return new Promise((resolve) => (release = () => resolve('at last')))
    }
    const answer = answerOf(limited(hanging, 'late'))
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await answer).toBe('late')
    expect(await answerOf(limited(hanging, 'late'))).toBe('late')
    expect(calls).toBe(1)

    release()
    await vi.advanceTimersByTimeAsync(0)
    expect(await answerOf(limited(() => Promise.resolve('done'), 'late'))).toBe('done')
  })
})
