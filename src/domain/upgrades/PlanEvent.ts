import { defined } from '../defined.js'
import type { BlockTime } from '../blocks/blockTime.js'
import type { Head } from '../blocks/head.js'
import type { OwnPlan } from '../plans/ownPlan.js'
import type { Proposal, ProposalKey } from '../proposals/proposal.js'
import type { FileMove } from './filePlace.js'
import type { Sighting } from './assessCompletion.js'
import type { WriteOutcome } from './writeOutcome.js'

/** What can move an upgrade. `hostTime` is the host clock in Unix milliseconds. */
export type PlanEvent =
  /** A reading that has caught up with the chain. */
  | {
      readonly type: 'read'
      readonly head: Head
      readonly hostTime: number
      readonly proposals: ReadonlyMap<ProposalKey, Proposal>
      readonly retracted: readonly ProposalKey[]
      /** The operator's own plans, of which the first of a name counts. Absent where they are not known just now. */
      readonly ownPlans?: readonly OwnPlan[]
      readonly blockTime: BlockTime
      /** The caught-up reading before this one; absent on a first sync. */
      readonly caughtUpAt?: { readonly head: bigint; readonly time: number }
      readonly nodeVersion?: string
      /** The configuration has another place, or another reader, for the file than before. */
      readonly fileMove?: FileMove
    }
  /** The node did not answer. */
  | {
      readonly type: 'missed'
      readonly hostTime: number
      readonly time: bigint
      /** The last answer; `readAt` is host time. */
      readonly last?: { readonly head: Head; readonly blockTime: BlockTime; readonly readAt: number }
    }
  /** The writer has done with a due upgrade. */
  | {
      readonly type: 'wrote'
      readonly outcome: WriteOutcome
      readonly head: Head
      readonly hostTime: number
      readonly nodeVersion?: string
    }

export type ReadEvent = Extract<PlanEvent, { type: 'read' }>
export type MissedEvent = Extract<PlanEvent, { type: 'missed' }>

/** Chain time of a poll, Unix seconds. */
export function timeOf(event: ReadEvent | MissedEvent): bigint {
  return event.type === 'read' ? event.head.timestamp : event.time
}

/** What a poll says about an upgrade in progress. */
export function sightingOf(event: ReadEvent | MissedEvent): Sighting {
  const { hostTime } = event
  if (event.type === 'missed') return { hostTime }
  const { head, nodeVersion } = event
  return { head: head.number, hostTime, ...defined({ nodeVersion }) }
}
