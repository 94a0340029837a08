import { catchError, EMPTY, first, map, merge, type Observable, of, scan, startWith } from 'rxjs'
import { reasonOf } from '../../domain/errors.js'
import { fromAbortable } from '../fromAbortable.js'

/** What one node says: `yes` to a value, or `no` for a reason. */
export type Vote = { readonly type: 'yes'; readonly value: string } | { readonly type: 'no'; readonly reason: string }

export interface Verdict {
  /** True where enough nodes say the same. */
  readonly isAgreed: boolean
  /** How many say the same; where it is not enough, how many can at most. */
  readonly agreeing: number
  /** Nodes that failed to answer. */
  readonly failed: number
  /** Why the others do not agree, as far as they were heard. */
  readonly reasons: readonly string[]
}

interface Count extends Verdict {
  readonly heard: number
  readonly votes: ReadonlyMap<string, number>
}

/** The verdict before anybody has spoken. */
export const nothingHeard: Verdict = { isAgreed: false, agreeing: 0, failed: 0, reasons: [] }
const start: Count = { ...nothingHeard, heard: 0, votes: new Map() }

/**
 * Asks all voters at once. Emits one verdict, as soon as `needed` of them say the same or no longer can, and completes;
 * whoever is still being asked then is cut off. Never errors: a voter that fails does not agree.
 */
export function quorum<Voter>(
  voters: readonly Voter[],
  needed: number,
  ask: (voter: Voter, signal: AbortSignal) => Promise<Vote>,
): Observable<Verdict> {
  const answers = voters.map((voter) =>
    fromAbortable((signal) => ask(voter, signal)).pipe(
      catchError((cause: unknown) => of({ type: 'failed' as const, reason: reasonOf(cause) })),
    ),
  )
  return (voters.length === 0 ? EMPTY : merge(...answers)).pipe(
    scan(
      (count: Count, vote: Vote | { readonly type: 'failed'; readonly reason: string }) => counted(count, vote, needed),
      start,
    ),
    startWith(start),
    first(({ isAgreed, agreeing, heard }) => isAgreed || agreeing + voters.length - heard < needed),
    map(({ isAgreed, agreeing, heard, failed, reasons }) => ({
      isAgreed,
      agreeing: isAgreed ? agreeing : agreeing + voters.length - heard,
      failed,
      reasons,
    })),
  )
}

function counted(
  { votes, heard, failed, reasons, agreeing }: Count,
  vote: Vote | { readonly type: 'failed'; readonly reason: string },
  needed: number,
): Count {
  if (vote.type !== 'yes') {
    return {
      isAgreed: false,
      agreeing,
      votes,
      heard: heard + 1,
      failed: failed + (vote.type === 'failed' ? 1 : 0),
      reasons: [...new Set([...reasons, vote.reason])],
    }
  }
  const all = new Map(votes).set(vote.value, (votes.get(vote.value) ?? 0) + 1)
  const most = Math.max(...all.values())
  return { isAgreed: most >= needed, agreeing: most, votes: all, heard: heard + 1, failed, reasons }
}
