const maxWaitMs = 3_600_000

/**
 * How long a Retry-After header asks to wait, in milliseconds, at most an hour; `undefined` where it says nothing
 * usable. `now` is Unix milliseconds.
 */
export function retryAfter(header: string | null, now: number): number | undefined {
  const text = header?.trim() ?? ''
  if (text === '') return undefined
  const wait = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now
  return Number.isNaN(wait) ? undefined : Math.min(maxWaitMs, Math.max(0, wait))
}
