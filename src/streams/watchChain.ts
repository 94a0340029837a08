import {
  concat,
  concatMap,
  defer,
  EMPTY,
  from,
  ignoreElements,
  map,
  merge,
  mergeMap,
  type Observable,
  type ObservableInput,
  of,
  type OperatorFunction,
  Subject,
  tap,
} from 'rxjs'
import type { ChainState, Turn } from '../domain/chainState.js'
import type { Reading } from '../domain/reading.js'
import { withDefaults } from '../domain/scheduling.js'
import { answerOf, asksOf, without } from '../domain/turnAsks.js'
import type { WriteOutcome } from '../domain/upgrade.js'
import { type ChainEvent, type Settings, stepChain, type WatchOptions } from './stepChain.js'

export interface WatchPorts {
  /**
   * Makes a turn durable, before it is emitted or acted on: at once, or by the time that what it answers completes;
   * until then readings and answers wait. An error ends the stream. @defaultValue keeps nothing
   */
  readonly commit?: (turn: Turn) => ObservableInput<unknown> | undefined
  /**
   * Carries out what a committed turn asks for and answers for the stale file and each due upgrade. `latest` tells the
   * state as it is by then: readings go on meanwhile. @defaultValue writes nothing
   */
  readonly act?: (turn: Turn, latest: () => ChainState) => ObservableInput<WriteOutcome>
  /** Host clock, Unix milliseconds. @defaultValue the clock of the last reading */
  readonly now?: () => number
}

/**
 * Folds the readings of one chain into turns, from `seed` on.
 *
 * - One turn a reading, and one more for each answer of `act`; each is committed, then emitted, in the order in which
 *   readings and answers come. None is dropped.
 * - `act` works beside the readings, on one turn at a time. What later turns ask for meanwhile waits; only the latest
 *   of them counts, less what was answered since.
 * - Errors where `commit` or `act` does; completes when its source has completed and `act` is done. Unsubscribing
 *   cancels `act`.
 *
 * ```text
 * reading:  -a---b-c-----    b asks for a write
 * act:          [---w|
 * output:   -A---B-C-W---
 * ```
 */
export function watchChain(
  seed: ChainState,
  { plan = {}, ...options }: WatchOptions = {},
  ports: WatchPorts = {},
): OperatorFunction<Reading, Turn> {
  const { commit = () => undefined, act = () => EMPTY, now } = ports
  const settings: Settings = { ...options, plan: withDefaults(plan) }
  return (reading$) =>
    defer(() => {
      const answer$ = new Subject<WriteOutcome>()
      let state = seed
      let time = 0
      let isBusy = false
      let hasEnded = false
      let waiting: Turn | undefined
      const answered = new Set<string>()

      const keep = (turn: Turn): Observable<Turn> => {
        state = turn.state
        time = turn.time
        return of(turn)
      }
      const take = (event: ChainEvent): Observable<Turn> => {
        const turn = stepChain(state, event, settings)
        const committed = commit(turn)
        return committed === undefined
          ? keep(turn)
          : concat(
              from(committed).pipe(ignoreElements()),
              defer(() => keep(turn)),
            )
      }
      const endWhereDone = (): void => {
        if (hasEnded && !isBusy) answer$.complete()
      }
      function carryOut(turn: Turn): Observable<never> {
        isBusy = true
        return concat(
          defer(() => act(turn, () => state)).pipe(
            tap((outcome) => {
              answered.add(answerOf(outcome))
              answer$.next(outcome)
            }),
            ignoreElements(),
          ),
          defer(() => {
            isBusy = false
            const next = waiting
            waiting = undefined
            const left = next === undefined ? undefined : { ...without(next, answered), state }
            return left === undefined || asksOf(left).length === 0 ? EMPTY : carryOut(left)
          }),
        ).pipe(tap({ complete: endWhereDone }))
      }
      function begin(turn: Turn): Observable<never> {
        if (turn.cause === 'write' || turn.cause === 'news') return EMPTY
        if (!isBusy) return carryOut(turn)
        // A failure says nothing new of what is to be written.
        if (turn.cause === 'reading') {
          waiting = asksOf(turn).length === 0 ? undefined : turn
          answered.clear()
        }
        return EMPTY
      }

      const answers$ = answer$.pipe(
        map((outcome): ChainEvent => ({ type: 'wrote', outcome, hostTime: now?.() ?? time })),
      )
      const readings$ = reading$.pipe(
        map((reading): ChainEvent => ({ type: 'reading', reading })),
        tap({
          complete: () => {
            hasEnded = true
            endWhereDone()
          },
        }),
      )
      return merge(answers$, readings$).pipe(
        // One event after the other, also where one is caused while another is told.
        concatMap(take),
        mergeMap((turn) =>
          concat(
            of(turn),
            defer(() => begin(turn)),
          ),
        ),
      )
    })
}
