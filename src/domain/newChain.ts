import { emptyBlockTime } from './blocks/blockTime.js'
import type { ChainState } from './chainState.js'
import { startingHealth } from './stepHealth.js'

/** A chain nobody has looked at yet. `time` is Unix milliseconds. */
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
