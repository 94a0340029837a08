import type { EndpointScore } from '../../domain/endpointScore.js'
import type { Head } from '../../domain/blocks/head.js'
import type { Json, JsonObject } from '../../domain/text/json.js'
import type { BlockSignature } from '../../domain/upgrades/postCheck/judgeSignatures.js'
import type { Proposal, ProposalStatus } from '../../domain/proposals/proposal.js'
import type { GoodReading } from '../../domain/reading.js'
import type { ReaderTraits } from './ReaderTraits.js'

/** What a reading starts from, and what it may use. */
export interface ReadRequest {
  /** The cursor of the last reading; absent for a first sync. */
  readonly cursor?: Json
  /**
   * Latest snapshots of the proposals that may still change: the open ones, those that closed within reorg reach, and
   * those that passed with a plan whose height is still ahead, because a later proposal may cancel it. The reader never
   * asks about other proposals again.
   */
  readonly open: readonly Proposal[]
  /**
   * The head that `readHead` of this reader returned a moment ago, if it did. The reading starts from it and need not
   * request the head again. It is only a hint: a reader that reads from a different node requests the head itself.
   */
  readonly head?: Head
  readonly signal: AbortSignal
  /**
   * Called with a reading, or with its blocks alone, before the reading is returned; rejects if it is not to be
   * believed. A reader with several endpoints treats the rejection as a failure of the endpoint it read from, and tries
   * the next.
   */
  readonly vouch?: (reading: UnvouchedReading) => Promise<void>
  /**
   * Returns whether enough nodes know a proposal; `undefined` if too few answer. The cursor must not move past an id
   * that only the node that is read knows. Never rejects. Absent if one node is trusted.
   */
  readonly isKnown?: (contract: string, id: string) => Promise<boolean | undefined>
}

/**
 * A reading, or its blocks alone, before the other nodes have confirmed it. `host` is the host and port of the node it
 * came from, if known.
 */
export type UnvouchedReading = Pick<GoodReading, 'head' | 'at'> &
  Partial<Pick<GoodReading, 'proposals' | 'retracted' | 'standings' | 'backlog'>> & {
    readonly host?: string
    /** In a first reading, the blocks by which later readings recognise the chain. @defaultValue not checked */
    readonly anchors?: readonly Pick<Head, 'number' | 'hash'>[]
  }

/** The rules that decide a proposal. Durations are in the unit of `clock`. */
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
  /** In seconds. */
  readonly timelockDelay?: bigint
  /** Other parameters that the system reports, as text. */
  readonly details: JsonObject
}

/** An account that may vote, or a validator. */
export interface Member {
  readonly address: string
  /** Name of its node, if it has one. Sanitised and limited in length. */
  readonly name?: string
  /** Voting power in the unit of the tally. */
  readonly weight?: bigint
  readonly role: 'voter' | 'validator' | 'member'
}

/** What `check` reports about a contract. */
export interface SystemReport {
  readonly system: string
  readonly contract: string
  /** For example "OpenZeppelin Governor 5, block clock, timelock 0x… (2 days)". */
  readonly summary: string
}

/** The head of a node, and whether the node is synced. */
export interface NodeState {
  readonly head: Head
  /** True while the node is still catching up. Absent if the node does not say. */
  readonly isSyncing?: boolean
}

/**
 * The interface that every governance system implements. Every method rejects only with a `SourceError`, and aborts its
 * requests when `signal` aborts.
 */
export interface GovernanceReader {
  readonly chain: string
  readonly system: string
  /** What the comparison of several nodes may rely on. @defaultValue nothing declared */
  readonly traits?: ReaderTraits
  /** Host and port, if the reader uses one node only. Named in the report when nodes disagree. */
  readonly host?: string
  /**
   * How the endpoints have answered lately, in the order of the configuration. Endpoints not asked yet are left out.
   */
  readonly endpoints?: () => readonly EndpointScore[]
  /**
   * Returns the newest block of a node, in one request. It wakes the poll and is passed on to `read`. No other node has
   * confirmed it, and fields the server does not report are filled in. A reader that sees its head only together with
   * the proposals omits this method; `read` is then called as often as `readHead` would be.
   */
  readHead?(signal: AbortSignal): Promise<Head>
  /**
   * Returns the head of the first healthy node, whatever the finality, and whether the node is synced. Used before an
   * upgrade. Unlike the other methods it also answers for a node that is still catching up.
   */
  readNodeState?(signal: AbortSignal): Promise<NodeState>
  /**
   * Reads on from the cursor, everything at one block. If there is no new block, a reading only proves that the node
   * answers. A long history comes in portions: a reading with `backlog > 0` is sound but not the last, and the caller
   * should read again at once.
   */
  read(request: ReadRequest): Promise<GoodReading>
  /**
   * Returns what the chain recorded about the signature of a validator under a block; `undefined` if that is not
   * settled yet. `validator` is the consensus address, 40 upper-case hex digits. Absent if the system cannot tell.
   */
  readSignature?(height: bigint, validator: string, signal: AbortSignal): Promise<BlockSignature | undefined>
  /**
   * Returns the block at this height, on the branch the node follows now; `undefined` if the node has not reached the
   * height. Fields the server does not report are filled in as in a reading.
   */
  readBlock(height: bigint, signal: AbortSignal): Promise<Head | undefined>
  /**
   * Returns one proposal as it is now; `undefined` if the chain does not know it. `near` is the block it was submitted
   * in, if known, and saves a search through the history. On Cosmos it is any block at which it was known. A node that
   * has not reached that block at the configured finality fails: its answer would not say that there is no proposal.
   */
  readProposal(contract: string, id: string, signal: AbortSignal, near?: bigint): Promise<Proposal | undefined>
  /**
   * Returns the plan that the chain itself has scheduled, whoever asked for it, as a proposal of its own; `undefined`
   * if there is none. Absent if the system has no such plan.
   */
  readScheduled?(signal: AbortSignal): Promise<Proposal | undefined>
  /** Returns the proposals in one status now, from the start of the history. Expensive: not for polling. */
  readProposals(status: ProposalStatus, signal: AbortSignal): Promise<readonly Proposal[]>
  readParameters(signal: AbortSignal): Promise<readonly GovernanceParameters[]>
  /** Returns those who may vote or validate; empty if the system cannot tell. */
  readMembers(signal: AbortSignal): Promise<readonly Member[]>
  /** Connects to the chain and every contract, and reports what was found. */
  check(signal: AbortSignal): Promise<readonly SystemReport[]>
}
