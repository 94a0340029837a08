import { setImmediate as nextRound } from 'node:timers/promises'
import { vi } from 'vitest'

/** Time that passes only when a test says so: the clock and the timers of this process. */
export interface VirtualTime {
  /** Fires all timers up to a time in Unix milliseconds, each once all work before it is done. */
  readonly passTo: (time: number) => Promise<void>
  readonly [Symbol.dispose]: () => void
}

export function virtualTime(now: number): VirtualTime {
  vi.useFakeTimers({
    now,
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
  })
  return {
    async passTo(time) {
      // Without a timer at that time, the clock would pass it.
      setTimeout(() => undefined, time - Date.now())
      while (Date.now() < time) {
        await workDone()
        vi.advanceTimersToNextTimer()
      }
      await workDone()
    },
    [Symbol.dispose]: () => void vi.useRealTimers(),
  }
}

/**
 * Waits until nothing but timers can go on: all promises are settled, no request is about to be sent, and no file is
 * being read or written. Otherwise a reading of many requests would take longer than its time limit.
 */
async function workDone(): Promise<void> {
  for (let quiet = 0; quiet < 2;) {
    await nextRound()
    const isBusy = process.getActiveResourcesInfo().some((kind) => kind === 'Immediate' || kind.includes('Req'))
    quiet = isBusy ? 0 : quiet + 1
  }
}
