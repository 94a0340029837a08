import { defer, mergeMap, type Observable, type SchedulerLike } from 'rxjs'
import type { LogWriter } from '../channels/Channel.js'
import type { ConfigDifference } from '../config/differenceOf.js'
import type { Config } from '../config/schema.js'
import { StoreError } from '../domain/errors.js'
import type { Turn } from '../domain/chainState.js'
import type { DeliveryReport } from '../sinks/outbox/DeliveryReport.js'
import type { Store } from '../store/Store.js'
import type { LatestStates } from './latestStates.js'
import type { SyncResult } from './Monitor.js'
import { unheededIn } from './unheededIn.js'

/** What a run gives to the server that is a part of it. */
interface Served {
  /** The state that the run holds open. */
  readonly store: Store
  readonly turn$: Observable<Turn>
  readonly delivery$: Observable<DeliveryReport>
  readonly sync: () => Promise<readonly SyncResult[]>
  /** The run is asked to stop. */
  readonly stop$: Observable<unknown>
}

/** Listens for as long as it is subscribed; completes after a stop. Errors with a `ListenError`. */
export type Serve = (served: Served) => Observable<never>

export interface ServerOptions extends Pick<LatestStates, 'live' | 'lock$' | 'lockedSince'> {
  /** What is worked with now. */
  readonly setup: () => { readonly config: Config }
  /** Reads the configuration again, for `by`; absent where nobody can. Throws a `ConfigError`. */
  readonly reload?: (by: string) => ConfigDifference
  readonly log: LogWriter
  readonly conceal: (text: string) => string
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  readonly scheduler: SchedulerLike
}

/**
 * The HTTP server of a configuration; absent where none is configured. Its code is loaded when a run begins, so that
 * nobody else opens a file of it.
 */
export function serverOf({ http }: Config, { setup, live, reload, ...options }: ServerOptions): Serve | undefined {
  if (http === undefined) return undefined
  return ({ sync, ...served }) =>
    defer(() => import('../server/serve.js')).pipe(
      mergeMap(({ serve }) =>
        serve({
          ...options,
          ...served,
          states: live,
          http,
          config: () => setup().config,
          ...(reload !== undefined && {
            reload: (by) => ({ ...reload(by), ...unheededOf(setup().config, served.store) }),
          }),
          sync: async () => (await sync()).map(syncedOf),
        }),
      ),
    )
}

/** What of the plans is not taken up, where there is such; of a state that is locked just now the log says it later. */
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
