import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { asyncScheduler, concat, NEVER, of, type SchedulerLike } from 'rxjs'
import type { ChainConfig, Config } from '../config/schema.js'
import { votersOf } from '../config/votersOf.js'
import { SourceError } from '../domain/errors.js'
import { assembleMonitor } from '../monitor.js'
import { assembleChain } from './chain/assembleChain.js'
import { openStore } from '../store/openStore.js'
import { createServerAccess } from './createServerAccess.js'
import { openPast } from './openPast.js'

export interface ReplayOptions {
  readonly config: Config
  /** A chain of the configuration whose system can report its past. */
  readonly chain: ChainConfig
  /** The first and the last block to use as the head. */
  readonly from: bigint
  readonly to: bigint
  /** An empty directory in which the state and the upgrade file are written. */
  readonly scratch: string
  readonly signal: AbortSignal
  /** Called after each block with the number of blocks done. @defaultValue does nothing */
  readonly onBlock?: (done: number) => void
}

/**
 * Replays what the configuration would have done on a chain between two blocks. Every block is the head once, and its
 * time is the current time. Sends nothing and writes only into `scratch`. Resolves with the path of the state, whose
 * audit trail shows what was done; two replays of the same blocks give the same state.
 *
 * @throws SourceError if the node does not answer for a block: transient if only the past is unavailable, such as a
 * state that the node has pruned; permanent if the configured chain cannot be read at the newest block either.
 */
export async function replayChain(options: ReplayOptions): Promise<string> {
  const { config, chain, from, to, signal, onBlock = () => undefined } = options
  const own = ownConfig(options)
  const [watched = chain] = own.chains
  let time = 0
  const now = (): number => time
  const voters = votersOf(watched, own.notifier)
  const past = openPast(watched, { ...createServerAccess(config), now, voters, signal })
  // The store stays open for all blocks, because opening and closing it takes longer than a block.
  const store = openStore({ path: own.state, now })
  try {
    const store$ = concat(of(store), NEVER)
    const monitor = assembleMonitor(own, { ...past.deps, store$, scheduler: clockOf(now), random: () => 0 })
    for (let head = from; head <= to && !signal.aborted; head += 1n) {
      time = Number(await past.moveTo(head)) * 1000
      // Uses the time of the chain like everything else, so that two replays give the same state.
      store.prune({ maxNotifications: own.notifier.maxNotifications, before: time - own.notifier.maxAge })
      const results = await monitor.sync()
      const failure = results.flatMap((result) => (result.ok ? [] : [result.failure]))[0] ?? past.gap()
      if (failure !== undefined) {
        const isOfThen = failure.kind === 'permanent' && (await isReadableNow(own.chains, options))
        throw new SourceError(isOfThen ? 'transient' : failure.kind, `At block ${head}: ${failure.message}`)
      }
      onBlock(Number(head - from) + 1)
    }
  } finally {
    store.close()
  }
  return own.state
}

/** True if the chains can be read today, so that a permanent failure at a past block is only about the past. */
async function isReadableNow(chains: Config['chains'], { config, signal }: ReplayOptions): Promise<boolean> {
  const deps = { ...createServerAccess(config), now: Date.now }
  try {
    for (const chain of chains) await assembleChain(chain, deps).reader.check(signal)
    return true
  } catch (cause) {
    return cause instanceof SourceError && cause.kind === 'transient'
  }
}

/** The configuration of this chain alone, without handlers and hooks, writing into the scratch directory. */
function ownConfig({ config, chain, scratch }: ReplayOptions): Config {
  const { heartbeat: _heartbeat, ...notifier } = config.notifier
  const { afterWrite: _command, home, ...upgradeInfo } = chain.upgradeInfo
  const { ws: _socket, ...rpc } = chain.rpc
  const own = join(scratch, 'home')
  mkdirSync(own)
  return {
    ...config,
    state: join(scratch, 'state.db'),
    notifier: { ...notifier, handlers: [], routes: [] },
    chains: [
      {
        ...chain,
        rpc: { ...rpc, urls: rpc.urls.slice(0, 1), agreement: 1 },
        governance: { ...chain.governance, rest: chain.governance.rest.slice(0, 1) },
        monitor: { ...chain.monitor, enabled: true },
        preflight: { ...chain.preflight, at: [] },
        upgradeInfo: { ...upgradeInfo, ...(home !== undefined && { home: own }) },
      },
    ],
  }
}

/** A scheduler with real timers whose clock is that of the chain. */
function clockOf(time: () => number): SchedulerLike {
  return new Proxy(asyncScheduler, {
    get: (scheduler, key): unknown => (key === 'now' ? time : Reflect.get(scheduler, key)),
  })
}
