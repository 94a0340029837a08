import type { Turn } from '../chainState.js'
import type { Notification } from '../notifications/notification.js'
import type { Change } from '../proposals/change.js'
import type { ProposalKey } from '../proposals/proposal.js'
import type { Upgrade } from '../upgrades/upgrade.js'

/** The kinds of events that are journalled. */
export const journalTypes = ['change', 'upgrades', 'notification'] as const

/** An event that is delivered to remote subscribers: in order, once, and without gaps. */
export type JournalEvent =
  | { readonly type: 'change'; readonly change: Change }
  /** The upgrades of a chain that changed, as they are now, and the keys of those that were removed. */
  | {
      readonly type: 'upgrades'
      readonly chain: string
      readonly upgrades: readonly Upgrade[]
      readonly gone: readonly ProposalKey[]
    }
  /** The notification as it is stored in the inbox: marked if a silence holds it back. */
  | { readonly type: 'notification'; readonly notification: Notification }

/** An event and its position in the journal. */
export interface JournalEntry {
  /** Larger than the id of every earlier event of the journal, and never reused. A safe integer. */
  readonly id: number
  readonly event: JournalEvent
}

/**
 * Returns the events that are journalled for a turn. `told` are the notifications of the turn that were added to the
 * inbox.
 */
export function journalOf(turn: Turn, told: readonly Notification[]): readonly JournalEvent[] {
  return [
    ...turn.changes.map((change): JournalEvent => ({ type: 'change', change })),
    ...(turn.touched.upgrades.length === 0 ? [] : [upgradesTouched(turn)]),
    ...told.map((notification): JournalEvent => ({ type: 'notification', notification })),
  ]
}

function upgradesTouched({ state: { chain, upgrades }, touched: { upgrades: keys } }: Turn): JournalEvent {
  return {
    type: 'upgrades',
    chain,
    upgrades: keys.flatMap((key) => upgrades.get(key) ?? []),
    gone: keys.filter((key) => !upgrades.has(key)),
  }
}

/** The chain that an event is about. */
export function chainOfEvent(event: JournalEvent): string {
  switch (event.type) {
    case 'change':
      return event.change.chain
    case 'upgrades':
      return event.chain
    case 'notification':
      return event.notification.chain
  }
}
