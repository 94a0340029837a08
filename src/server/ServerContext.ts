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

/** What came with a request beside its text. */
export interface ServerEnv {
  readonly Bindings: {
    /** Absent where the request came over no socket. */
    readonly incoming?: { readonly socket: Pick<Socket, 'remoteAddress' | 'localAddress' | 'setTimeout'> }
  }
  readonly Variables: {
    /** What whoever asks may do. */
    readonly access: Access
  }
}

export type App = OpenAPIHono<ServerEnv>

/** Adds the routes of one subject. */
export type Routes = (app: App, context: ServerContext) => void

/** What a configuration that was read again changed. */
interface Reloaded extends ConfigDifference {
  /** What of the operator's plans is not taken up, in sentences; absent where there is nothing. */
  readonly unheeded?: readonly string[]
}

/** What the routes work with: one running monitor. */
export interface ServerContext {
  /** The configuration that is worked with now; a later one has the same `http`. */
  readonly config: () => Config
  readonly http: HttpConfig
  /** The state that the run holds open. */
  readonly store: Store
  /** The latest state of each chain. */
  readonly states: () => Iterable<ChainState>
  /** Every turn once it is committed; completes when the run stops. */
  readonly turn$: Observable<Turn>
  /** What clients follow as it happens. */
  readonly live: LiveFeed
  /** What is counted since the run began. */
  readonly counted: Counted
  /** Polls every chain now. */
  readonly sync: () => Promise<readonly SyncedChain[]>
  /** Reads the configuration again, for `by`; absent where nobody can. Throws a `ConfigError`. */
  readonly reload?: (by: string) => Reloaded
  /** Why not every chain was read since the start, in words that name none; undefined once each was. */
  readonly unready: () => string | undefined
  /** Since when another process keeps the state locked, Unix milliseconds; undefined where none does. */
  readonly lockedSince: () => number | undefined
  readonly log: LogWriter
  /** Puts something harmless in the place of every secret of the configuration. */
  readonly conceal: (text: string) => string
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
}
