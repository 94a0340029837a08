import type { EndpointScore } from '../../domain/endpointScore.js'
import type { Head } from '../../domain/blocks/head.js'
import type { Json, JsonObject } from '../../domain/text/json.js'
import type { BlockSignature } from '../../domain/upgrades/postCheck/judgeSignatures.js'
import type { Proposal, ProposalStatus } from '../../domain/proposals/proposal.js'
import type { GoodReading } from '../../domain/reading.js'

/** What a reading starts from, and what it may rely on. */
export interface ReadRequest {
  /** The cursor of the last reading; absent for a first sync. */
  readonly cursor?: Json
  /**
   * Latest snapshots of the proposals that may still change: the open ones, those that closed within reorg reach, and
   * those that passed with a plan whose height is ahead: a later proposal may call it off. Others are never asked about
   * again.
   */
  readonly open: readonly Proposal[]
  /**
   * The head as `readHead` of this reader gave it a moment ago, where it did. The reading goes on from there and need
   * not ask for the head again. It is no more than a hint: a reader that reads from another node than it was read at
   * looks for itself.
   */
  readonly head?: Head
  readonly signal: AbortSignal
  /**
   * Called with a reading, or with the blocks of one, before it is given; rejects where it is not believed. A reader
   * of several endpoints takes that for a failure of the one it read from, and goes on to the next.
   */
  readonly vouch?: (reading: UnvouchedReading) => Promise<void>
}

/**
 * A reading, or the blocks of one, before the other nodes have vouched for it; `host` is the host and port of the node
 * it was made at, where that is known.
 */
export type UnvouchedReading = Pick<GoodReading, 'head' | 'at'> &
  Partial<Pick<GoodReading, 'proposals' | 'backlog'>> & { readonly host?: string }

/** The rules a proposal is decided by. Durations are in the unit of the clock. */
export interface GovernanceParameters {
  readonly contract: string
  readonly name?: string
  readonly clock: 'block' | 'timestamp'
  readonly votingDelay?: bigint
  readonly votingPeriod?: bigint
  readonly proposalThreshold?: bigint
  readonly quorum?: bigint
  readonly token?: string
  readonly totalSupply?: bigint
  readonly timelock?: string
  /** Seconds. */
  readonly timelockDelay?: bigint
  /** Whatever else the system tells, in words. */
  readonly details: JsonObject
}

/** Somebody who may vote, or validates. */
export interface Member {
  readonly address: string
  /** Name of its node, where it has one. Sanitised and capped. */
  readonly name?: string
  /** Voting power in the unit of the tally. */
  readonly weight?: bigint
  readonly role: 'voter' | 'validator' | 'member'
}

/** What `check` says about a contract. */
export interface SystemReport {
  readonly system: string
  readonly contract: string
  /** Such as "OpenZeppelin Governor 5, block clock, timelock 0x… (2 days)". */
  readonly summary: string
}

/** Where a node stands on its chain. */
export interface NodeState {
  readonly head: Head
  /** True while it is still catching up. Absent where the node does not say. */
  readonly isSyncing?: boolean
}

/**
 * What a governance system must offer to be read. Every method rejects with a `SourceError` and nothing
 * else, and aborts its requests when `signal` does.
 */
export interface GovernanceReader {
  readonly chain: string
  readonly system: string
  /** Host and port, where it reads from one node only: told where nodes disagree. */
  readonly host?: string
  /** How the endpoints that were asked have answered lately, in the order of the configuration. */
  readonly endpoints?: () => readonly EndpointScore[]
  /**
   * The newest block of a node, in one request: it wakes the poll, and `read` is told it. It is not vouched for, and
   * what the server does not tell of the block is made up. A reader that sees its head only with the proposals leaves
   * this out, and is read as often as its head would be looked at.
   */
  readHead?(signal: AbortSignal): Promise<Head>
  /**
   * Where the first healthy node stands, whatever the finality, and whether it is synced: looked at before an upgrade.
   * Unlike the others this one answers for a node that is still catching up.
   */
  readNodeState?(signal: AbortSignal): Promise<NodeState>
  /**
   * Reads on from the cursor, everything at one block. Where no block is new since, a reading proves no more than that
   * the node answers. A long history comes in portions: a reading with
   * `backlog > 0` is sound but not the end, and wants to be followed by another call at once.
   */
  read(request: ReadRequest): Promise<GoodReading>
  /**
   * What the chain holds of the signature of a validator under a block; `undefined` where that is not settled yet.
   * `validator` is its consensus address, 40 capital hex digits. Absent where the system cannot tell.
   */
  readSignature?(height: bigint, validator: string, signal: AbortSignal): Promise<BlockSignature | undefined>
  /**
   * The block of this height, on whatever chain of blocks the node stands on now; `undefined` where it has not reached
   * that height. What the server does not tell of the block is made up as in a reading.
   */
  readBlock(height: bigint, signal: AbortSignal): Promise<Head | undefined>
  /**
   * One proposal as it is now; `undefined` where the chain does not know it. `near` is the block it was submitted
   * in, where that is known: it saves looking through the history.
   */
  readProposal(contract: string, id: string, signal: AbortSignal, near?: bigint): Promise<Proposal | undefined>
  /** The proposals in one status now, from the start of the history. Expensive: not for polling. */
  readProposals(status: ProposalStatus, signal: AbortSignal): Promise<readonly Proposal[]>
  readParameters(signal: AbortSignal): Promise<readonly GovernanceParameters[]>
  /** Who may vote, or validates, where the system can tell; empty where it cannot. */
  readMembers(signal: AbortSignal): Promise<readonly Member[]>
  /** Reaches the chain and every contract and says what was found. */
  check(signal: AbortSignal): Promise<readonly SystemReport[]>
}
