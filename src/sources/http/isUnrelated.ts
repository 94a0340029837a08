// These refuse whatever is asked, not the number of calls.
const unrelated: readonly number[] = [401, 402, 403, 407, 408, 425, 429, 502, 503, 504]
// Of them these are also used for what a plan of the provider does not hold, such as batches.
const ofPlans: readonly number[] = [401, 402, 403, 429]

export interface Refusal {
  readonly status: number
  /** What the server said. */
  readonly text: string
  /** Whether it named a time to wait for. */
  readonly isTimed: boolean
}

/**
 * True where a refusal by its status has nothing to do with the number of calls in the request. Some servers word a
 * limit on batches as one on requests, or as a right that is missing; those name no time to wait for.
 */
export function isUnrelated({ status, text, isTimed }: Refusal): boolean {
  return unrelated.includes(status) && !(ofPlans.includes(status) && !isTimed && /\bbatch/i.test(text))
}
