import type { ChainConfig } from '../../config/schema.js'

/**
 * True where something can be seen after a height: whether our validator signs, or two nodes whose blocks can be
 * compared. The blocks of `wemixvisor-rpc` have no hashes.
 */
export function isPostChecked({
  rpc,
  governance,
  monitor: { validator },
}: Pick<ChainConfig, 'rpc' | 'governance' | 'monitor'>): boolean {
  return validator !== undefined || (governance.system !== 'wemixvisor-rpc' && rpc.urls.length > 1)
}
