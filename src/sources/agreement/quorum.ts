import { catchError, EMPTY, first, map, merge, type Observable, of, scan, startWith } from 'rxjs'
import { reasonOf } from '../../domain/errors.js'
import { fromAbortable } from '../fromAbortable.js'

/** What one node says: `yes` to a value, or `no` for a reason. */
export type Vote =
  | { readonly type: 'yes'; readonly value: string; readonly host?: string | undefined }
  | { readonly type: 'no'; readonly reason: string }

export interface Verdict {
  /** True where enough nodes say the same. */
  readonly isAgreed: boolean
  /** How many say the same; where it is not enough, how many can at most. */
  readonly agreeing: number
  /** Hosts of those that say the same, in the order of the nodes; most of them where it is not enough. */
  readonly hosts: readonly string[]
  /** Nodes that failed to answer. */
  readonly failed: number
  /** Why the others do not agree, as far as they were heard, in the order of the nodes. */
  readonly reasons: readonly string[]
}

interface Count extends Verdict {
  readonly heard: number
  /** Who says which value, by their places among the voters. */
  readonly votes: ReadonlyMap<string, ReadonlyMap<number, string | undefined>>
  /** Why who does not agree. */
  readonly doubts: ReadonlyMap<number, string>
}

type Heard = (Vote | { readonly type: 'failed'; readonly reason: string }) & { readonly place: number }

/** The verdict before anybody has spoken. */
export const nothingHeard: Verdict = { isAgreed: false, agreeing: 0, hosts: [], failed: 0, reasons: [] }
const start: Count = { ...nothingHeard, heard: 0, votes: new Map(), doubts: new Map() }

/**
 * Asks all voters at once. Emits one verdict, as soon as `needed` of them say the same or no longer can, and completes;
 * whoever is still being asked then is cut off. Never errors: a voter that fails does not agree.
 */
export function quorum<Voter>(
  voters: readonly Voter[],
  needed: number,
  ask: (voter: Voter, signal: AbortSignal) => Promise<Vote>,
): Observable<Verdict> {
  const answers = voters.map((voter, place) =>
    fromAbortable((signal) => ask(voter, signal)).pipe(
      catchError((cause: unknown) => of({ type: 'failed' as const, reason: reasonOf(cause) })),
      map((vote): Heard => ({ ...vote, place })),
    ),
  )
  return (voters.length === 0 ? EMPTY : merge(...answers)).pipe(
    scan((count: Count, vote: Heard) => counted(count, vote, needed), start),
    startWith(start),
    first(({ isAgreed, agreeing, heard }) => isAgreed || agreeing + voters.length - heard < needed),
    map(({ isAgreed, agreeing, heard, hosts, failed, reasons }) => ({
      isAgreed,
      agreeing: isAgreed ? agreeing : agreeing + voters.length - heard,
      hosts,
      failed,
      reasons,
    })),
  )
}

function counted(count: Count, vote: Heard, needed: number): Count {
  const { votes, doubts, heard, failed } = count
  if (vote.type !== 'yes') {
    const all = new Map(doubts).set(vote.place, vote.reason)
    return {
      ...count,
      isAgreed: false,
      heard: heard + 1,
      failed: failed + (vote.type === 'failed' ? 1 : 0),
      doubts: all,
      reasons: [...new Set(inOrder(all))],
    }
  }
  const { value, place, host } = vote
  const all = new Map(votes).set(value, new Map(votes.get(value)).set(place, host))
  const most = [...all.values()].reduce((one, other) => (other.size > one.size ? other : one))
  return {
    ...count,
    isAgreed: most.size >= needed,
    agreeing: most.size,
    hosts: inOrder(most).flatMap((who) => who ?? []),
    votes: all,
    heard: heard + 1,
  }
}

/** By their places among the voters: whoever was the first to answer. */
function inOrder<T>(said: ReadonlyMap<number, T>): readonly T[] {
  return [...said].toSorted(([a], [b]) => a - b).map(([, value]) => value)
}
