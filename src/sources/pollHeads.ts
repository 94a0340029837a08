import { catchError, map, type Observable, of } from 'rxjs'
import type { Head } from '../domain/blocks/head.js'
import { SourceError } from '../domain/errors.js'
import type { ReadFailure } from '../domain/reading.js'
import { fromAbortable } from './fromAbortable.js'
import { pollEvery, type PollOptions } from './pollEvery.js'
import { type BlockTag, readHead } from './readHead.js'
import type { Endpoint } from './rpc/createEndpoints.js'
import { toSourceError } from './rpc/toSourceError.js'

/** The outcome of one look at the head. */
export type HeadReading =
  { readonly ok: true; readonly head: Head } | { readonly ok: false; readonly failure: ReadFailure }

export interface PollHeadsOptions extends Omit<PollOptions<HeadReading>, 'hasFailed'> {
  /** Name of the chain, for the sentences of failures. */
  readonly chain: string
  readonly endpoint: Endpoint
  /** @defaultValue `latest` */
  readonly tag?: BlockTag
}

/**
 * Looks at the head of a chain and emits every outcome, repeats included: one small request a look, no cache.
 *
 * Never errors and never completes; failures are values and slow it down. Unsubscribing aborts the request.
 */
export function pollHeads({
  chain,
  endpoint: { client, host },
  tag = 'latest',
  ...poll
}: PollHeadsOptions): Observable<HeadReading> {
  return pollEvery(
    () =>
      fromAbortable((signal) => readHead(client.scope({ signal }), tag, host)).pipe(
        map((head): HeadReading => ({ ok: true, head })),
        catchError((cause: unknown) => {
          const { kind, message } = cause instanceof SourceError ? cause : toSourceError(cause, chain, host)
          return of<HeadReading>({ ok: false, failure: { kind, message } })
        }),
      ),
    { ...poll, hasFailed: ({ ok }) => !ok },
  )
}
