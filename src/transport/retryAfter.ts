const maxWaitMs = 3_600_000

/**
 * How long a Retry-After header asks to wait, in milliseconds, at most an hour; `undefined` where it says nothing
 * usable. Takes seconds, with a fraction as some gateways send them, and the date of HTTP. `now` is Unix milliseconds.
 */
export function retryAfter(header: string | null | undefined, now: number): number | undefined {
  const text = header?.trim().slice(0, 64) ?? ''
  if (text === '') return undefined
  if (/^\d+(?:\.\d*)?$/.test(text)) return Math.min(maxWaitMs, Math.ceil(Number(text) * 1_000))
  // A date has the name of a month in it; `-5` and the like would be taken for a year.
  const wait = /[a-z]{3}/i.test(text) ? Date.parse(text) - now : NaN
  return Number.isNaN(wait) ? undefined : Math.min(maxWaitMs, Math.max(0, wait))
}
