import { asyncScheduler, catchError, map, type Observable, of } from 'rxjs'
import type { Head } from '../domain/blocks/head.js'
import { defined } from '../domain/defined.js'
import type { ReadFailure } from '../domain/reading.js'
import { fromAbortable } from './fromAbortable.js'
import type { GovernanceReader } from './governance/GovernanceReader.js'
import { pollEvery, type PollOptions } from './pollEvery.js'
import { readFailure } from './readFailure.js'

/** The outcome of one request for the head, and when that request began (host clock, Unix milliseconds). */
export type HeadReading = { readonly begunAt: number } & (
  | {
      readonly ok: true
      /** Absent if the reader has no `readHead`. */
      readonly head?: Head
    }
  | { readonly ok: false; readonly failure: ReadFailure }
)

/** Whose head is requested, and when. */
export interface PollHeadsOptions extends Omit<PollOptions<HeadReading>, 'hasFailed'> {
  readonly reader: Pick<GovernanceReader, 'chain' | 'readHead'>
  /** Returns the time in Unix milliseconds. @defaultValue the clock of the scheduler */
  readonly now?: () => number
}

/**
 * Requests the head of a chain repeatedly and emits every outcome, repeats included: one small request each time. Each
 * head comes from one node and no other has confirmed it, so use it only as a starting point for a reading.
 *
 * Never errors and never completes; failures are values and slow the polling down. Unsubscribing aborts the request.
 */
export function pollHeads({ reader, now: given, ...poll }: PollHeadsOptions): Observable<HeadReading> {
  const { scheduler = asyncScheduler } = poll
  const now = given ?? ((): number => scheduler.now())
  function look(): Observable<HeadReading> {
    const begunAt = now()
    return fromAbortable(async (signal) => reader.readHead?.(signal)).pipe(
      map((head): HeadReading => ({ ok: true, begunAt, ...defined({ head }) })),
      catchError((cause: unknown) =>
        of<HeadReading>({ ok: false, begunAt, failure: readFailure(reader.chain, cause) }),
      ),
    )
  }
  return pollEvery(look, { ...poll, hasFailed: ({ ok }) => !ok })
}
