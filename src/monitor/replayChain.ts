import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { asyncScheduler, type SchedulerLike } from 'rxjs'
import type { ChainConfig, Config } from '../config/schema.js'
import { SourceError } from '../domain/errors.js'
import { assembleMonitor } from '../monitor.js'
import { createEvmEndpoints } from '../sources/rpc/createEvmEndpoints.js'
import { pastClient, timeOfBlock } from '../sources/rpc/pastClient.js'
import { assembleChain } from './chain/assembleChain.js'
import { createServerAccess } from './createServerAccess.js'

export interface ReplayOptions {
  readonly config: Config
  /** An EVM chain of the configuration. */
  readonly chain: ChainConfig
  /** First and last block that is taken for the head. */
  readonly from: bigint
  readonly to: bigint
  /** An empty directory: the state and the file are written there. */
  readonly scratch: string
  readonly signal: AbortSignal
}

/**
 * Does what the configuration would have done on a chain from one block to another: every block is the head once, its
 * time is the time. Sends nothing, and writes into `scratch` alone. Gives the state, whose audit trail tells what was
 * done; two replays of the same blocks give the same.
 *
 * @throws SourceError where the node does not answer for a block: transient where only the past is not to be had, such
 * as a state that the node no longer has, permanent where what is configured cannot be read at the newest block either.
 */
export async function replayChain(options: ReplayOptions): Promise<string> {
  const { config, chain, from, to, signal } = options
  const { http, conceal } = createServerAccess(config)
  const { urls, timeout, headers } = chain.rpc
  const [endpoint] = createEvmEndpoints({ urls: urls.slice(0, 1), timeoutMs: timeout, http, headers, conceal })
  if (endpoint === undefined) throw new SourceError('permanent', `${chain.name} has no URL to read it from.`)
  let head = from
  let time = 0
  const own = ownConfig(options)
  const monitor = assembleMonitor(own, {
    clients: { [chain.name]: pastClient(endpoint.client, () => head) },
    scheduler: clockOf(() => time),
    random: () => 0,
  })
  for (; head <= to && !signal.aborted; head += 1n) {
    time = Number(await timeOfBlock(endpoint.client, head, chain.name)) * 1000
    for (const result of await monitor.sync())
      if (!result.ok) {
        const isOfThen = result.failure.kind === 'permanent' && (await isReadableNow(own.chains, options))
        const kind = isOfThen ? 'transient' : result.failure.kind
        throw new SourceError(kind, `At block ${head}: ${result.failure.message}`)
      }
  }
  return own.state
}

/** What fails for good at a block of the past may be there today. */
async function isReadableNow(chains: Config['chains'], { config, signal }: ReplayOptions): Promise<boolean> {
  const deps = { ...createServerAccess(config), now: Date.now }
  try {
    for (const chain of chains) await assembleChain(chain, deps).reader.check(signal)
    return true
  } catch (cause) {
    return cause instanceof SourceError && cause.kind === 'transient'
  }
}

/** The configuration for this chain alone, which tells nobody, runs nothing, and writes into the scratch directory. */
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
        monitor: { ...chain.monitor, enabled: true },
        preflight: { ...chain.preflight, at: [] },
        upgradeInfo: { ...upgradeInfo, ...(home !== undefined && { home: own }) },
      },
    ],
  }
}

/** Real timers on the clock of the chain. */
function clockOf(time: () => number): SchedulerLike {
  return new Proxy(asyncScheduler, {
    get: (scheduler, key): unknown => (key === 'now' ? time : Reflect.get(scheduler, key)),
  })
}
