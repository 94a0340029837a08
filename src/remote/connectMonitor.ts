import { concat, concatMap, defer, distinctUntilChanged, map, type Observable, type OperatorFunction } from 'rxjs'
import { isSameBlock } from '../domain/blocks/head.js'
import type { Health } from '../domain/health.js'
import { addCounts, noCounts } from '../domain/proposals/counts.js'
import { queueOf } from '../domain/upgrades/queueOf.js'
import { iterable } from '../streams/toAsyncIterable.js'
import { liveView } from '../views/live/liveEvent.js'
import { followRemote, type Update } from './followRemote.js'
import type { ConnectOptions, RemoteMonitor } from './RemoteMonitor.js'
import type { RemoteState } from './stepRemote.js'

/**
 * Connects to a govstream that runs elsewhere and serves `http`, and returns its streams as if it were embedded. Cold:
 * nothing is contacted before the first subscription.
 *
 * @throws ConfigError if `url` is not an http or https URL.
 *
 * @example
 * const { upgrades$ } = connectMonitor({ url: 'https://gov.example', token })
 * upgrades$.subscribe(({ upgrades }) => show(upgrades))
 */
export function connectMonitor(options: ConnectOptions): RemoteMonitor {
  const { update$, latest, lastEventId } = followRemote(options)
  const each$ = <T>(part: (update: Update) => T | undefined): Observable<T> =>
    update$.pipe(concatMap((update) => listOf(part(update))))
  const latestFirst$ = <T>(part: (update: Update) => T | undefined): Observable<T> =>
    defer(() => concat(listOf(part(latest())), each$(part)))
  const state$ = latestFirst$(({ state }) => state)
  return {
    heads$: iterable(state$.pipe(eachNew(({ heads }) => heads, isSameBlock))),
    health$: iterable(state$.pipe(eachNew(({ health }) => health, isSameHealth))),
    changes$: iterable(each$(({ event }) => (event?.type === 'change' ? event.change : undefined))),
    notifications$: iterable(each$(({ event }) => (event?.type === 'notification' ? event.notification : undefined))),
    proposals$: iterable(
      state$.pipe(
        map(({ proposals }) => proposals),
        distinctUntilChanged(),
        map((chains) => ({
          proposals: new Map([...chains.values()].flatMap(({ proposals }) => [...proposals])),
          counts: [...chains.values()].map(({ counts }) => counts).reduce(addCounts, noCounts),
        })),
      ),
    ),
    upgrades$: iterable(
      state$.pipe(
        map(({ upgrades }) => upgrades),
        distinctUntilChanged(),
        map((chains) => queueOf([...chains.values()].flatMap((upgrades) => [...upgrades.values()]))),
      ),
    ),
    connection$: iterable(latestFirst$(({ connection }) => connection)),
    lastEventId,
  }
}

function listOf<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value]
}

/** Compares by value, because a reopened connection sends everything again. */
function isSameHealth(a: Health, b: Health): boolean {
  return a === b || textOf(a) === textOf(b)
}

function textOf(health: Health): string {
  return JSON.stringify(liveView({ type: 'health', health }))
}

/** Emits the part of each chain whenever it differs from the one before. */
function eachNew<T>(
  part: (state: RemoteState) => ReadonlyMap<string, T>,
  isSame: (a: T, b: T) => boolean,
): OperatorFunction<RemoteState, T> {
  return (state$) =>
    defer(() => {
      let before: ReadonlyMap<string, T> = new Map()
      return state$.pipe(
        concatMap((state) => {
          const now = part(state)
          const news = [...now].flatMap(([chain, value]) => {
            const known = before.get(chain)
            return known !== undefined && isSame(known, value) ? [] : [value]
          })
          before = now
          return news
        }),
      )
    })
}
