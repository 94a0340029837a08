import {
  concat,
  defaultIfEmpty,
  defer,
  EMPTY,
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
  Subject,
  takeWhile,
  tap,
} from 'rxjs'
import type { ChainState, Turn } from '../domain/chainState.js'
import { stepClock } from '../domain/blocks/chainClock.js'
import {
  isBehind,
  type Recalled,
  surplusOf,
  unknownIn,
  withoutSettled,
  withRecalled,
} from '../domain/proposals/archive.js'
import type { ProposalKey } from '../domain/proposals/proposal.js'
import type { GoodReading, Reading } from '../domain/reading.js'
import type { WriteOutcome } from '../domain/upgrades/upgrade.js'
import { afterAnswer, afterExecution, afterTurn, type Execution, idle } from '../domain/upgrades/execution.js'
import { beginDraft, type ChainEvent, eventOf, turnOf } from './draft.js'
import { type Send, type Stage, withLine } from './stage.js'

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
  readonly execute?: (turn: Turn, latest: () => ChainState) => ObservableInput<WriteOutcome>
  /**
   * Brings back from an archive what memory does not hold: what a reading names, and some of what is due to be
   * forgotten: by age at `time` (of the chain, Unix seconds), or the oldest where `surplus` more are tracked than may
   * be. Answers once, now or later: the reading waits. Where it is given, memory keeps only what can still change and
   * what closed lately, once a turn is durable. @defaultValue there is no archive: memory keeps all
   */
  readonly recall?: (wanted: {
    readonly keys: readonly ProposalKey[]
    readonly time: bigint
    readonly surplus: number
  }) => ObservableInput<Recalled>
  /** Told of an event that the stages let lead to nothing. @defaultValue tells nobody */
  readonly onKeptBack?: (event: ChainEvent) => void
  /** Host clock, Unix milliseconds. @defaultValue the clock of the last reading */
  readonly now?: () => number
}

/** Where a chain stands between two events, and what the last one led to. */
interface Standing {
  readonly state: ChainState
  readonly time: number
  readonly execution: Execution
  readonly hasEnded: boolean
  readonly turn?: Turn
}

type Input = ChainEvent | { readonly type: 'executed' } | { readonly type: 'ended' }

/**
 * Folds the readings of one chain into turns, from `seed` on: each event walks through the stages as a draft, and what
 * comes out is committed, then emitted, then executed.
 *
 * - One turn a reading, and one more for each answer of `execute`, in the order in which readings and answers come.
 *   None is dropped but by the stages.
 * - `execute` works beside the readings, on one turn at a time. What later turns ask for meanwhile waits; only the
 *   latest of them counts, less what was answered since.
 * - Errors where the stages, `commit` or `execute` do; completes when its source has completed and `execute` is done.
 *   Unsubscribing cancels `execute`.
 *
 * ```text
 * reading:  -a---b-c-----    b asks for a write
 * execute:      [---w|
 * output:   -A---B-C-W---
 * ```
 */
export function watchChain(seed: ChainState, stages: Stage, ports: WatchPorts = {}): OperatorFunction<Reading, Turn> {
  const { execute = () => EMPTY, now } = ports
  return (reading$) =>
    withLine(stages, (send) => {
      const feedback$ = new Subject<Input>()
      let latest: Standing = { state: seed, time: 0, execution: idle, hasEnded: false }

      /** Carries a turn out, and feeds back what comes of it. */
      function carryOut(turn: Turn): Observable<never> {
        const answer$ = defer(() => execute(turn, () => latest.state)).pipe(
          map((outcome): Input => ({ type: 'wrote', outcome, hostTime: now?.() ?? latest.time })),
        )
        return concat(answer$, of<Input>({ type: 'executed' })).pipe(
          tap((input) => feedback$.next(input)),
          ignoreElements(),
        )
      }

      const input$ = merge(feedback$, reading$.pipe(map(eventOf), endWith<Input>({ type: 'ended' })))
      return input$.pipe(
        // One after the other, also where one is caused while another is told.
        mergeScan((standing: Standing, input: Input) => advance(standing, input, send, ports), latest, 1),
        tap((standing) => (latest = standing)),
        takeWhile(({ hasEnded, execution }) => !hasEnded || execution.isBusy, true),
        mergeMap(({ turn, execution: { begin } }) => {
          const turns = turn === undefined ? [] : [turn]
          return begin === undefined ? turns : concat(turns, carryOut(begin))
        }),
      )
    })
}

/** Where the chain stands after an input, once what it led to is durable. Nothing where the stages keep it back. */
function advance(
  { turn: _turn, execution: { begin: _begin, ...execution }, ...rest }: Standing,
  input: Input,
  send: Send,
  { commit = () => undefined, recall, onKeptBack = () => undefined }: WatchPorts,
): ObservableInput<Standing> {
  const standing: Standing = { ...rest, execution }
  if (input.type === 'ended') return [{ ...standing, hasEnded: true }]
  if (input.type === 'executed') return [{ ...standing, execution: afterExecution(execution, standing.state) }]

  const answer = (known: ChainState | undefined): ObservableInput<Standing> => {
    const draft = known === undefined ? undefined : send(beginDraft(known, input))
    if (draft === undefined) {
      onKeptBack(input)
      return []
    }
    const turn = turnOf(draft)
    const committed = commit(turn)
    const next = [standingAfter(standing, turn, recall !== undefined)]
    return committed === undefined ? next : concat(from(committed).pipe(ignoreElements()), next)
  }
  if (recall === undefined || input.type !== 'reading' || !standing.state.synced) return answer(standing.state)
  return recalledFor(standing.state, input.reading, recall).pipe(defaultIfEmpty(undefined), mergeMap(answer))
}

/** The state that a reading is held against: with what it is about, where that was archived. */
function recalledFor(
  state: ChainState,
  reading: GoodReading,
  recall: NonNullable<WatchPorts['recall']>,
): Observable<ChainState> {
  const { time } = stepClock(state.clock, reading.head.timestamp, reading.readAt)
  const wanted = { keys: unknownIn(reading, state.proposals), time, surplus: surplusOf(state) }
  return from(recall(wanted)).pipe(map((recalled) => withRecalled(state, recalled)))
}

function standingAfter({ execution, hasEnded, state: before }: Standing, turn: Turn, hasArchive: boolean): Standing {
  const { time, answer, touched } = turn
  const mayBeSettled = touched.proposals.length > 0 || isBehind(before)
  // The turn tells all; only what comes after it does without what is settled.
  const state = hasArchive && mayBeSettled ? withoutSettled(turn.state) : turn.state
  const answered = answer === undefined ? execution : afterAnswer(execution, answer)
  return { state, time, hasEnded, turn, execution: afterTurn(answered, turn) }
}
