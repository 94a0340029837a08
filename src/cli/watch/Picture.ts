import type { Notification } from '../../domain/notifications/notification.js'
import type { Upgrade } from '../../domain/upgrades/upgrade.js'
import type { Shown, ShownInFull } from '../../views/proposalView.js'
import type { ChannelDown, WatchedChain } from '../../views/statusView.js'

/** How all stands at one moment, as `watch` shows it. Each list is bounded by whoever makes it. */
export interface Picture {
  /** Where it comes from, as the operator named it. */
  readonly from: string
  readonly chains: readonly WatchedChain[]
  /** Channels that take no notifications. */
  readonly channelsDown?: readonly Pick<ChannelDown, 'channel' | 'since' | 'reason' | 'waiting'>[]
  /** As a queue: what comes next first. */
  readonly upgrades: readonly Upgrade[]
  /** What can still be voted on first, then the others, newest first. */
  readonly proposals: readonly Shown[]
  /** Newest first. */
  readonly events: readonly Notification[]
  /** The proposal that was asked for in full, as far as it is known. */
  readonly opened?: ShownInFull
  /** Nothing has come so far, and the lists are empty for want of it. */
  readonly isUnread?: true
  /** Why this may be no news any more, in a sentence. */
  readonly problem?: string
}

/** Most items of a list: more than anybody scrolls through. */
export const mostShown = 100
