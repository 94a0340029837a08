import {
  concat,
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
  ReplaySubject,
  Subject,
  take,
  takeUntil,
  takeWhile,
  tap,
  throwIfEmpty,
} from 'rxjs'
import type { ChainState, Turn } from '../domain/chainState.js'
import { defined } from '../domain/defined.js'
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
import { beginDraft, type ChainEvent, type Draft, eventOf, turnOf } from './draft.js'
import { type Send, type Stage, withLine } from './stage.js'

/** What a watched chain reaches of the world outside. */
export interface WatchPorts {
  /**
   * Makes a turn durable, before it is emitted or acted on: at once, or by the time that what it answers completes;
   * until then readings and answers wait. An error ends the stream. @defaultValue keeps nothing
   */
  readonly commit?: (turn: Turn) => ObservableInput<unknown> | undefined
  /**
   * Carries out what a committed turn asks for, and emits an outcome for the stale file and for each due upgrade.
   * `latest` gives the state at the time of the call: readings go on meanwhile. @defaultValue writes nothing
   */
  readonly execute?: (turn: Turn, latest: () => ChainState) => ObservableInput<WriteOutcome>
  /**
   * Begins what a turn wants to be looked at and nobody waits for, and emits what it came to. Unlike `execute` it works
   * beside itself, and is unsubscribed from when the readings end. Most turns want none: `undefined`.
   * @defaultValue looks at nothing
   */
  readonly look?: (turn: Turn) => ObservableInput<WriteOutcome> | undefined
  /**
   * Brings back from an archive what memory does not hold: what a reading names, and some of what is due to be
   * forgotten: by age at `time` (of the chain, Unix seconds), or the oldest where `surplus` more are tracked than may
   * be. Answers now or later: the reading waits, and the first answer counts; an error, or no answer, ends the stream.
   * Where it is given, memory keeps only what can still change and what closed lately, once a turn is durable.
   * @defaultValue there is no archive: memory keeps all
   */
  readonly recall?: (wanted: {
    readonly keys: readonly ProposalKey[]
    readonly time: bigint
    readonly surplus: number
  }) => ObservableInput<RecalledProposals>
  /**
   * Called with an event for which the stages gave no draft: nothing of it was committed. @defaultValue does nothing
   */
  readonly onKeptBack?: (event: ChainEvent) => void
  /** Host clock, Unix milliseconds. @defaultValue the clock of the last reading */
  readonly now?: () => number
  /**
   * Asked once with each event: how the state is to be set right before it, for the clock of the host was set, or
   * nobody watched. @defaultValue the clock is never set
   */
  readonly clockSet?: () => ((state: ChainState) => ChainState) | undefined
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

/** An input as it came, and how the state is to be set right before it. */
interface Stamped {
  readonly input: Input
  readonly setRight?: (state: ChainState) => ChainState
}

/**
 * Folds the readings of one chain into turns, from `seed` on: each event walks through the stages as a draft, and what
 * comes out is committed, then emitted, then executed.
 *
 * - One turn a reading, and one more for each answer of `execute`, in the order in which readings and answers come.
 *   None is dropped but by the stages.
 * - `execute` works beside the readings, on one turn at a time. What later turns ask for meanwhile waits; only the
 *   latest of them counts, less what was answered since.
 * - Errors where the stages, `commit`, `recall` or `execute` do; completes when its source has completed and `execute`
 *   is done. Unsubscribing cancels `execute`.
 *
 * ```text
 * reading:  -a---b-c-----    b asks for a write
 * execute:      [---w|
 * output:   -A---B-C-W---
 * ```
 */
export function watchChain(seed: ChainState, stages: Stage, ports: WatchPorts = {}): OperatorFunction<Reading, Turn> {
  const { execute = () => EMPTY, look, now, clockSet } = ports
  return (reading$) =>
    withLine(stages, (send) => {
      const feedback$ = new Subject<Input>()
      // Told also to a look that begins after the end: its turn may have waited for its commit.
      const ended$ = new ReplaySubject<void>(1)
      let latest: Standing = { state: seed, time: 0, execution: idle, hasEnded: false }

      function answered(outcome: WriteOutcome): Input {
        return { type: 'wrote', outcome, hostTime: now?.() ?? latest.time }
      }

      /** Carries a turn out, and feeds back what comes of it. */
      function carryOut(turn: Turn): Observable<never> {
        const answer$ = defer(() => execute(turn, () => latest.state)).pipe(map(answered))
        return concat(answer$, of<Input>({ type: 'executed' })).pipe(
          tap((input) => feedback$.next(input)),
          ignoreElements(),
        )
      }

      /** Nothing waits for it, and it waits for nothing. */
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
        // One after the other, also where a subscriber of one turn causes the next.
        mergeScan((standing: Standing, stamp: Stamped) => advance(standing, stamp, send, ports), latest, 1),
        tap((standing) => (latest = standing)),
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

/** What came while the clock was set tells the time by the clock as it is now. */
function stamped(
  input: Input,
  { now, clockSet }: { readonly [Port in 'now' | 'clockSet']: WatchPorts[Port] },
): Stamped {
  if (input.type === 'executed' || input.type === 'ended') return { input }
  const setRight = clockSet?.()
  if (setRight === undefined) return { input }
  return { input: now === undefined ? input : toldAt(input, now()), setRight }
}

function toldAt(event: ChainEvent, readAt: number): ChainEvent {
  if (event.type === 'wrote') return { ...event, hostTime: readAt }
  const { begunAt, readAt: before } = event.reading
  const times = { readAt, ...defined({ begunAt: begunAt === undefined ? undefined : begunAt + readAt - before }) }
  if (event.type === 'missed') return { ...event, reading: { ...event.reading, ...times } }
  return { ...event, reading: { ...event.reading, ...times } }
}

/** Where the chain stands after an input, once what it led to is durable. Nothing where the stages keep it back. */
function advance(
  { state, time, hasEnded, execution: { begin: _begun, ...execution } }: Standing,
  { input, setRight }: Stamped,
  send: Send,
  ports: WatchPorts,
): ObservableInput<Standing> {
  const standing: Standing = { state, time, hasEnded, execution }
  if (input.type === 'ended') return [{ ...standing, hasEnded: true }]
  if (input.type === 'executed') return [{ ...standing, execution: afterExecution(execution, state) }]
  const [{ recall }, event] = [ports, input]
  function turnFrom(known: ChainState): ObservableInput<Standing> {
    return turnInto(standing, beginDraft(known, event, setRight?.(known)), send, ports)
  }
  return recall === undefined || input.type !== 'reading' || !state.synced
    ? turnFrom(state)
    : recalledFor(state, input.reading, recall).pipe(mergeMap(turnFrom))
}

function turnInto(
  standing: Standing,
  begun: Draft,
  send: Send,
  { commit = () => undefined, recall, onKeptBack = () => undefined }: WatchPorts,
): ObservableInput<Standing> {
  const draft = send(begun)
  if (draft === undefined) {
    onKeptBack(begun.event)
    // The clock is set right once.
    return begun.state === begun.before ? [] : [{ ...standing, state: begun.state }]
  }
  const turn = turnOf(draft)
  const committed = commit(turn)
  const next = [standingAfter(standing, turn, recall !== undefined)]
  return committed === undefined ? next : concat(from(committed).pipe(ignoreElements()), next)
}

/** The state that a reading is held against: with what it is about, where that was archived. */
function recalledFor(
  state: ChainState,
  reading: GoodReading,
  recall: NonNullable<WatchPorts['recall']>,
): Observable<ChainState> {
  const { time } = stepClock(state.clock, reading.head.timestamp, reading.readAt)
  const wanted = { keys: unknownIn(reading, state.proposals), time, surplus: surplusOf(state) }
  return from(recall(wanted)).pipe(
    // An answer that goes on, such as that of a live query, would have the reading told again, or be waited for.
    take(1),
    // An archive that completes without an answer is an error: proposals that it holds would be announced as new.
    throwIfEmpty(() => new TypeError('recall ended without an answer: it answers once, with empty lists too.')),
    map((recalled) => withRecalled(state, recalled)),
  )
}

function standingAfter({ execution, hasEnded, state: before }: Standing, turn: Turn, hasArchive: boolean): Standing {
  const { time, answer, touched } = turn
  const mayBeSettled = touched.proposals.length > 0 || isBehind(before)
  // The turn is emitted whole; only the state that later events start from lacks what is settled.
  const state = hasArchive && mayBeSettled ? withoutSettled(turn.state) : turn.state
  const answered = answer === undefined ? execution : afterAnswer(execution, answer)
  return { state, time, hasEnded, turn, execution: afterTurn(answered, turn) }
}
