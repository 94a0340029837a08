import {
  defer,
  EMPTY,
  map,
  merge,
  mergeMap,
  type MonoTypeOperatorFunction,
  type Observable,
  of,
  take,
  tap,
  throwError,
  toArray,
} from 'rxjs'
import { StageError } from '../domain/errors.js'
import type { ChainEvent, Draft } from './draft.js'

/**
 * One step of the line that a turn walks through. It answers each draft at once, with one draft or with none: then
 * nothing is committed and the cursor does not move, and `rereadKeptBack` sees to it that it is read again. What it
 * remembers goes into the state, for it is subscribed anew for each draft; what wants time taps a view instead.
 */
export type Stage = MonoTypeOperatorFunction<Draft>

/** Makes a stage of a pure function. Errors with `StageError` where what stands before it answered a draft with two. */
export function stage(name: string, step: (draft: Draft) => Draft): Stage {
  return (draft$) =>
    defer(() => {
      let last: ChainEvent | undefined
      return draft$.pipe(
        map((draft) => {
          if (draft.event === last)
            throw new StageError(`The operator before ${name} answered a draft with two. ${contract}`)
          last = draft.event
          const next = step(draft)
          passed.set(next.event, name)
          return next
        }),
      )
    })
}

/**
 * Sends one draft through a line of stages: its answer, or nothing. Errors with `StageError` where one breaks the
 * contract.
 */
export function sendThrough(draft: Draft, line: Stage): Observable<Draft> {
  const answeredWith = (what: string): StageError => {
    const after = passed.get(draft.event)
    return new StageError(
      `The operator ${after === undefined ? 'that stands first' : `after ${after}`} answered a draft ${what}. ${contract}`,
    )
  }
  return defer(() => {
    let hasEnded = false
    return merge(
      of(draft).pipe(
        line,
        tap({ complete: () => (hasEnded = true) }),
        // One more than there may be: an operator that answers without end is an error too.
        take(2),
        toArray(),
        mergeMap((answers) => {
          if (answers.length > 1) return throwError(() => answeredWith('with two'))
          return answers.every((answer) => isOf(answer, draft))
            ? answers
            : throwError(() => answeredWith('with another one, or with one of another chain'))
        }),
      ),
      defer(() => (hasEnded ? EMPTY : throwError(() => answeredWith('later')))),
    )
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

// The last stage that the draft of an event passed, so that an error can name the place.
const passed = new WeakMap<ChainEvent, string>()
