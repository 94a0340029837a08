import { concat, defer, EMPTY, from, mergeScan, type ObservableInput, of, type OperatorFunction, scan } from 'rxjs'
import type { ChainState, Turn } from '../domain/chainState.js'
import type { Reading } from '../domain/reading.js'
import { withDefaults } from '../domain/scheduling.js'
import type { WriteOutcome } from '../domain/upgrade.js'
import { type ChainEvent, type Settings, stepChain, type WatchOptions } from './stepChain.js'

export interface WatchPorts {
  /** Makes a turn durable; called before the turn is emitted or acted on. An exception ends the stream. @defaultValue keeps nothing */
  readonly commit?: (turn: Turn) => void
  /** Carries out what a committed turn asks for and answers for the stale file and each due upgrade. @defaultValue writes nothing */
  readonly act?: (turn: Turn) => ObservableInput<WriteOutcome>
  /** Host clock, Unix milliseconds. @defaultValue the clock of the last reading */
  readonly now?: () => number
}

/**
 * Folds the readings of one chain into turns, from `seed` on.
 *
 * - One turn a reading, and one more for each answer of `act`; each is committed, then emitted, in order.
 * - A reading that comes while `act` is at work waits for it. None is dropped.
 * - Errors where `commit` or `act` does; completes when its source has completed and `act` is done.
 */
export function watchChain(seed: ChainState, { plan = {}, ...options }: WatchOptions = {}, ports: WatchPorts = {}): OperatorFunction<Reading, Turn> {
  const { commit = () => undefined, act = () => EMPTY, now } = ports
  const settings: Settings = { ...options, plan: withDefaults(plan) }
  const still: Turn = { cause: 'start', state: seed, changes: [], moves: [], tellings: [], due: [], forgotten: [], time: 0, warnings: [] }
  const take = (state: ChainState, event: ChainEvent): Turn => {
    const turn = stepChain(state, event, settings)
    commit(turn)
    return turn
  }
  return (reading$) =>
    reading$.pipe(
      mergeScan(({ state }: Turn, reading) => defer(() => {
        const turn = take(state, { type: 'reading', reading })
        const answers$ = from(act(turn)).pipe(
          scan(({ state: latest, time }: Turn, outcome) => take(latest, { type: 'wrote', outcome, hostTime: now?.() ?? time }), turn),
        )
        return concat(of(turn), answers$)
      }), still, 1),
    )
}
