import { setTimeout } from 'node:timers/promises'

/**
 * Looks at something that may hang, such as a dead disk: what takes longer than the limit is aborted and answered by
 * `onTimeout`. Rejects as `look` does, but for the abort.
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
  // Whoever was given up may still fail.
  looking.catch(() => undefined)
  try {
    return await Promise.race([looking, late])
  } finally {
    cut.abort()
  }
}
