import type { ChainConfig } from '../../config/schema.js'

/**
 * True where something can be seen after a height: two nodes whose blocks can be compared. The blocks of
 * `wemixvisor-rpc` have no hashes.
 */
export function isPostChecked({ rpc, governance }: Pick<ChainConfig, 'rpc' | 'governance'>): boolean {
  return governance.system !== 'wemixvisor-rpc' && rpc.urls.length > 1
}
