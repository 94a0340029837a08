import {
  asyncScheduler,
  catchError,
  defaultIfEmpty,
  defer,
  expand,
  from,
  ignoreElements,
  map,
  merge,
  type Observable,
  type ObservableInput,
  of,
  take,
  takeLast,
  tap,
  throwError,
  timer,
} from 'rxjs'
import { defined } from '../../domain/defined.js'
import { DeliveryError } from '../../domain/errors.js'
import { boundedJson, parsedJson } from '../../domain/text/boundedJson.js'
import type { Json } from '../../domain/text/json.js'
import type { OutboxLane, OutboxOptions } from './OutboxOptions.js'

/** The result of one call of a handler. */
export type Outcome =
  | {
      readonly ok: true
      /** What the handler wants stored about the posted message. */
      readonly posted?: Json
    }
  | { readonly ok: false; readonly cause: unknown }

type TryOptions = Pick<OutboxLane, 'timeoutMs' | 'pacer'> &
  Pick<OutboxOptions, 'scheduler'> & {
    /** Name of the handler. */
    readonly handler: string
  }

/** Calls a handler once within its time limit and emits one outcome; never errors. Unsubscribing aborts the signal. */
export function tryHandler(
  readAnswer: (signal: AbortSignal) => ObservableInput<unknown> | undefined,
  options: TryOptions,
): Observable<Outcome> {
  return merge(
    abortable(readAnswer).pipe(takeLast(1), defaultIfEmpty<unknown, undefined>(undefined)),
    timeLimit(options),
  ).pipe(
    take(1),
    map((answer): Outcome => ({ ok: true, ...defined({ posted: keepable(answer) }) })),
    catchError((cause: unknown) => of<Outcome>({ ok: false, cause })),
  )
}

function abortable(readAnswer: (signal: AbortSignal) => ObservableInput<unknown> | undefined): Observable<unknown> {
  return defer(() => {
    const controller = new AbortController()
    return from(readAnswer(controller.signal) ?? Promise.resolve()).pipe(tap({ unsubscribe: () => controller.abort() }))
  })
}

/** Errors when the time limit of an attempt is exceeded. Waiting for the rate does not count. */
function timeLimit({ handler, timeoutMs, pacer, scheduler = asyncScheduler }: TryOptions): Observable<never> {
  return defer(() => {
    const begun = scheduler.now()
    const left = (): number => begun + timeoutMs + (pacer?.waited() ?? 0) - scheduler.now()
    return timer(timeoutMs, scheduler).pipe(
      expand(() => (left() > 0 ? timer(left(), scheduler) : throwError(() => tooSlow(handler, timeoutMs)))),
      ignoreElements(),
    )
  })
}

function tooSlow(handler: string, timeoutMs: number): DeliveryError {
  return new DeliveryError('transient', `The handler ${handler} did not finish in ${timeoutMs} ms.`)
}

// Maximum length of stored JSON, in characters. Ids and positions need less.
const maxPosted = 10_000

/** Returns what a handler wants stored, if it is short JSON. */
export function keepable(answer: unknown): Json | undefined {
  const text = jsonTextOf(answer)
  return text === undefined || text.length > maxPosted ? undefined : (boundedJson(parsedJson(text)) ?? undefined)
}

function jsonTextOf(answer: unknown): string | undefined {
  try {
    return JSON.stringify(answer)
  } catch {
    // A circular value or a bigint cannot be stored.
    return undefined
  }
}
