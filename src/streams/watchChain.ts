import {
  concat,
  defer,
  endWith,
  from,
  ignoreElements,
  map,
  merge,
  mergeMap,
  mergeScan,
  type Observable,
  type ObservableInput,
  of,
  type OperatorFunction,
  ReplaySubject,
  Subject,
  take,
  takeUntil,
  takeWhile,
  tap,
  throwIfEmpty,
} from 'rxjs'
import type { ChainState, Turn } from '../domain/chainState.js'
import { stepClock } from '../domain/blocks/chainClock.js'
import {
  isBehind,
  type RecalledProposals,
  surplusOf,
  unknownIn,
  withoutSettled,
  withRecalled,
} from '../domain/proposals/archive.js'
import type { ProposalKey } from '../domain/proposals/proposal.js'
import type { GoodReading, Reading } from '../domain/reading.js'
import type { WriteOutcome } from '../domain/upgrades/writeOutcome.js'
import { afterAnswer, afterExecution, afterTurn, type Execution, idle } from '../domain/upgrades/execution.js'
import { beginDraft, type ChainEvent, type Draft, eventOf, turnOf, withTimesOf } from './draft.js'
import { type Send, type Stage, withLine } from './stage.js'

/** The side effects that a watched chain depends on. */
export interface WatchPorts {
  /**
   * Makes a turn durable before it is emitted or acted on. Returning undefined means that this is done; otherwise it is
   * done when the returned stream completes, and readings and outcomes wait until then. An error ends the stream.
   * @defaultValue keeps nothing
   */
  readonly commit?: (turn: Turn) => ObservableInput<unknown> | undefined
  /**
   * Carries out what a committed turn asks for and emits an outcome for the stale file and for each due upgrade.
   * Readings go on meanwhile, so `latest` returns the state at the time of the call. For a turn that asks for nothing
   * it may return undefined. @defaultValue writes nothing
   */
  readonly execute?: (turn: Turn, latest: () => ChainState) => ObservableInput<WriteOutcome> | undefined
  /**
   * Starts checks that a turn asks for and that nothing waits for, and emits their outcomes. Unlike `execute`, several
   * may run at once, and they are unsubscribed when the readings end. For most turns it returns undefined.
   * @defaultValue checks nothing
   */
  readonly look?: (turn: Turn) => ObservableInput<WriteOutcome> | undefined
  /**
   * Loads proposals from an archive that memory no longer holds: those that a reading names in `keys`, and some that
   * are due to be forgotten, either by age at `time` (chain time, Unix seconds) or as the oldest ones when `surplus`
   * more are tracked than allowed. Returning undefined means that there are none. Otherwise the reading waits for the
   * first answer, and only that one counts; an error or a missing answer ends the stream. With an archive, memory keeps
   * only proposals that can still change or closed lately, once a turn is durable. @defaultValue no archive: memory
   * keeps all proposals
   */
  readonly recall?: (wanted: {
    readonly keys: readonly ProposalKey[]
    readonly time: bigint
    readonly surplus: number
  }) => ObservableInput<RecalledProposals> | undefined
  /**
   * Called with an event for which the stages returned no draft; nothing of it was committed. @defaultValue does
   * nothing
   */
  readonly onKeptBack?: (event: ChainEvent) => void
  /** Host clock in Unix milliseconds. @defaultValue the time of the last reading */
  readonly now?: () => number
  /**
   * Called once for each event. Returns how to correct the state before the event if the host clock was set or the
   * program was not running. @defaultValue no correction
   */
  readonly clockSet?: () => ((state: ChainState) => ChainState) | undefined
}

/** The state of a chain between two events, and the results of the last event. */
interface Progress {
  readonly state: ChainState
  readonly time: number
  readonly execution: Execution
  readonly hasEnded: boolean
  readonly turn?: Turn
}

type Input = ChainEvent | { readonly type: 'executed' } | { readonly type: 'ended' }

/** An input, and the correction to apply to the state before it. */
interface Stamped {
  readonly input: Input
  readonly setRight?: (state: ChainState) => ChainState
}

/**
 * Folds the readings of one chain into turns, starting from `seed`. Each event passes through the stages as a draft;
 * the result is committed, then emitted, then executed.
 *
 * - Each reading and each outcome of `execute` gives one turn, in the order in which they arrive. Only the stages can
 *   drop one.
 * - `execute` runs beside the readings, for one turn at a time. What later turns ask for meanwhile waits; only the
 *   latest of them counts, without what was answered since.
 * - Errors if the stages, `commit`, `recall` or `execute` do. Completes when the source has completed and `execute` is
 *   done. Unsubscribing cancels `execute`.
 *
 * ```text
 * reading:  -a---b-c-----    b asks for a write
 * execute:      [---w|
 * output:   -A---B-C-W---
 * ```
 */
