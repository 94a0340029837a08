/** The requests of deliveries that take several, so that a further try goes on where the last one was cut off. */
export interface Steps {
  /** Makes the request, unless an earlier try of the delivery made it with success. */
  readonly once: (delivery: string, step: string, request: () => Promise<unknown>) => Promise<void>
  /** Forgets the requests of a delivery that is complete: if it is sent again, all of them are made again. */
  readonly end: (delivery: string) => void
}

// Maximum number of deliveries under way. One more forgets the oldest, which then starts from the beginning.
const mostKept = 1_000

/** Creates an empty record. It is in memory only: after a restart, a delivery starts from the beginning. */
export function createSteps(): Steps {
  const made = new Map<string, Set<string>>()
  return {
    once: async (delivery, step, request) => {
      const steps = made.get(delivery) ?? new Set<string>()
      if (steps.has(step)) return
      await request()
      made.set(delivery, steps.add(step))
      for (const oldest of [...made.keys()].slice(0, Math.max(0, made.size - mostKept))) made.delete(oldest)
    },
    end: (delivery) => {
      made.delete(delivery)
    },
  }
}

/**
 * Time limit of a delivery of several requests, as a multiple of that of one request. What is critical never waits
 * longer behind it, and each try makes a few requests at least.
 */
export const mostRequestTimes = 3
