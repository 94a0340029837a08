/** Maximum wait that a server may ask for, in milliseconds. */
export const longestWaitMs = 3_600_000

/**
 * Returns the wait that a Retry-After header asks for, in milliseconds, at most an hour; `undefined` if it is not
 * usable. Accepts seconds, with a fraction as some gateways send them, the three date forms of HTTP, and ISO 8601.
 * `now` is Unix milliseconds.
 */
export function retryAfter(header: string | null | undefined, now: number): number | undefined {
  const text = header?.trim().slice(0, 64) ?? ''
  if (text === '') return undefined
  if (/^(?:\d+\.?\d*|\.\d+)$/.test(text)) return Math.min(longestWaitMs, Math.ceil(Number(text) * 1_000))
  // A date must contain a month name and a time, because `Date.parse` takes `-5` and the like for a year.
  const isDate = /[a-z]{3}.*\d:\d\d:\d\d|^\d{4}-\d\d-\d\dT\d\d:/i.test(text)
  // The oldest of the three forms has no zone, and `Date.parse` would take the host's own.
  const isZoned = /(?:z|gmt|utc|[+-]\d\d:?\d\d)$/i.test(text)
  const wait = isDate ? Date.parse(isZoned ? text : `${text} GMT`) - now : NaN
  return Number.isNaN(wait) ? undefined : Math.min(longestWaitMs, Math.max(0, wait))
}
