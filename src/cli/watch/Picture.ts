import type { Notification } from '../../domain/notifications/notification.js'
import type { Upgrade } from '../../domain/upgrades/upgrade.js'
import type { Shown, ShownInFull } from '../../views/proposalView.js'
import type { ChannelDown, WatchedChain } from '../../views/statusView.js'

/** The state at one moment, as `watch` shows it. The lists are bounded by the code that builds a picture. */
export interface Picture {
  /** Its source, as the operator named it. */
  readonly from: string
  readonly chains: readonly WatchedChain[]
  /** Channels that do not accept notifications. */
  readonly channelsDown?: readonly Pick<ChannelDown, 'channel' | 'since' | 'reason' | 'waiting'>[]
  /** In queue order: the next one first. */
  readonly upgrades: readonly Upgrade[]
  /** Open proposals first, then the others, newest first. */
  readonly proposals: readonly Shown[]
  /** Newest first. */
  readonly events: readonly Notification[]
  /** The opened proposal in full, as far as it is known. */
  readonly opened?: ShownInFull
  /** Set if nothing was received so far, so that empty lists mean nothing. */
  readonly isUnread?: true
  /** Why the picture may be outdated, in one sentence. */
  readonly problem?: string
}

/** Maximum number of items in a list: more than anybody scrolls through. */
export const mostShown = 100
