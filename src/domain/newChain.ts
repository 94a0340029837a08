import { emptyBlockTime } from './blocks/blockTime.js'
import type { ChainState } from './chainState.js'
import { startingHealth } from './stepHealth.js'

/** Returns the state of a chain that was never read. `time` is the host clock in Unix milliseconds. */
export function newChain(chain: string, time: number): ChainState {
  return {
    chain,
    synced: false,
    proposals: new Map(),
    upgrades: new Map(),
    announcedIds: new Map(),
    blockTime: emptyBlockTime,
    health: startingHealth(chain, time),
  }
}
