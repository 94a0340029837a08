import { concat, defer, EMPTY, ignoreElements, type Observable } from 'rxjs'
import type { ChainConfig } from '../../config/schema.js'
import type { ChainState, Turn } from '../../domain/chainState.js'
import { newChain } from '../../domain/newChain.js'
import { type AnnounceOptions, asConfigured } from '../../domain/notifications/announcement.js'
import { type RebuiltState, announceRebuilt } from '../../domain/notifications/announceRebuilt.js'
import type { NotificationRoute, Store } from '../../store/Store.js'

export interface RebuiltOptions extends Pick<AnnounceOptions, 'priorities'> {
  readonly store: Pick<Store, 'rebuilt' | 'forgetRebuilt' | 'load' | 'commit'>
  readonly chains: readonly { readonly name: string; readonly config: Pick<ChainConfig, 'labels'> }[]
  readonly route: NotificationRoute
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
}

/**
 * If the state was damaged and started again, emits one committed turn for each chain that announces this, once.
 * Completes when all are durable.
 */
export function rebuiltTurns({ store, chains, route, now, priorities = {} }: RebuiltOptions): Observable<Turn> {
  return defer(() => {
    const rebuilt = store.rebuilt()
    if (rebuilt === undefined) return []
    const turns = chains.map(({ name, config: { labels } }) =>
      rebuiltTurn(store.load(name) ?? newChain(name, now()), rebuilt, { time: now(), labels, priorities }),
    )
    return concat(
      ...turns.map((turn) => defer(() => store.commit(turn, route) ?? EMPTY).pipe(ignoreElements())),
      defer(() => {
        store.forgetRebuilt()
        return turns
      }),
    )
  })
}

function rebuiltTurn(
  state: ChainState,
  rebuilt: RebuiltState,
  { time, ...options }: AnnounceOptions & { readonly time: number },
): Turn {
  const touched = { proposals: [], upgrades: [], sightings: [], announcedIds: [] }
  const announcement = asConfigured(announceRebuilt(state.chain, rebuilt, time), options)
  const nothing = { touched, changes: [], moves: [], due: [], forgotten: [], warnings: [] }
  return {
    ...nothing,
    cause: 'start',
    state,
    announcements: [announcement],
    time,
  }
}
