import type { Turn } from '../domain/chainState.js'
import type { Counted } from '../views/metrics/metricsOf.js'

/** The result of one attempt of a handler. */
export interface Attempt {
  readonly handler: string
  readonly result: 'delivered' | 'postponed' | 'buried'
}

/** Counts events. Every run starts at 0, as Prometheus counters do. */
export interface Counters {
  readonly countTurn: (turn: Turn) => void
  readonly countAttempt: (tried: Attempt) => void
  readonly counted: Counted
}

const outcomes = { delivered: 'delivered', postponed: 'postponed', buried: 'given_up' } as const
const causes = ['transient', 'permanent', 'went_back'] as const

export function createCounters(): Counters {
  // One entry per chain and handler, so the configuration bounds the size.
  const polls = new Map<string, number>()
  const commits = new Map<string, number>()
  const failures = new Map<string, Map<string, number>>()
  const deliveries = new Map<string, Map<string, number>>()
  return {
    countTurn: ({ cause, state: { chain }, failure }) => {
      add(commits, chain)
      if (cause !== 'reading' && cause !== 'failure') return
      add(polls, chain)
      // A series that begins at 0 shows its first failure as a rise.
      const known = failures.get(chain) ?? new Map(causes.map((one) => [one, 0]))
      failures.set(chain, known)
      if (failure !== undefined) add(known, failure.wentBack === true ? 'went_back' : failure.kind)
    },
    countAttempt: ({ handler, result }) => {
      const known = deliveries.get(handler) ?? new Map(Object.values(outcomes).map((one) => [one, 0]))
      deliveries.set(handler, known)
      add(known, outcomes[result])
    },
    counted: { polls, commits, failures, deliveries },
  }
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
