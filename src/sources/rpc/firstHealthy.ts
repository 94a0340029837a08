import type { Head } from '../../domain/blocks/head.js'
import { type EndpointScore, isUnsteady, stepScore, unasked } from '../../domain/endpointScore.js'
import { SourceError } from '../../domain/errors.js'
import { durationText } from '../../domain/text/time.js'
import { HttpStatusError } from '../http/HttpStatusError.js'
import { retryAfterIn } from './errors/classifyRpcError.js'
import type { EvmEndpoint } from './createEvmEndpoints.js'
import { toSourceError } from './errors/toSourceError.js'

/** Whatever can be asked and has a name that may be told. */
interface Named {
  readonly host: string
}

export interface FailoverOptions<E extends Named = EvmEndpoint> {
  readonly chain: string
  readonly endpoints: readonly E[]
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
}

/** Runs `run` on the first healthy endpoint. */
export interface Failover<E extends Named = EvmEndpoint> {
  <T>(
    run: (endpoint: E) => Promise<T>,
    signal: AbortSignal,
    options?: {
      /**
       * Whether an endpoint that has failed is healthy again by it. A look at the head is no proof: a node may tell it
       * and serve no reading, and would be tried first with each poll. @defaultValue true
       */
      readonly isProof?: boolean
      /** The head that the endpoint told by this, for its score. @defaultValue none */
      readonly headOf?: (value: T) => Head | undefined
    },
  ): Promise<T>
  /** How the endpoints that were asked have answered lately, in their order. */
  readonly scores: () => readonly EndpointScore[]
  /** Takes down what an endpoint did that was asked beside the runs. */
  readonly note: (endpoint: E, asked: AskedEndpoint) => void
}

/** What an endpoint did: since when it was asked, by the host clock in Unix milliseconds, and which head it told. */
interface AskedEndpoint {
  readonly begun: number
  readonly isGood: boolean
  readonly head?: bigint | undefined
}

/** Options of a run that only looks at the head. */
export const headLook = { isProof: false, headOf: (head: Head): Head => head } as const

/** Options of a run that is a reading. */
export const ofReading = { headOf: ({ head }: { readonly head: Head }): Head => head } as const

// An endpoint that failed is left alone for this long, doubled with each failure in a row.
const restMs = 5_000
const maxRestMs = 300_000
// One that hung held up the reading for as long: it rests for so many times that, or each poll would wait for it again.
const restPerHeld = 4
// However long a node asks for: it may be the operator's own, and has to be tried again.
const maxAskedMs = 3_600_000

interface Rest {
  readonly failures: number
  readonly since: number
  readonly until: number
  /** Until then the endpoint itself asked to be left alone. */
  readonly askedUntil: number
}

/**
 * Makes the runner that gives a whole reading to one endpoint and goes on to the next where it fails.
 *
 * - Endpoints are tried in the order of the list; one that failed rests for a while, and is tried after those that do
 *   not. One that fails over and over between its answers comes after the others. What an endpoint says of its head
 *   moves it nowhere: by that it could draw the readings to itself.
 * - One that asked to be left alone is left alone, an hour at most, also where it is the only one.
 * - A run is never split over two endpoints: they may stand at different blocks.
 * - Where all fail, the error is a `SourceError` that names every host tried, transient if one of them is.
 * - An abort ends it at once.
 */
