/** How well one endpoint has answered lately. Counts halve every ten minutes. Host times are Unix milliseconds. */
export interface EndpointScore {
  /** Host and port. */
  readonly host: string
  /** When it was last asked. */
  readonly askedAt: number
  readonly answers: number
  readonly failures: number
  /** How long an answer takes, the last ones counting most, in milliseconds. Absent before the first. */
  readonly latencyMs?: number
  /** The newest block it told. */
  readonly head?: bigint
  /** How many blocks that was below the newest that any of the endpoints had told by then. */
  readonly behind?: bigint
}

/** What became of one question to an endpoint. */
export interface EndpointAnswer {
  readonly askedAt: number
  readonly isGood: boolean
  readonly ms: number
  /** The head that it told, where it told one. */
  readonly head?: bigint | undefined
  /** The newest block that any of the endpoints has told. */
  readonly newest?: bigint | undefined
}

const halfLifeMs = 600_000
// The share of the last answer in the mean.
const weight = 0.2
// One that is down is left alone ever longer and comes to five: so many has who fails over and over between answers.
const manyFailures = 8

export function unasked(host: string, now: number): EndpointScore {
  return { host, askedAt: now, answers: 0, failures: 0 }
}

/** The score with one more answer, or failure. */
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

/** Share of failures among the last answers, 0 to 1; 0 where nothing was asked. */
export function failureShare({ answers, failures }: Pick<EndpointScore, 'answers' | 'failures'>): number {
  return failures === 0 ? 0 : failures / (answers + failures)
}

/** True of an endpoint that answers now and then and fails in between. */
export function isUnsteady(score: EndpointScore, now: number): boolean {
  const { failures } = atTime(score, now)
  return failures >= manyFailures && failureShare(score) > 1 / 3
}

/** The counts as they have faded by a moment; a clock that was set back fades nothing. */
function atTime({ answers, failures, askedAt }: EndpointScore, now: number): { answers: number; failures: number } {
  const left = 0.5 ** (Math.max(0, now - askedAt) / halfLifeMs)
  return { answers: answers * left, failures: failures * left }
}
