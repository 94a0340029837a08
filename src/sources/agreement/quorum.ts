import { catchError, EMPTY, first, map, merge, type Observable, of, scan, startWith } from 'rxjs'
import { defined } from '../../domain/defined.js'
import { reasonOf, SourceError } from '../../domain/errors.js'
import { fromAbortable } from '../fromAbortable.js'

/** The answer of one node: `yes` with a value, or `no` with a reason. */
export type Vote =
  | { readonly type: 'yes'; readonly value: string; readonly host?: string | undefined }
  | { readonly type: 'no'; readonly reason: string }

export interface Verdict {
  /** True if enough nodes report the same value. */
  readonly isAgreed: boolean
  /** The value that enough nodes report; absent without agreement. */
  readonly value?: string
  /** Number of nodes that report the same value; without agreement, the maximum that could still do so. */
  readonly agreeing: number
  /**
   * Hosts of the nodes that report the same value, in the order of the nodes. Without agreement, those of the largest
   * group.
   */
  readonly hosts: readonly string[]
  /** Number of nodes that failed to answer. */
  readonly failed: number
  /** How many of these gave no answer at all. */
  readonly away: number
  /** Why the other nodes do not agree, in the order of the nodes. Nodes not heard yet are missing. */
  readonly reasons: readonly string[]
}

interface Count extends Verdict {
  readonly heard: number
  /** The voters by value: position in the list of voters, and host. */
  readonly votes: ReadonlyMap<string, ReadonlyMap<number, string | undefined>>
  /** The reasons of voters that do not agree, by position. */
  readonly doubts: ReadonlyMap<number, string>
}

type VoteOutcome = (Vote | { readonly type: 'failed' | 'away'; readonly reason: string }) & { readonly place: number }

/** The verdict before any answer. */
export const nothingHeard: Verdict = { isAgreed: false, agreeing: 0, hosts: [], failed: 0, away: 0, reasons: [] }
const start: Count = { ...nothingHeard, heard: 0, votes: new Map(), doubts: new Map() }

/**
 * Asks all voters in parallel. Emits one verdict as soon as `needed` voters agree or no longer can, completes, and
 * cancels the requests still in flight. Never errors: a voter that fails does not agree.
 */
export function quorum<Voter>(
  voters: readonly Voter[],
  needed: number,
  ask: (voter: Voter, signal: AbortSignal) => Promise<Vote>,
): Observable<Verdict> {
  const answers = voters.map((voter, place) =>
    fromAbortable((signal) => ask(voter, signal)).pipe(
      catchError((cause: unknown) => {
        const isAway = cause instanceof SourceError && cause.unanswered
        return of({ type: isAway ? ('away' as const) : ('failed' as const), reason: reasonOf(cause) })
      }),
      map((vote): VoteOutcome => ({ ...vote, place })),
    ),
  )
  return (voters.length === 0 ? EMPTY : merge(...answers)).pipe(
    scan((count: Count, vote: VoteOutcome) => counted(count, vote, needed), start),
    startWith(start),
    first(({ isAgreed, agreeing, heard }) => isAgreed || agreeing + voters.length - heard < needed),
    map(({ isAgreed, value, agreeing, heard, hosts, failed, away, reasons }) => ({
      isAgreed,
      ...(isAgreed && defined({ value })),
      agreeing: isAgreed ? agreeing : agreeing + voters.length - heard,
      hosts,
      failed,
      away,
      reasons,
    })),
  )
}

function counted(count: Count, vote: VoteOutcome, needed: number): Count {
  const { votes, doubts, heard, failed, away } = count
  if (vote.type !== 'yes') {
    const all = new Map(doubts).set(vote.place, vote.reason)
    return {
      ...count,
      isAgreed: false,
      heard: heard + 1,
      failed: failed + (vote.type === 'no' ? 0 : 1),
      away: away + (vote.type === 'away' ? 1 : 0),
      doubts: all,
      reasons: [...new Set(inOrder(all))],
    }
  }
  const { value, place, host } = vote
  const all = new Map(votes).set(value, new Map(votes.get(value)).set(place, host))
  const [most, who] = [...all].reduce((one, other) => (other[1].size > one[1].size ? other : one))
  return {
    ...count,
    isAgreed: who.size >= needed,
    value: most,
    agreeing: who.size,
    hosts: inOrder(who).flatMap((one) => one ?? []),
    votes: all,
    heard: heard + 1,
  }
}

/** Sorts by the position of the voters, because answers arrive in any order. */
function inOrder<T>(said: ReadonlyMap<number, T>): readonly T[] {
  return [...said].toSorted(([a], [b]) => a - b).map(([, value]) => value)
}
