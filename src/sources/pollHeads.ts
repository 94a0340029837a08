import { asyncScheduler, catchError, map, type Observable, of } from 'rxjs'
import type { Head } from '../domain/blocks/head.js'
import { defined } from '../domain/defined.js'
import type { ReadFailure } from '../domain/reading.js'
import { fromAbortable } from './fromAbortable.js'
import type { GovernanceReader } from './governance/GovernanceReader.js'
import { pollEvery, type PollOptions } from './pollEvery.js'
import { readFailure } from './readFailure.js'

/** The outcome of one look at the head, and when the look began: host clock, Unix milliseconds. */
export type HeadReading = { readonly begunAt: number } & (
  | {
      readonly ok: true
      /** Absent where the reader has no `readHead`. */
      readonly head?: Head
    }
  | { readonly ok: false; readonly failure: ReadFailure }
)

/** Whose head is looked at, and when. */
export interface PollHeadsOptions extends Omit<PollOptions<HeadReading>, 'hasFailed'> {
  readonly reader: Pick<GovernanceReader, 'chain' | 'readHead'>
  /** Host clock, Unix milliseconds. @defaultValue that of the scheduler */
  readonly now?: () => number
}

/**
 * Looks at the head of a chain and emits every outcome, repeats included: one small request a look. The heads are those
 * of one node each, and nobody has vouched for them: good enough to be read on from, and for nothing else.
 *
 * Never errors and never completes; failures are values and slow it down. Unsubscribing aborts the request.
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
