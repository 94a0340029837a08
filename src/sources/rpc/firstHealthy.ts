import type { Head } from '../../domain/blocks/head.js'
import { type EndpointApi, type EndpointScore, isUnsteady, stepScore, newScore } from '../../domain/endpointScore.js'
import { SourceError } from '../../domain/errors.js'
import { durationText } from '../../domain/text/time.js'
import type { EvmEndpoint } from './createEvmEndpoints.js'
import { toSourceError } from './errors/toSourceError.js'
import { keepRests } from './keepRests.js'

/** An endpoint with a name that may be shown. */
interface Named {
  readonly host: string
}

export interface FailoverOptions<E extends Named = EvmEndpoint> {
  readonly chain: string
  readonly endpoints: readonly E[]
  /** What the endpoints serve. @defaultValue `rpc` */
  readonly api?: EndpointApi
  /** Returns the time in Unix milliseconds. */
  readonly now: () => number
}

/** Runs `run` on the first healthy endpoint. */
export interface Failover<E extends Named = EvmEndpoint> {
  <T>(
    run: (endpoint: E) => Promise<T>,
    signal: AbortSignal,
    options?: {
      /**
       * Whether success clears the rest of a failed endpoint. A request for the head does not: a node may answer it and
       * fail every reading, and would then be tried first in each poll. @defaultValue true
       */
      readonly isProof?: boolean
      /** Extracts the head from the result, for the score of the endpoint. @defaultValue none */
      readonly headOf?: (value: T) => Head | undefined
    },
  ): Promise<T>
  /** How the endpoints have answered lately, in order. Endpoints not asked yet are left out. */
  readonly scores: () => readonly EndpointScore[]
  /** Records the outcome of a request to an endpoint that was made outside of a run. */
  readonly note: (endpoint: E, asked: AskedEndpoint) => void
}

/**
 * The outcome of one request: `begun` is the start in Unix milliseconds, `head` the head that the endpoint reported.
 */
interface AskedEndpoint {
  readonly begun: number
  readonly isGood: boolean
  readonly head?: bigint | undefined
}

/** Options of a run that only requests the head. */
export const headLook = { isProof: false, headOf: (head: Head): Head => head } as const

/** Options of a run that makes a reading. */
export const ofReading = { headOf: ({ head }: { readonly head: Head }): Head => head } as const

/**
 * Creates the function that runs a whole reading on one endpoint and goes on to the next if it fails.
 *
 * - Endpoints are tried in the order of the list. One that failed rests for a while, and is tried after those that do
 *   not rest. One that fails repeatedly between successes comes after the others. The reported head does not change the
 *   order, because a node could draw all readings to itself by reporting a high head.
 * - An endpoint that asks not to be contacted is left out for that time, at most an hour, even if it is the only one.
 * - A run is never split over two endpoints, because they may be at different blocks.
 * - If all fail, the error is a `SourceError` that names every host tried, transient if one of the failures is.
 * - An abort ends the run at once.
 */
export function firstHealthy<E extends Named = EvmEndpoint>({
  chain,
  endpoints,
  api,
  now,
}: FailoverOptions<E>): Failover<E> {
  const rests = keepRests<E>(now)
  const scoring = keepScores(endpoints, now, api)

  async function onHealthy<T>(
    run: (endpoint: E) => Promise<T>,
    signal: AbortSignal,
    { isProof = true, headOf }: { readonly isProof?: boolean; readonly headOf?: (value: T) => Head | undefined } = {},
  ): Promise<T> {
    const willing = endpoints.filter((endpoint) => rests.askedMs(endpoint) <= 0)
    // Computed once: an endpoint whose rest ends between two checks would otherwise be in neither list.
    const resting = new Set(willing.filter(rests.isResting))
    const rested = willing.filter((endpoint) => !resting.has(endpoint))
    const failures: SourceError[] = []
    if (willing.length === 0 && endpoints.length > 0) throw allRestingError()
    for (const endpoint of [...scoring.steadyFirst(rested), ...scoring.steadyFirst([...resting])]) {
      const begun = now()
      try {
        const value = await run(endpoint)
        if (isProof) rests.end(endpoint)
        scoring.note(endpoint, { isGood: true, begun, head: headOf?.(value)?.number })
        return value
      } catch (cause) {
        if (signal.aborted) throw new SourceError('transient', `The read of ${chain} was stopped.`)
        scoring.note(endpoint, { isGood: false, begun })
        rests.begin(endpoint, begun, cause)
        failures.push(toSourceError(cause, chain, endpoint.host))
      }
    }
    throw merged(chain, failures)
  }

  return Object.assign(onHealthy, { scores: scoring.scores, note: scoring.note })

  function allRestingError(): SourceError {
    const said = endpoints.map((endpoint) => {
      const seconds = Math.max(1, Math.ceil(rests.askedMs(endpoint) / 1_000))
      return `${endpoint.host} of ${chain} asked for no requests for another ${durationText(seconds)}.`
    })
    return new SourceError('transient', said.join(' '), { unanswered: true })
  }
}

function keepScores<E extends Named>(
  endpoints: readonly E[],
  now: () => number,
  api: EndpointApi | undefined,
): Pick<Failover<E>, 'scores' | 'note'> & {
  /** Keeps the order, but moves endpoints that fail repeatedly to the end. */
  readonly steadyFirst: (some: readonly E[]) => readonly E[]
} {
  const scores = new Map<E, EndpointScore>()
  const isLast = (endpoint: E): boolean => {
    const known = scores.get(endpoint)
    return known !== undefined && isUnsteady(known, now())
  }
  return {
    scores: () => endpoints.flatMap((endpoint) => scores.get(endpoint) ?? []),
    steadyFirst: (some) => some.toSorted((a, b) => Number(isLast(a)) - Number(isLast(b))),
    note(endpoint, { begun, isGood, head }) {
      const askedAt = now()
      const known = scores.get(endpoint) ?? newScore(endpoint.host, askedAt, api)
      const newest = [...scores.values()].reduce((most, one) => latest(most, one.head), head)
      scores.set(endpoint, stepScore(known, { askedAt, isGood, ms: Math.max(0, askedAt - begun), head, newest }))
    },
  }
}

function latest(one: bigint | undefined, other: bigint | undefined): bigint | undefined {
  return one === undefined || (other !== undefined && other > one) ? other : one
}

function merged(chain: string, failures: readonly SourceError[]): SourceError {
  const [first, ...others] = failures
  if (first === undefined) return new SourceError('permanent', `${chain} has no endpoint to read from.`)
  if (others.length === 0) return first
  const kind = failures.some((failure) => failure.kind === 'transient') ? 'transient' : 'permanent'
  const wentBack = failures.some((failure) => failure.wentBack)
  // A message without a host is the same from each endpoint.
  const messages = new Set(failures.map(({ message }) => message))
  return new SourceError(kind, [...messages].join(' '), { wentBack })
}
