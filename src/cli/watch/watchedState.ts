import { statSync } from 'node:fs'
import { defer, finalize, map, mergeMap, type Observable, of, tap } from 'rxjs'
import { defined } from '../../domain/defined.js'
import { reasonOf } from '../../domain/errors.js'
import { unwritableText } from '../../domain/stepHealth.js'
import type { Notification } from '../../domain/notifications/notification.js'
import { keyOf, type Proposal, type ProposalKey } from '../../domain/proposals/proposal.js'
import { queueOf } from '../../domain/upgrades/queueOf.js'
import { pollEvery } from '../../sources/pollEvery.js'
import { openStore } from '../../store/openStore.js'
import type { EmbeddedStore, Store } from '../../store/Store.js'
import { whileUnwritable } from '../../views/watchedChains.js'
import { showProposals } from '../../views/showProposals.js'
import type { Located } from '../locateState.js'
import { firstOf, pageByPage } from '../output/longList.js'
import { readWatchedChains } from '../readWatchedChains.js'
import { mostShown, type Picture } from './Picture.js'
import type { Source } from './Source.js'

const everyMs = 1_000
// Maximum wait for a lock, in milliseconds; it blocks the process.
const lockWaitMs = 500
const alone = 'No govstream runs with this state: this is what the last one left.'

/**
 * Watches the state file of a govstream on this machine. It is checked every second, read if it was written to, and
 * never written. `now` is the host clock, Unix milliseconds.
 */
export function watchedState(located: Located, now: () => number): Source {
  return {
    readPictures: (opened$) =>
      defer(() => {
        let opened: ProposalKey | undefined
        let last: (Seen & { readonly picture: Picture }) | undefined
        const wanted$ = opened$.pipe(tap((key) => (opened = key)))
        return eachSecond(located, wanted$, (store, isChanged) => {
          const unwritableSince = store?.holder(now())?.lockedSince
          if (last === undefined || isChanged || last.opened !== opened || last.unwritableSince !== unwritableSince)
            last = { picture: pictureOf(located, store, opened, unwritableSince), opened, unwritableSince }
          return { ...last.picture, ...defined({ problem: staleReason(located, store, now()) }) }
        }).pipe(
          map((look) =>
            'value' in look ? look.value : { ...(last?.picture ?? emptyOf(located)), problem: look.problem },
          ),
        )
      }),
    readEvents: () =>
      defer(() => {
        let known: ReadonlySet<string> | undefined
        let problem: string | undefined
        return eachSecond(located, undefined, (store, isChanged) => {
          const fresh = known === undefined || !isChanged ? [] : freshIn(store, known)
          if (known === undefined || isChanged) known = newestIds(store)
          const unwritableSince = store?.holder(now())?.lockedSince
          const unwritable = unwritableSince === undefined ? undefined : unwritableText(unwritableSince)
          return { fresh, ...defined({ problem: staleReason(located, store, now()) ?? unwritable }) }
        }).pipe(
          mergeMap((look): readonly (Notification | string)[] => {
            const before = problem
            const { fresh = [], ...found } = 'value' in look ? look.value : { problem: look.problem }
            problem = found.problem
            return problem === undefined || problem === before ? fresh : [...fresh, problem]
          }),
        )
      }),
  }
}

/** Says why no new events can come. `now` is Unix milliseconds. */
function staleReason({ state }: Located, store: Store | undefined, now: number): string | undefined {
  if (store === undefined) return `There is no state file at ${state}: "govstream run" creates one.`
  return store.holder(now) === undefined ? alone : undefined
}

/** The inputs of a picture besides the content of the file. */
interface Seen {
  readonly opened: ProposalKey | undefined
  readonly unwritableSince: number | undefined
}

/** The result of reading the file. */
type Look<T> = { readonly value: T } | { readonly problem: string }

/**
 * Reads every second, and when `trigger$` emits. The file stays open in between, so that a change is cheap to detect; a
 * file that was replaced is reopened. Errors if the first read fails.
 */
function eachSecond<T>(
  { state: path }: Located,
  trigger$: Observable<unknown> | undefined,
  read: (store: EmbeddedStore | undefined, isChanged: boolean) => T,
): Observable<Look<T>> {
  return defer(() => {
    let open: { readonly store: EmbeddedStore; readonly file: string; readonly version: number } | undefined
    let isFirst = true
    const close = (): void => {
      open?.store.close()
      open = undefined
    }
    const look = (): T => {
      const file = fileAt(path)
      if (open?.file !== file) close()
      const before = open
      const store =
        open?.store ?? (file === undefined ? undefined : openStore({ path, readOnly: true, waitMs: lockWaitMs }))
      if (store !== undefined && file !== undefined) open = { store, file, version: store.version() }
      return read(store, before === undefined || before.version !== open?.version)
    }
    return pollEvery(
      () => {
        try {
          const value = look()
          isFirst = false
          return of({ value })
        } catch (cause) {
          close()
          if (isFirst) throw cause
          return of({ problem: reasonOf(cause) })
        }
      },
      { periodMs: everyMs, hasFailed: (found: Look<T>) => 'problem' in found, ...defined({ trigger$ }) },
    ).pipe(finalize(close))
  })
}

/** Identifies a file, so that a replaced one can be detected. */
function fileAt(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  return found === undefined ? undefined : `${found.dev}/${found.ino}`
}

function emptyOf({ state }: Located): Picture {
  return { from: state, chains: [], upgrades: [], proposals: [], events: [] }
}

function pictureOf(
  located: Located,
  store: Store | undefined,
  opened: ProposalKey | undefined,
  unwritableSince: number | undefined,
): Picture {
  const chains = whileUnwritable(readWatchedChains(store, located), unwritableSince)
  if (store === undefined) return { ...emptyOf(located), chains }
  const states = chains.flatMap(({ state }) => state ?? [])
  const show = showProposals(states)
  const scope = { chains: states.map(({ chain }) => chain), order: 'newest' } as const
  const open = firstOf(store.find({ active: true, limit: mostShown }, scope), mostShown)
  const newest = firstOf(store.find({ active: false, limit: mostShown }, scope), mostShown)
  const proposals = [...open, ...newest].slice(0, mostShown)
  const wanted = proposals.find((one) => keyOf(one) === opened)
  return {
    from: located.state,
    chains,
    channelsDown: chains.flatMap(({ outages }) => outages),
    upgrades: queueOf(states.flatMap(({ upgrades }) => [...upgrades.values()])).upgrades.slice(0, mostShown),
    proposals: proposals.map(show),
    events: store.notifications({ limit: mostShown }),
    ...(wanted !== undefined && { opened: inFull(store, wanted, show) }),
  }
}

function inFull(
  store: Store,
  proposal: Proposal,
  show: ReturnType<typeof showProposals>,
): NonNullable<Picture['opened']> {
  return { ...show(proposal), votes: store.votes(proposal), moves: store.moves(proposal) }
}

function newestIds(store: Store | undefined): ReadonlySet<string> {
  return new Set((store?.notifications({ limit: mostShown }) ?? []).map(({ id }) => id))
}

/** Returns the notifications after all known ones, oldest first. */
function freshIn(store: Store | undefined, known: ReadonlySet<string>): readonly Notification[] {
  if (store === undefined) return []
  const fresh: Notification[] = []
  const newest = pageByPage((limit, last: Notification | undefined) =>
    store.notifications({ limit, ...(last !== undefined && { before: last.id }) }),
  )
  for (const one of newest) {
    if (known.has(one.id)) break
    fresh.push(one)
  }
  return fresh.reverse()
}
