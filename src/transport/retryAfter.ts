/** The longest wait that a server is granted, in milliseconds. */
export const longestWaitMs = 3_600_000

/**
 * How long a Retry-After header asks to wait, in milliseconds, at most an hour; `undefined` where it says nothing
 * usable. Takes seconds, with a fraction as some gateways send them, and the date of HTTP in its three forms, or that
 * of ISO 8601. `now` is Unix milliseconds.
 */
export function retryAfter(header: string | null | undefined, now: number): number | undefined {
  const text = header?.trim().slice(0, 64) ?? ''
  if (text === '') return undefined
  if (/^(?:\d+\.?\d*|\.\d+)$/.test(text)) return Math.min(longestWaitMs, Math.ceil(Number(text) * 1_000))
  // A date has the name of a month and the time in it; `-5` and the like would be taken for a year.
  const isDate = /[a-z]{3}.*\d:\d\d:\d\d|^\d{4}-\d\d-\d\dT\d\d:/i.test(text)
  // The oldest of the three forms names no zone, and without one the host's own would be taken.
  const isZoned = /(?:z|gmt|utc|[+-]\d\d:?\d\d)$/i.test(text)
  const wait = isDate ? Date.parse(isZoned ? text : `${text} GMT`) - now : NaN
  return Number.isNaN(wait) ? undefined : Math.min(longestWaitMs, Math.max(0, wait))
}
