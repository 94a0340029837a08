import { defaultIfEmpty, defer, EMPTY, filter, forkJoin, map, merge, type Observable, of, race, take, tap } from 'rxjs'
import type { LogWriter } from '../../channels/Channel.js'
import type { Turn } from '../../domain/chainState.js'
import type { ReadFailure } from '../../domain/reading.js'
import type { ChainEvent } from '../../streams/draft.js'
import type { CurrentSetup } from '../currentSetup.js'
import type { SyncResult } from '../Monitor.js'
import { logWarnings } from '../monitorLog.js'
import type { Activities } from './activities.js'
import { firstPollAfter } from './firstPollAfter.js'

export interface PollOptions extends Pick<CurrentSetup, 'setup' | 'setup$'> {
  readonly activities: Activities
  readonly turn$: Observable<Turn>
  /** Polls whose readings the stages kept back, with their results. */
  readonly keptBack$: Observable<KeptBack>
  readonly log: LogWriter
  /** Requests a poll of a chain now. */
  readonly force: (chain: string) => void
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
}

/** A poll whose reading the stages kept back. */
export interface KeptBack {
  readonly begunAt: number
  readonly result: SyncResult
}

/** The result for a reading that the stages kept back; undefined if the event is no reading. */
export function keptBackOf(chain: string, event: ChainEvent): KeptBack | undefined {
  if (event.type === 'wrote') return undefined
  const { reading } = event
  const result: SyncResult = { chain, ok: false, failure: reading.ok ? keptBack(chain) : reading.failure }
  return { begunAt: reading.begunAt ?? reading.readAt, result }
}

function keptBack(chain: string): ReadFailure {
  return {
    kind: 'transient',
    message: `The stages dropped what was read of ${chain}: none of it is committed. It is read again with the next poll.`,
  }
}

/**
 * Polls all chains once after the subscription, waits for everything that follows, and emits the result of each chain.
 */
export function pollAll({
  setup$,
  setup,
  turn$,
  keptBack$,
  activities,
  log,
  force,
  now,
}: PollOptions): Observable<readonly SyncResult[]> {
  function pollOne(name: string): Observable<SyncResult> {
    return defer(() => {
      const askedAt = now()
      const told$ = turn$.pipe(
        filter(({ state }) => state.chain === name),
        tap((turn) => activities.has('run') || logWarnings(log, turn)),
        firstPollAfter(askedAt),
      )
      const kept$ = keptBack$.pipe(
        filter(({ begunAt, result }) => result.chain === name && begunAt >= askedAt),
        take(1),
        map(({ result }) => result),
      )
      const ask$ = defer(() => {
        force(name)
        return EMPTY
      })
      const gone$ = setup$.pipe(
        filter(({ chains }) => !chains.has(name)),
        take(1),
        map(() => removedBeforeRead(name)),
      )
      return merge(race(told$, kept$, gone$), ask$).pipe(defaultIfEmpty(stoppedBefore(name)))
    })
  }
  return defer(() => {
    const names = [...setup().chains.keys()]
    return names.length === 0 ? of([]) : forkJoin(names.map(pollOne))
  })
}

function removedBeforeRead(chain: string): SyncResult {
  const message = `${chain} left the configuration before it was read.`
  return { chain, ok: false, failure: { kind: 'transient', message } }
}

function stoppedBefore(chain: string): SyncResult {
  return { chain, ok: false, failure: { kind: 'transient', message: `The monitor stopped before ${chain} was read.` } }
}
