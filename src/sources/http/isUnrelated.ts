// Statuses that refuse any request, whatever its number of calls.
const unrelated: readonly number[] = [401, 402, 403, 407, 408, 425, 429, 502, 503, 504]
// Statuses of these that also mean that the provider's plan excludes something, such as batches.
const ofPlans: readonly number[] = [401, 402, 403, 429]

export interface Refusal {
  readonly status: number
  /** What the server said. */
  readonly text: string
  /** Whether the server named a time to wait. */
  readonly isTimed: boolean
}

/**
 * True if the status of a refusal has nothing to do with the number of calls in the request. Some servers report a
 * limit on batches as a rate limit or a missing permission; those name no time to wait.
 */
export function isUnrelated({ status, text, isTimed }: Refusal): boolean {
  return unrelated.includes(status) && !(ofPlans.includes(status) && !isTimed && /\bbatch/i.test(text))
}
