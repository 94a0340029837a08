import type { ChainConfig } from '../../config/schema.js'

/**
 * True if something can be checked after a height: the signatures of our validator, or the blocks of two nodes. The
 * blocks of `wemixvisor-rpc` have no hashes to compare.
 */
export function isPostChecked({
  rpc,
  governance,
  monitor: { validator },
}: Pick<ChainConfig, 'rpc' | 'governance' | 'monitor'>): boolean {
  return validator !== undefined || (governance.system !== 'wemixvisor-rpc' && rpc.urls.length > 1)
}
