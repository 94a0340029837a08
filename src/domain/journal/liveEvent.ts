import type { Head } from '../blocks/head.js'
import type { Health } from '../health.js'
import type { ProposalCounts } from '../proposals/counts.js'
import type { Proposal, ProposalKey } from '../proposals/proposal.js'
import type { Upgrade } from '../upgrades/upgrade.js'
import type { JournalEvent } from './journalEvent.js'

/** How something stands now: of several, the last one counts. */
export type LatestEvent =
  | { readonly type: 'head'; readonly head: Head & { readonly chain: string } }
  | { readonly type: 'health'; readonly health: Health }
  /**
   * Proposals of a chain that are another thing than before, and the keys of those that are not held any more. Where it
   * is `whole`, the first of all that are held. `counts` are of all that are tracked.
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

/** What follows from there is not all that happened since: `reason` says why, in a sentence. */
interface ResetEvent {
  readonly type: 'reset'
  readonly reason: string
}

/** All that whoever follows over HTTP is told. */
export type LiveEvent = JournalEvent | LatestEvent | ResetEvent

/** What an event may be called on the wire. */
export const liveTypes = [
  'change',
  'upgrades',
  'notification',
  'head',
  'health',
  'proposals',
  'reset',
] as const satisfies readonly LiveEvent['type'][]
