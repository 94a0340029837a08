/** JSON-RPC, of which that of CometBFT is one, or REST. */
export type EndpointApi = (typeof endpointApis)[number]

export const endpointApis = ['rpc', 'rest'] as const

/** How well one endpoint has answered lately. Counts halve every ten minutes. Host times are Unix milliseconds. */
export interface EndpointScore {
  /** Host and port. */
  readonly host: string
  /** What it serves. Absent in states of earlier versions. */
  readonly api?: EndpointApi
  /** When it was last asked. */
  readonly askedAt: number
  readonly answers: number
  readonly failures: number
  /** Latency in milliseconds, as a moving mean in which recent answers count most. Absent before the first answer. */
  readonly latencyMs?: number
  /** The newest block that the endpoint reported. */
  readonly head?: bigint
  /** How many blocks `head` was below the newest block that any endpoint had reported by then. */
  readonly behind?: bigint
}

/** The outcome of one request to an endpoint. */
export interface EndpointAnswer {
  readonly askedAt: number
  readonly isGood: boolean
  readonly ms: number
  /** The head in the answer, if it contained one. */
  readonly head?: bigint | undefined
  /** The newest block that any endpoint has reported. */
  readonly newest?: bigint | undefined
}

const halfLifeMs = 600_000
// Weight of the last answer in the moving mean.
const weight = 0.2
// Number of failures from which an endpoint can count as unsteady. An endpoint that is down is asked at ever longer
// intervals, so its decaying count stays near five; only one that fails again and again between answers exceeds it.
const manyFailures = 8

export function newScore(host: string, now: number, api: EndpointApi = 'rpc'): EndpointScore {
  return { host, api, askedAt: now, answers: 0, failures: 0 }
}

/** Returns the score after one more answer or failure. */
export function stepScore(score: EndpointScore, { askedAt, isGood, ms, head, newest }: EndpointAnswer): EndpointScore {
  const { answers, failures } = atTime(score, askedAt)
  const { latencyMs } = score
  const told = isGood && head !== undefined
  return {
    ...score,
    askedAt,
    answers: answers + (isGood ? 1 : 0),
    failures: failures + (isGood ? 0 : 1),
    ...(isGood && { latencyMs: latencyMs === undefined ? ms : latencyMs + weight * (ms - latencyMs) }),
    ...(told && { head, behind: newest !== undefined && newest > head ? newest - head : 0n }),
  }
}

/** Share of failures among the recent requests, 0 to 1; 0 if nothing was asked. */
export function failureShare({ answers, failures }: Pick<EndpointScore, 'answers' | 'failures'>): number {
  return failures === 0 ? 0 : failures / (answers + failures)
}

/** Returns true if the endpoint answers only some of its requests and keeps failing in between. */
export function isUnsteady(score: EndpointScore, now: number): boolean {
  const { failures } = atTime(score, now)
  return failures >= manyFailures && failureShare(score) > 1 / 3
}

/** Returns the counts as they have decayed at `now`. Nothing decays if the clock was set back. */
function atTime({ answers, failures, askedAt }: EndpointScore, now: number): { answers: number; failures: number } {
  const left = 0.5 ** (Math.max(0, now - askedAt) / halfLifeMs)
  return { answers: answers * left, failures: failures * left }
}
