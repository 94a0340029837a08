import { setTimeout } from 'node:timers/promises'

/**
 * Runs something that may hang, such as a read from a dead disk. After the time limit it is aborted, and the result is
 * `onTimeout`. Rejects as `look` does, but not because of that abort.
 */
export async function withinTime<T>(
  limitMs: number,
  look: (signal: AbortSignal) => Promise<T>,
  onTimeout: T,
  outer: AbortSignal,
): Promise<T> {
  const limit = new AbortController()
  const cut = new AbortController()
  const signal = AbortSignal.any([outer, limit.signal])
  const late = setTimeout(limitMs, undefined, { signal: cut.signal }).then(
    () => {
      limit.abort()
      return onTimeout
    },
    () => onTimeout,
  )
  const looking = look(signal)
  // It may still reject after the time limit; this avoids an unhandled rejection.
  looking.catch(() => undefined)
  try {
    return await Promise.race([looking, late])
  } finally {
    cut.abort()
  }
}
