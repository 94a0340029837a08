import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Socket } from 'node:net'
import type { Observable } from 'rxjs'
import type { LogWriter } from '../channels/Channel.js'
import type { ConfigDifference } from '../config/differenceOf.js'
import type { Config, HttpConfig } from '../config/schema.js'
import type { ChainState, Turn } from '../domain/chainState.js'
import type { Store } from '../store/Store.js'
import type { Counted } from '../views/metrics/metricsOf.js'
import type { SyncedChain } from '../views/syncView.js'
import type { Access } from './access.js'
import type { LiveFeed } from './live/createLiveFeed.js'

/** What the handlers know of a request besides its text. */
export interface ServerEnv {
  readonly Bindings: {
    /** Absent if the request did not come over a socket. */
    readonly incoming?: { readonly socket: Pick<Socket, 'remoteAddress' | 'localAddress' | 'setTimeout'> }
  }
  readonly Variables: {
    /** What the client may do. */
    readonly access: Access
  }
}

export type App = OpenAPIHono<ServerEnv>

/** Adds the routes of one subject. */
export type Routes = (app: App, context: ServerContext) => void

/** The effects of a reloaded configuration. */
interface Reloaded extends ConfigDifference {
  /** Changes of the operator's plans that are not applied, as sentences; absent if there are none. */
  readonly unheeded?: readonly string[]
}

/** The running monitor, as the routes use it. */
export interface ServerContext {
  /** The current configuration. A reload does not change its `http`. */
  readonly config: () => Config
  readonly http: HttpConfig
  /** The state that the run holds open. */
  readonly store: Store
  /** The latest state of each chain. */
  readonly states: () => Iterable<ChainState>
  /** Every turn once it is committed; completes when the run stops. */
  readonly turn$: Observable<Turn>
  /** Events for clients that follow a stream. */
  readonly live: LiveFeed
  /** Counters since the start of the run. */
  readonly counted: Counted
  /** Polls every chain now. */
  readonly sync: () => Promise<readonly SyncedChain[]>
  /** Reloads the configuration on behalf of `by`; absent if it cannot be reloaded. Throws a `ConfigError`. */
  readonly reload?: (by: string) => Reloaded
  /** Says why not every chain was read since the start, without names of chains; undefined once all were read. */
  readonly unready: () => string | undefined
  /** Since when the state cannot be written, Unix milliseconds; undefined if it can. */
  readonly unwritableSince: () => number | undefined
  readonly log: LogWriter
  /** Replaces every secret of the configuration in a text. */
  readonly conceal: (text: string) => string
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
}
