/** A signal for one request that may take only so long. */
export interface TimeLimit {
  /** Aborted with the outer signal, or when the time is over. */
  readonly signal: AbortSignal
  /** Returns true if the time was over before the request had ended. */
  readonly isOver: () => boolean
  /** Call it once the request has ended. */
  readonly end: () => void
}

/**
 * Limits the time of a request, in milliseconds. `AbortSignal.timeout` and `AbortSignal.any` would keep everything
 * that the request holds in memory until the time is over, also if the answer comes at once.
 */
export function timeLimit(outer: AbortSignal, limitMs: number): TimeLimit {
  const controller = new AbortController()
  let isOver = false
  const stop = (): void => controller.abort(outer.reason)
  const timer = setTimeout(() => {
    isOver = true
    controller.abort()
  }, limitMs)
  if (outer.aborted) stop()
  else outer.addEventListener('abort', stop, { once: true })
  return {
    signal: controller.signal,
    isOver: () => isOver,
    end: () => {
      clearTimeout(timer)
      outer.removeEventListener('abort', stop)
    },
  }
}
