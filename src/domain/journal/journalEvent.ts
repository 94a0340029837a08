import type { Turn } from '../chainState.js'
import type { Notification } from '../notifications/notification.js'
import type { Change } from '../proposals/change.js'
import type { ProposalKey } from '../proposals/proposal.js'
import type { Upgrade } from '../upgrades/upgrade.js'

/** The kinds of events that are journalled. */
export const journalTypes = ['change', 'upgrades', 'notification'] as const

/** What happened and is told to whoever follows from elsewhere: in order, once, and none left out. */
export type JournalEvent =
  | { readonly type: 'change'; readonly change: Change }
  /** Upgrades of a chain that are another thing than before, as they are now, and the keys of those that are gone. */
  | {
      readonly type: 'upgrades'
      readonly chain: string
      readonly upgrades: readonly Upgrade[]
      readonly gone: readonly ProposalKey[]
    }
  /** As the inbox has it: marked where a silence holds it back. */
  | { readonly type: 'notification'; readonly notification: Notification }

/** An event and its place in the journal. */
export interface JournalEntry {
  /** Larger than that of every earlier event of the journal, and never given twice. A safe integer. */
  readonly id: number
  readonly event: JournalEvent
}

/** What is journalled of a turn. `told`: what of its notifications came into the inbox, as it stands there. */
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
