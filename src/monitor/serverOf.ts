import { connect, defer, merge, mergeMap, type Observable, type SchedulerLike, takeUntil } from 'rxjs'
import type { LogWriter } from '../channels/Channel.js'
import type { ConfigDifference } from '../config/differenceOf.js'
import type { Config } from '../config/schema.js'
import { StoreError } from '../domain/errors.js'
import type { Turn } from '../domain/chainState.js'
import type { DeliveryReport } from '../sinks/outbox/DeliveryReport.js'
import { recordRun } from '../server/recordRun.js'
import type { Store } from '../store/Store.js'
import { endOf } from '../streams/endOf.js'
import type { LatestStates } from './latestStates.js'
import type { SyncResult } from './Monitor.js'
import { unheededIn } from './unheededIn.js'

/** What a run passes to its HTTP server. */
interface Served {
  /** The store that the run holds open. */
  readonly store: Store
  readonly turn$: Observable<Turn>
  readonly delivery$: Observable<DeliveryReport>
  readonly sync: () => Promise<readonly SyncResult[]>
  /** Emits when the run is asked to stop. */
  readonly stop$: Observable<unknown>
}

/** Listens while subscribed and completes after a stop. Errors with a `ListenError`. */
export type Serve = (served: Served) => Observable<never>

export interface ServerOptions extends Pick<LatestStates, 'live' | 'writability$' | 'unwritableSince'> {
  /** Returns the current setup. */
  readonly setup: () => { readonly config: Config }
  /** Reads the configuration again, on behalf of `by`; absent if that is not possible. Throws a `ConfigError`. */
  readonly reload?: (by: string) => ConfigDifference
  readonly log: LogWriter
  readonly conceal: (text: string) => string
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  readonly scheduler: SchedulerLike
}

/** The HTTP server of a configuration; undefined if none is configured. Its code is loaded only when a run begins. */
export function serverOf({ http }: Config, { setup, live, reload, ...options }: ServerOptions): Serve | undefined {
  if (http === undefined) return undefined
  return ({ sync, turn$, delivery$, ...served }) =>
    defer(() => {
      const config = (): Config => setup().config
      const { record$, ...record } = recordRun({ turn$, delivery$, config })
      const code$ = defer(() => import('../server/serve.js')).pipe(takeUntil(served.stop$))
      return code$.pipe(
        mergeMap(({ serve }) =>
          serve({
            ...options,
            ...served,
            ...record,
            turn$,
            states: live,
            http,
            config,
            ...(reload !== undefined && {
              reload: (by) => ({ ...reload(by), ...unheededOf(config(), served.store) }),
            }),
            sync: async () => (await sync()).map(syncedOf),
          }),
        ),
        // The first chains are read while the code of the server is being loaded.
        connect((serving$) => merge(record$.pipe(takeUntil(endOf(serving$))), serving$)),
      )
    })
}

/**
 * The plan edits that are ignored, if any. While the state cannot be used nothing is returned; the log reports them
 * later.
 */
function unheededOf({ chains }: Config, store: Store): { readonly unheeded?: readonly string[] } {
  try {
    const unheeded = chains.flatMap((chain) => unheededIn(chain, store).map((sentence) => `${chain.name}: ${sentence}`))
    return unheeded.length === 0 ? {} : { unheeded }
  } catch (cause) {
    if (cause instanceof StoreError) return {}
    throw cause
  }
}

function syncedOf(result: SyncResult): {
  readonly chain: string
  readonly height?: bigint
  readonly problem?: { readonly message: string; readonly temporary: boolean }
} {
  const { chain } = result
  if (result.ok) return { chain, height: result.height }
  const { message, kind } = result.failure
  return { chain, problem: { message, temporary: kind === 'transient' } }
}
