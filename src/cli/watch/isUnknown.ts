import { isUnread, type WatchedChain } from '../../views/statusView.js'

/** Returns true if a chain is enabled but was never read. */
export function isUnknown(chain: WatchedChain): boolean {
  return chain.enabled && isUnread(chain)
}
