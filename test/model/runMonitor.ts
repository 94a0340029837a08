import { asyncScheduler, NEVER } from 'rxjs'
import type { Config } from '../../src/config/schema.js'
import type { ChainState, Turn } from '../../src/domain/chainState.js'
import { assembleChain } from '../../src/monitor/chain/assembleChain.js'
import { lineOf } from '../../src/monitor/chain/lineOptionsOf.js'
import { chainTurns } from '../../src/monitor/turns/chainTurns.js'
import { alone } from '../../src/monitor/turns/spreadPolls.js'
import type { Store } from '../../src/store/Store.js'
import type { HttpClient } from '../../src/transport/HttpClient.js'

export interface RunDeps {
  readonly http: HttpClient
  readonly store: Store
  readonly random: () => number
  readonly onSeed: (state: ChainState) => void
  readonly onTurn: (turn: Turn) => void
  readonly onError: (cause: unknown) => void
}

/** Runs everything that a monitor does for the only chain of a configuration. Returns how to kill it. */
export function runMonitor(config: Config, { http, store, random, onSeed, onTurn, onError }: RunDeps): () => void {
  const [chainConfig] = config.chains
  if (chainConfig === undefined) throw new Error('The configuration has no chain.')
  const now = Date.now
  const openSocket = (): never => {
    throw new Error('A node of the model has no socket.')
  }
  const chain = assembleChain(chainConfig, { http, now, openSocket, conceal: (text) => text })
  const chains = new Map([[chain.name, chain]])
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const running = chainTurns(chain, alone, {
    store,
    setup: () => ({ config, chains, lanes: new Map(), route: () => [], stagesOf: lineOf(config, {}) }),
    log: silent,
    now,
    random,
    steady: now,
    scheduler: asyncScheduler,
    force$: NEVER,
    stopping$: NEVER,
    isAtWork: () => true,
    onSeed,
    onKeptBack: () => undefined,
  }).subscribe({ next: onTurn, error: onError })
  return () => running.unsubscribe()
}
