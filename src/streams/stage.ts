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
 * One step of the line that processes a turn. A stage answers each draft synchronously, with one draft or with none.
 * With none, nothing is committed, the cursor does not move, and `rereadKeptBack` makes the reading be read again. A
 * stage keeps its memory in the state, because only the state survives a restart. Work that takes time belongs to a
 * subscriber of a view.
 */
export type Stage = MonoTypeOperatorFunction<Draft>

/**
 * Creates a stage from a pure function. Errors with `StageError` if the operator before it emits two drafts for one.
 */
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

/** Sends one draft through the line and returns its answer, if any. Throws `StageError` or what a stage throws. */
export type Send = (draft: Draft) => Draft | undefined

/**
 * Opens a line of stages while `use` is subscribed; `use` sends one draft after another through it. If a stage breaks
 * the contract while it handles a draft, `send` throws `StageError`; at any other time the result errors with it.
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
      // The stages subscribe from the last to the first, so the first match is the last stage that saw the draft.
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
 * True if the answer continues the draft that was sent. An answer kept from an earlier draft would take the chain back.
 */
function isOf({ before, state, time, begunAt }: Draft, draft: Draft): boolean {
  return (
    before === draft.before && state.chain === draft.before.chain && time === draft.time && begunAt === draft.begunAt
  )
}

const contract = 'A stage answers each draft at once, with one draft or with none; what wants time taps a view.'

/** A stage in an open line and the event it handled last, so that an error can name the stage. */
interface Place {
  readonly name: string
  last?: ChainEvent
}

// The stages of the line that is being subscribed.
let opening: Place[] | undefined
