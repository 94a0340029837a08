import { existsSync } from 'node:fs'
import { type Observable, Subject } from 'rxjs'
import type { ChainState } from '../domain/chainState.js'
import type { Health } from '../domain/health.js'
import { memoizeByObject } from '../domain/memoizeByObject.js'
import { lockedHealth } from '../domain/stepHealth.js'
import type { LogWriter } from '../channels/Channel.js'
import { openStore } from '../store/openStore.js'
import type { Proposal } from '../domain/proposals/proposal.js'
import type { ProposalFilter } from '../domain/proposals/selectProposals.js'
import type { Store } from '../store/Store.js'
import { proposalsIn, upgradesIn } from '../streams/views.js'
import { logLock } from './monitorLog.js'
import type { Snapshot } from './Monitor.js'

/** The latest state of each chain, for as long as anybody is subscribed. */
export interface LatestStates {
  readonly keep: (state: ChainState) => void
  /** Forgets one: it is not watched any more. */
  readonly forget: (chain: string) => void
  /** Emits when one was forgotten. */
  readonly left$: Observable<unknown>
  /** Forgets all: from here on the state is read. */
  readonly clear: () => void
  /** Those that are kept, one a chain. */
  readonly kept: () => Iterable<ChainState>
  /** The same as they are to be shown: while the state is locked no chain is well, whatever was read. */
  readonly live: () => Iterable<ChainState>
  /** Another process keeps the state locked since then (Unix milliseconds), or does no more. */
  readonly lock: (since: number | undefined) => void
  readonly lockedSince: () => number | undefined
  /** Emits when the states are to be shown otherwise though no turn came: the state is locked, or no more. */
  readonly lock$: Observable<unknown>
  readonly shownHealth: (health: Health) => Health
  /** Those that are kept, or where none is, those in the state. Throws `StoreError`. */
  readonly known: () => readonly ChainState[]
  /** The store that is open, and none any more. */
  readonly hold: (store: Store) => void
  readonly letGo: () => void
  /** Tracked proposals, archived ones too: out of the store that is open, or else the file. Throws `StoreError`. */
  readonly find: (filter?: ProposalFilter) => readonly Proposal[]
}

/** Of the chains that are watched, by name, with the state file at `path`. */
export function createLatestStates(path: string, names: () => readonly string[], log: LogWriter): LatestStates {
  const states = new Map<string, ChainState>()
  const left$ = new Subject<void>()
  const lock$ = new Subject<void>()
  let lockedSince: number | undefined
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
    lock: (since) => {
      logLock(log, since)
      lockedSince = since
      shown = since === undefined ? asTheyAre : underLock(since)
      lock$.next()
    },
    lockedSince: () => lockedSince,
    lock$: lock$.asObservable(),
    shownHealth: (health) => shown.health(health),
    known: () =>
      states.size > 0
        ? [...states.values()].map(shown.state)
        : inStore((store) => names().flatMap((name) => store.resume(name) ?? [])),
    hold: (store) => {
      held = store
    },
    letGo: () => {
      // What is in memory nobody reads anew.
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

/** What has not changed stays the same object: by that it is known that nothing need be told. */
function underLock(since: number): Shown {
  const health = memoizeByObject((known: Health) => lockedHealth(known, since))
  return { health, state: memoizeByObject((state) => ({ ...state, health: health(state.health) })) }
}

/** Nothing where there is no file. */
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
