import type { Head } from './blocks/head.js'
import type { EndpointScore } from './endpointScore.js'
import type { Json } from './text/json.js'
import type { PlanStanding } from './plans/plan.js'
import type { Disagreement } from './proposals/disagreement.js'
import type { Proposal, ProposalKey, Vote } from './proposals/proposal.js'

/** Why a reading failed. `permanent` failures need a human; polling goes on all the same. */
export interface ReadFailure {
  readonly kind: 'transient' | 'permanent'
  /** One sentence: what failed, where, what to do. Never a credential. */
  readonly message: string
  /** The node answers, and stands below what was read before. */
  readonly wentBack?: true
}

/** What the chain says of the plan of one proposal. */
export interface KeyedPlanStanding extends PlanStanding {
  readonly key: ProposalKey
  readonly name: string
  readonly height: number
}

/** Everything one poll learned of one chain, all of it at the block `at`. */
export interface GoodReading {
  readonly ok: true
  readonly chain: string
  /** Host clock, Unix milliseconds. */
  readonly readAt: number
  /** Host and port of the endpoint that told it, where that is known: it is kept with what follows from it. */
  readonly host?: string
  /** The newest block of the node: heights are compared with this one. */
  readonly head: Head
  /** The block the proposals were read at: `head` less the configured finality. */
  readonly at: Head
  /** An older block of the same chain, for the block-time estimate. */
  readonly previous?: Head
  /** Snapshots of the proposals that are new, or still open, or changed since the cursor. */
  readonly proposals: readonly Proposal[]
  /** Votes cast since the cursor, in chain order. */
  readonly votes: readonly Vote[]
  /** The newest block that survived, where the chain was reorganised since the last reading. */
  readonly rewoundTo?: bigint
  /** Proposals that a reorg removed from the chain. */
  readonly retracted: readonly ProposalKey[]
  /**
   * What the chain says of plans, by the key of their proposals: it holds also where the proposal itself could not be
   * read, or is not read any more. Where the proposal has another plan by now, it says nothing.
   * @defaultValue none
   */
  readonly standings?: readonly KeyedPlanStanding[]
  /** Blocks still to be read; 0 when the reading has caught up with `at`. */
  readonly backlog: bigint
  /** True where the head of the node is below what was read before: the node answers, and nothing was read from it. */
  readonly lagging?: true
  /** Where the next reading starts. Opaque to all but the reader that made it. */
  readonly cursor: Json
  /** The version that the operator's own node, the first endpoint, reports; absent while another one serves. */
  readonly nodeVersion?: string
  /** Proposals that the nodes do not tell alike, where several must agree. @defaultValue none */
  readonly disagreements?: readonly Disagreement[]
  /** Oddities that did not spoil the reading, such as a log that could not be decoded. */
  readonly warnings: readonly string[]
}

/** A poll that failed: nothing else is known of the chain than before. */
export interface FailedReading {
  readonly ok: false
  readonly chain: string
  /** Host clock, Unix milliseconds. */
  readonly readAt: number
  readonly failure: ReadFailure
}

/** The outcome of one poll of one chain. A failed poll is a value, not the end of the stream. */
export type Reading = (GoodReading | FailedReading) & {
  /** How the endpoints have answered lately, where the reader tells. Set by `pollProposals`. */
  readonly endpoints?: readonly EndpointScore[]
  /** Host clock, Unix milliseconds, when the read began. Set by `pollProposals`. */
  readonly begunAt?: number
  /** The cursor that a good reading started from; absent where it began with the history. Set by `pollProposals`. */
  readonly startedFrom?: Json
}
