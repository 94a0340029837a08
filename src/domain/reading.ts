import type { BranchSplit } from './blocks/branchSplit.js'
import type { Head } from './blocks/head.js'
import type { EndpointScore } from './endpointScore.js'
import type { Json } from './text/json.js'
import type { PlanStanding } from './plans/plan.js'
import type { Disagreement } from './proposals/disagreement.js'
import type { Proposal, ProposalKey, Vote } from './proposals/proposal.js'

/** Why a reading failed. A `permanent` failure needs a human; polling continues all the same. */
export interface ReadFailure {
  readonly kind: 'transient' | 'permanent'
  /** One sentence: what failed, where, what to do. Never a credential. */
  readonly message: string
  /** True if the node answers, but its head is below what was read before. */
  readonly wentBack?: true
}

/** What the chain reports about the plan of one proposal. */
export interface KeyedPlanStanding extends PlanStanding {
  readonly key: ProposalKey
  readonly name: string
  readonly height: number
}

/** Everything that one poll learned about one chain, all of it at the block `at`. */
export interface GoodReading {
  readonly ok: true
  readonly chain: string
  /** Host clock, Unix milliseconds. */
  readonly readAt: number
  /**
   * Host and port of the endpoint that answered, if known. It is stored with the facts that follow from the reading.
   */
  readonly host?: string
  /** The newest block of the node. Upgrade heights are compared with this block. */
  readonly head: Head
  /** The block the proposals were read at: `head` less the configured finality. */
  readonly at: Head
  /** An older block of the same chain, for the block-time estimate. */
  readonly previous?: Head
  /** Snapshots of the proposals that are new, still open, or changed since the cursor. */
  readonly proposals: readonly Proposal[]
  /** Votes cast since the cursor, in chain order. */
  readonly votes: readonly Vote[]
  /** The newest block that survived, if the chain was reorganised since the last reading. */
  readonly rewoundTo?: bigint
  /** Proposals that a reorg removed from the chain. */
  readonly retracted: readonly ProposalKey[]
  /**
   * What the chain reports about plans, by the key of their proposal. It also applies if the proposal itself could not
   * be read, or is no longer read. It is ignored if the proposal has another plan by now.
   * @defaultValue none
   */
  readonly standings?: readonly KeyedPlanStanding[]
  /** Blocks still to be read; 0 when the reading has caught up with `at`. */
  readonly backlog: bigint
  /** True if the head of the node is below what was read before. The node answers, and nothing was read from it. */
  readonly lagging?: true
  /** Where the next reading starts; opaque to everything but the reader that made it. */
  readonly cursor: Json
  /** Where the history is read on at other nodes after a restart, if several nodes must agree. */
  readonly secondHistory?: Json
  /** The version that the operator's own node, the first endpoint, reports; absent while another endpoint answers. */
  readonly nodeVersion?: string
  /** Proposals that the nodes report differently, if several nodes must agree. @defaultValue none */
  readonly disagreements?: readonly Disagreement[]
  /** Set once the nodes have followed different branches for minutes. */
  readonly split?: BranchSplit
  /** Oddities that did not invalidate the reading, such as a log that could not be decoded. */
  readonly warnings: readonly string[]
}

/** A poll that failed. Nothing new is known about the chain. */
export interface FailedReading {
  readonly ok: false
  readonly chain: string
  /** Host clock, Unix milliseconds. */
  readonly readAt: number
  /**
   * Host clock, Unix milliseconds: when the first request of the poll began, if it was not answered. Absent if the node
   * answered at first.
   */
  readonly silentSince?: number
  readonly failure: ReadFailure
}

/** The outcome of one poll of one chain. A failed poll is a value, not the end of the stream. */
export type Reading = (GoodReading | FailedReading) & {
  /** How well the endpoints have answered recently, if the reader reports it. Set by `pollProposals`. */
  readonly endpoints?: readonly EndpointScore[]
  /** Host clock, Unix milliseconds, when the read began. Set by `pollProposals`. */
  readonly begunAt?: number
  /** The cursor that a good reading started from; absent if it started at the beginning. Set by `pollProposals`. */
  readonly startedFrom?: Json
}
