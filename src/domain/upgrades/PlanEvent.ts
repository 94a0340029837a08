import { defined } from '../defined.js'
import type { BlockTime } from '../blocks/blockTime.js'
import type { Head } from '../blocks/head.js'
import type { OwnPlan } from '../plans/ownPlan.js'
import type { Proposal, ProposalKey } from '../proposals/proposal.js'
import type { FileMove } from './filePlace.js'
import type { Sighting } from './assessCompletion.js'
import type { WriteOutcome } from './writeOutcome.js'

/** An event that can change upgrades. `hostTime` is the host clock in Unix milliseconds. */
export type PlanEvent =
  /** A reading that has caught up with the chain. */
  | {
      readonly type: 'read'
      readonly head: Head
      readonly hostTime: number
      readonly proposals: ReadonlyMap<ProposalKey, Proposal>
      readonly retracted: readonly ProposalKey[]
      /** The operator's own plans; of several with one name the first counts. Absent while they cannot be read. */
      readonly ownPlans?: readonly OwnPlan[]
      readonly blockTime: BlockTime
      /** The caught-up reading before this one; absent on a first sync. */
      readonly caughtUpAt?: { readonly head: bigint; readonly time: number }
      readonly nodeVersion?: string
      /** Set if the configured path of the file, or its reader, has changed since the last reading. */
      readonly fileMove?: FileMove
    }
  /** The node did not answer. */
  | {
      readonly type: 'missed'
      readonly hostTime: number
      readonly time: bigint
      /** The last answer of the node; `readAt` is host time. */
      readonly last?: { readonly head: Head; readonly blockTime: BlockTime; readonly readAt: number }
    }
  /** The writer has finished with a due upgrade. */
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

/** Returns what a poll observed about the node of an upgrade in progress. */
export function sightingOf(event: ReadEvent | MissedEvent): Sighting {
  const { hostTime } = event
  if (event.type === 'missed') return { hostTime }
  const { head, nodeVersion } = event
  return { head: head.number, hostTime, ...defined({ nodeVersion }) }
}