export function firstHealthy<E extends Named = EvmEndpoint>({
  chain,
  endpoints,
  now,
}: FailoverOptions<E>): Failover<E> {
  const rests = new Map<E, Rest>()
  const scoring = keepScores(endpoints, now)

  /** After the clock has stepped back a rest begins anew: it would last until the clock has caught up. */
  function restOf(endpoint: E): Rest | undefined {
    const rest = rests.get(endpoint)
    const back = rest === undefined ? 0 : rest.since - now()
    if (rest === undefined || back <= 0) return rest
    const { failures, since, until, askedUntil } = rest
    const moved = { failures, since: since - back, until: until - back, askedUntil: askedUntil - back }
    rests.set(endpoint, moved)
    return moved
  }

  async function onHealthy<T>(
    run: (endpoint: E) => Promise<T>,
    signal: AbortSignal,
    { isProof = true, headOf }: { readonly isProof?: boolean; readonly headOf?: (value: T) => Head | undefined } = {},
  ): Promise<T> {
    const willing = endpoints.filter((endpoint) => (restOf(endpoint)?.askedUntil ?? 0) <= now())
    // Looked up once: one whose rest ended between two looks would be in neither list.
    const resting = new Set(willing.filter((endpoint) => (restOf(endpoint)?.until ?? 0) > now()))
    const rested = willing.filter((endpoint) => !resting.has(endpoint))
    const failures: SourceError[] = []
    if (willing.length === 0 && endpoints.length > 0) throw leftAlone()
    for (const endpoint of [...scoring.steadyFirst(rested), ...scoring.steadyFirst([...resting])]) {
      const begun = now()
      try {
        const value = await run(endpoint)
        if (isProof) rests.delete(endpoint)
        scoring.note(endpoint, { isGood: true, begun, head: headOf?.(value)?.number })
        return value
      } catch (cause) {
        if (signal.aborted) throw new SourceError('transient', `The read of ${chain} was stopped.`)
        scoring.note(endpoint, { isGood: false, begun })
        const before = rests.get(endpoint)?.failures ?? 0
        const asked = Math.min(maxAskedMs, retryAfterOf(cause, now()) ?? 0)
        const since = now()
        const own = Math.max(restMs * 2 ** before, restPerHeld * (since - begun))
        const rest = Math.max(asked, Math.min(maxRestMs, own))
        rests.set(endpoint, { failures: before + 1, since, until: since + rest, askedUntil: since + asked })
        failures.push(toSourceError(cause, chain, endpoint.host))
      }
    }
    throw merged(chain, failures)
  }

  return Object.assign(onHealthy, { scores: scoring.scores, note: scoring.note })

  function leftAlone(): SourceError {
    const said = endpoints.map((endpoint) => {
      const ms = (rests.get(endpoint)?.askedUntil ?? 0) - now()
      return `${endpoint.host} of ${chain} asked to be left alone for another ${durationText(Math.max(1, Math.ceil(ms / 1_000)))}.`
    })
    return new SourceError('transient', said.join(' '))
  }
}

function keepScores<E extends Named>(
  endpoints: readonly E[],
  now: () => number,
): Pick<Failover<E>, 'scores' | 'note'> & {
  /** In their order, but for those that fail over and over. */
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
      const known = scores.get(endpoint) ?? unasked(endpoint.host, askedAt)
      const newest = [...scores.values()].reduce((most, one) => latest(most, one.head), head)
      scores.set(endpoint, stepScore(known, { askedAt, isGood, ms: Math.max(0, askedAt - begun), head, newest }))
    },
  }
}

function latest(one: bigint | undefined, other: bigint | undefined): bigint | undefined {
  return one === undefined || (other !== undefined && other > one) ? other : one
}

function retryAfterOf(cause: unknown, now: number): number | undefined {
  if (cause instanceof HttpStatusError) return cause.retryAfterMs
  return cause instanceof SourceError ? undefined : retryAfterIn(cause, now)
}

function merged(chain: string, failures: readonly SourceError[]): SourceError {
  const [first, ...others] = failures
  if (first === undefined) return new SourceError('permanent', `${chain} has no endpoint to read from.`)
  if (others.length === 0) return first
  const kind = failures.some((failure) => failure.kind === 'transient') ? 'transient' : 'permanent'
  const wentBack = failures.some((failure) => failure.wentBack)
  return new SourceError(kind, failures.map(({ message }) => message).join(' '), { wentBack })
}
