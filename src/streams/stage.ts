import {
  catchError,
  defer,
  EMPTY,
  ignoreElements,
  map,
  merge,
  type MonoTypeOperatorFunction,
  type Observable,
  Subject,
  tap,
  throwError,
} from 'rxjs'
import { StageError } from '../domain/errors.js'
import type { ChainEvent, Draft } from './draft.js'

/**
 * One step of the line that a turn walks through. It answers each draft at once, with one draft or with none: then
 * nothing is committed and the cursor does not move, and `rereadKeptBack` sees to it that it is read again. What it
 * remembers goes into the state, which alone outlives a restart; what wants time taps a view instead.
 */
export type Stage = MonoTypeOperatorFunction<Draft>

/** Makes a stage of a pure function. Errors with `StageError` where what stands before it answered a draft with two. */
export function stage(name: string, step: (draft: Draft) => Draft): Stage {
  return (draft$) =>
    defer(() => {
      const place: Place = { name }
      opening?.push(place)
      return draft$.pipe(
        map((draft) => {
          if (draft.event === place.last)
            throw new StageError(`The operator before ${name} answered a draft with two. ${contract}`)
          place.last = draft.event
          return step(draft)
        }),
      )
    })
}

/** Sends one draft through a line: its answer, or nothing. Throws what a stage throws, or `StageError`. */
export type Send = (draft: Draft) => Draft | undefined

/**
 * Opens a line of stages for as long as `use` is subscribed, which sends one draft after the other through it. Errors
 * with `StageError` where a stage breaks the contract: out of `send` where its answer does, else when it does.
 */
export function withLine<T>(line: Stage, use: (send: Send) => Observable<T>): Observable<T> {
  return defer(() => {
    const draft$ = new Subject<Draft>()
    const places: Place[] = []
    let sent: Draft | undefined
    let answer: Draft | undefined
    let failure: { readonly cause: unknown } | undefined
    let hasEnded = false

    function broken({ event }: Draft, what: string): StageError {
      // A line is subscribed to from its end.
      const after = places.find(({ last }) => last === event)
      return new StageError(
        `The operator ${after === undefined ? 'that stands first' : `after ${after.name}`} ${what}. ${contract}`,
      )
    }
    function receive(given: Draft): void {
      if (sent === undefined) throw broken(given, 'answered a draft later')
      if (answer !== undefined) throw broken(sent, 'answered a draft with two')
      if (!isOf(given, sent)) throw broken(sent, 'answered a draft with another one, or with one of another chain')
      answer = given
    }
    const answers$ = defer(() => {
      opening = places
      return draft$.pipe(line)
    }).pipe(
      tap({ next: receive, complete: () => (hasEnded = true) }),
      ignoreElements(),
      catchError((cause: unknown) => {
        if (sent === undefined) return throwError(() => cause)
        failure = { cause }
        return EMPTY
      }),
    )
    function send(draft: Draft): Draft | undefined {
      answer = undefined
      sent = draft
      draft$.next(draft)
      sent = undefined
      if (failure !== undefined) throw failure.cause
      if (hasEnded) throw new StageError(`A stage has ended before the drafts did. ${contract}`)
      return answer
    }
    const used$ = defer(() => {
      opening = undefined
      return use(send)
    }).pipe(tap({ complete: () => draft$.complete() }))
    return merge(answers$, used$)
  })
}

/**
 * An answer goes on from the state that the draft came with: one that was kept from earlier would take the chain back.
 */
function isOf({ before, state, time, begunAt }: Draft, draft: Draft): boolean {
  return (
    before === draft.before && state.chain === draft.before.chain && time === draft.time && begunAt === draft.begunAt
  )
}

const contract = 'A stage answers each draft at once, with one draft or with none; what wants time taps a view.'

/** A stage in an open line, and the event that it took last: an error can then name the place. */
interface Place {
  readonly name: string
  last?: ChainEvent
}

// The places of the line that is being opened.
let opening: Place[] | undefined
