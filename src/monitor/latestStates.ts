import { existsSync } from 'node:fs'
import { filter, map, type Observable, startWith, Subject } from 'rxjs'
import type { ChainState } from '../domain/chainState.js'
import type { Health } from '../domain/health.js'
import { memoizeByObject } from '../domain/memoizeByObject.js'
import { unwritableHealth } from '../domain/stepHealth.js'
import type { LogWriter } from '../channels/Channel.js'
import { openStore } from '../store/openStore.js'
import type { Proposal } from '../domain/proposals/proposal.js'
import type { ProposalFilter } from '../domain/proposals/selectProposals.js'
import type { Store } from '../store/Store.js'
import { proposalsIn, upgradesIn } from '../streams/views.js'
import { logUnwritable } from './monitorLog.js'
import type { Snapshot } from './Monitor.js'

/** Holds the latest state of each chain while there is a subscriber. */
export interface LatestStates {
  readonly keep: (state: ChainState) => void
  /** Drops a chain that is no longer watched. */
  readonly forget: (chain: string) => void
  /** Emits when a chain was dropped. */
  readonly left$: Observable<unknown>
  /** Drops all states; from then on the stored states are read. */
  readonly clear: () => void
  /** The states as they were read, one for each chain. */
  readonly kept: () => Iterable<ChainState>
  /** The states as they are shown: while the state cannot be written, no chain is healthy. */
  readonly live: () => Iterable<ChainState>
  /** Sets since when the state cannot be written (Unix milliseconds); undefined when it can again. */
  readonly setUnwritable: (since: number | undefined) => void
  readonly unwritableSince: () => number | undefined
  /** Emits when the shown states change without a turn, because the state became unwritable or writable again. */
  readonly writability$: Observable<unknown>
  /** Emits since when the state cannot be written, while it cannot: also on subscription. */
  readonly unwritable$: Observable<number>
  readonly shownHealth: (health: Health) => Health
  /** The states as they are shown; if there are none, the stored ones. Throws `StoreError`. */
  readonly known: () => readonly ChainState[]
  /** Sets the open store to read from; `letGo` removes it. */
  readonly hold: (store: Store) => void
  readonly letGo: () => void
  /**
   * Finds tracked proposals, including archived ones, in the open store or otherwise in the file. Throws `StoreError`.
   */
  readonly find: (filter?: ProposalFilter) => readonly Proposal[]
}

/** Creates the holder for the watched chains `names`, with the state file at `path`. */
export function createLatestStates(path: string, names: () => readonly string[], log: LogWriter): LatestStates {
  const states = new Map<string, ChainState>()
  const left$ = new Subject<void>()
  const writability$ = new Subject<void>()
  let unwritableSince: number | undefined
  let shown: Shown = asTheyAre
  let held: Store | undefined
  const inStore = <T>(use: (store: Store) => readonly T[]): readonly T[] =>
    held === undefined ? inFile(path, use) : use(held)
  return {
    keep: (state) => void states.set(state.chain, state),
    forget: (chain) => {
      if (states.delete(chain)) left$.next()
    },
    left$: left$.asObservable(),
    clear: () => states.clear(),
    kept: () => states.values(),
    live: () => [...states.values()].map(shown.state),
    setUnwritable: (since) => {
      logUnwritable(log, since)
      unwritableSince = since
      shown = since === undefined ? asTheyAre : whileUnwritable(since)
      writability$.next()
    },
    unwritableSince: () => unwritableSince,
    writability$: writability$.asObservable(),
    unwritable$: writability$.pipe(
      startWith(undefined),
      map(() => unwritableSince),
      filter((since) => since !== undefined),
    ),
    shownHealth: (health) => shown.health(health),
    known: () =>
      states.size > 0
        ? [...states.values()].map(shown.state)
        : inStore((store) => names().flatMap((name) => store.resume(name) ?? [])),
    hold: (store) => {
      held = store
      // It was written just now. A run that ended while its state could not be written did not see that it can again.
      unwritableSince = undefined
      shown = asTheyAre
    },
    letGo: () => {
      // There is no file from which a state in memory could be read.
      if (path !== ':memory:') held = undefined
    },
    find: (filter) => inStore((store) => [...store.find(filter, { chains: names() })]),
  }
}

interface Shown {
  readonly health: (health: Health) => Health
  readonly state: (state: ChainState) => ChainState
}

const asTheyAre: Shown = { health: (health) => health, state: (state) => state }

/** Unchanged states stay the same objects, which is how consumers see that there is nothing new. */
function whileUnwritable(since: number): Shown {
  const health = memoizeByObject((known: Health) => unwritableHealth(known, since))
  return { health, state: memoizeByObject((state) => ({ ...state, health: health(state.health) })) }
}

/** Returns an empty list if there is no file. */
function inFile<T>(path: string, use: (store: Store) => readonly T[]): readonly T[] {
  if (path === ':memory:' || !existsSync(path)) return []
  const store = openStore({ path, readOnly: true })
  try {
    return use(store)
  } finally {
    store.close()
  }
}

export function snapshotOf(states: readonly ChainState[]): Snapshot {
  return {
    heads: states.flatMap(({ chain, head }) => (head === undefined ? [] : [{ chain, ...head }])),
    ...proposalsIn(states),
    ...upgradesIn(states),
    health: states.map(({ health }) => health),
  }
}