export function watchChain(seed: ChainState, stages: Stage, ports: WatchPorts = {}): OperatorFunction<Reading, Turn> {
  const { execute = () => undefined, look, now, clockSet } = ports
  return (reading$) =>
    withLine(stages, (send) => {
      const feedback$ = new Subject<Input>()
      // A check that starts after the end must see it too, because its turn may have waited for its commit.
      const ended$ = new ReplaySubject<void>(1)
      let latest: Progress = { state: seed, time: 0, execution: idle, hasEnded: false }

      function answered(outcome: WriteOutcome): Input {
        return { type: 'wrote', outcome, hostTime: now?.() ?? latest.time }
      }

      /** Executes a turn and feeds its outcomes back as inputs. */
      function carryOut(turn: Turn): Observable<never> {
        const executed$ = of<Input>({ type: 'executed' })
        return defer(() => {
          const outcome$ = execute(turn, () => latest.state)
          return outcome$ === undefined ? executed$ : concat(from(outcome$).pipe(map(answered)), executed$)
        }).pipe(
          tap((input) => feedback$.next(input)),
          ignoreElements(),
        )
      }

      /** Feeds the outcomes of a check back as inputs. The check and the readings do not wait for each other. */
      function looked(looking: ObservableInput<WriteOutcome>): Observable<never> {
        return from(looking).pipe(
          tap((outcome) => feedback$.next(answered(outcome))),
          ignoreElements(),
          takeUntil(ended$),
        )
      }

      const input$ = merge(
        feedback$,
        reading$.pipe(map(eventOf), tap({ complete: () => ended$.next() }), endWith<Input>({ type: 'ended' })),
      ).pipe(map((input) => stamped(input, { now, clockSet })))
      return input$.pipe(
        // Handles one input at a time, even if a subscriber of one turn causes the next.
        mergeScan((progress: Progress, stamp: Stamped) => advance(progress, stamp, send, ports), latest, 1),
        tap((progress) => (latest = progress)),
        takeWhile(({ hasEnded, execution }) => !hasEnded || execution.isBusy, true),
        mergeMap(({ turn, execution: { begin } }) => {
          const turns = turn === undefined ? [] : [turn]
          const worked = begin === undefined ? turns : concat(turns, carryOut(begin))
          const looking = turn === undefined ? undefined : look?.(turn)
          return looking === undefined ? worked : merge(worked, looked(looking))
        }),
      )
    })
}

/** If the clock was set, the event's times are replaced by times of the corrected clock. */
function stamped(
  input: Input,
  { now, clockSet }: { readonly [Port in 'now' | 'clockSet']: WatchPorts[Port] },
): Stamped {
  if (input.type === 'executed' || input.type === 'ended') return { input }
  const setRight = clockSet?.()
  if (setRight === undefined) return { input }
  return { input: now === undefined ? input : withTimesOf(input, now()), setRight }
}

/** Returns the state after an input, once its turn is durable. Returns nothing if the stages keep the event back. */
function advance(
  { state, time, hasEnded, execution: { begin: _begun, ...execution } }: Progress,
  { input, setRight }: Stamped,
  send: Send,
  ports: WatchPorts,
): ObservableInput<Progress> {
  const progress: Progress = { state, time, hasEnded, execution }
  if (input.type === 'ended') return [{ ...progress, hasEnded: true }]
  if (input.type === 'executed') return [{ ...progress, execution: afterExecution(execution, state) }]
  const [{ recall }, event] = [ports, input]
  function turnFrom(known: ChainState): ObservableInput<Progress> {
    return turnInto(progress, beginDraft(known, event, setRight?.(known)), send, ports)
  }
  const known$ =
    recall === undefined || input.type !== 'reading' || !state.synced
      ? undefined
      : recalledFor(state, input.reading, recall)
  return known$ === undefined ? turnFrom(state) : known$.pipe(mergeMap(turnFrom))
}

function turnInto(
  progress: Progress,
  begun: Draft,
  send: Send,
  { commit = () => undefined, recall, onKeptBack = () => undefined }: WatchPorts,
): ObservableInput<Progress> {
  const draft = send(begun)
  if (draft === undefined) {
    onKeptBack(begun.event)
    // The clock correction is kept, because it is applied only once.
    return begun.state === begun.before ? [] : [{ ...progress, state: begun.state }]
  }
  const turn = turnOf(draft)
  const committed = commit(turn)
  const next = [progressAfter(progress, turn, recall !== undefined)]
  return committed === undefined ? next : concat(from(committed).pipe(ignoreElements()), next)
}

/** The state together with archived proposals that the reading is about; undefined if there are none to load. */
function recalledFor(
  state: ChainState,
  reading: GoodReading,
  recall: NonNullable<WatchPorts['recall']>,
): Observable<ChainState> | undefined {
  const { time } = stepClock(state.clock, reading.head.timestamp, reading.readAt)
  const recalled = recall({ keys: unknownIn(reading, state.proposals), time, surplus: surplusOf(state) })
  if (recalled === undefined) return undefined
  return from(recalled).pipe(
    // Only the first answer counts: a live query would repeat the reading with each answer or never complete.
    take(1),
    // If the archive completes without an answer, its proposals would be announced as new, so this is an error.
    throwIfEmpty(() => new TypeError('recall ended without an answer: it answers once, with empty lists too.')),
    map((recalled) => withRecalled(state, recalled)),
  )
}

function progressAfter({ execution, hasEnded, state: before }: Progress, turn: Turn, hasArchive: boolean): Progress {
  const { time, answer, touched } = turn
  const mayBeSettled = touched.proposals.length > 0 || isBehind(before)
  // The emitted turn is complete; only the state for later events drops settled proposals.
  const state = hasArchive && mayBeSettled ? withoutSettled(turn.state) : turn.state
  const answered = answer === undefined ? execution : afterAnswer(execution, answer)
  return { state, time, hasEnded, turn, execution: afterTurn(answered, turn) }
}
