import type { Head } from '../blocks/head.js'
import type { Health } from '../health.js'
import type { ProposalCounts } from '../proposals/counts.js'
import type { Proposal, ProposalKey } from '../proposals/proposal.js'
import type { Upgrade } from '../upgrades/upgrade.js'
import type { JournalEvent } from './journalEvent.js'

/** The current value of something. Of several such events, only the last one counts. */
export type LatestEvent =
  | { readonly type: 'head'; readonly head: Head & { readonly chain: string } }
  | { readonly type: 'health'; readonly health: Health }
  /**
   * The proposals of a chain that changed, and the keys of those that are no longer held. With `whole`, the event is
   * the first part of all held proposals. `counts` covers all tracked proposals.
   */
  | {
      readonly type: 'proposals'
      readonly chain: string
      readonly proposals: readonly Proposal[]
      readonly gone: readonly ProposalKey[]
      readonly counts: ProposalCounts
      readonly whole?: true
    }
  /** All upgrades of a chain. */
  | {
      readonly type: 'upgrades'
      readonly chain: string
      readonly upgrades: readonly Upgrade[]
      readonly gone: readonly ProposalKey[]
      readonly whole: true
    }

/** The events before and after this one are not continuous; `reason` says why, in a sentence. */
interface ResetEvent {
  readonly type: 'reset'
  readonly reason: string
}

/** Every event that a subscriber can receive over HTTP. */
export type LiveEvent = JournalEvent | LatestEvent | ResetEvent

/** The names of the events in the HTTP stream. */
export const liveTypes = [
  'change',
  'upgrades',
  'notification',
  'head',
  'health',
  'proposals',
  'reset',
] as const satisfies readonly LiveEvent['type'][]
