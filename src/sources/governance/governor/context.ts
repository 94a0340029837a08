import type { Address } from 'viem'
import type { ProposalKey } from '../../../domain/proposals/proposal.js'
import type { EvmEndpoint } from '../../rpc/createEvmEndpoints.js'
import type { EvmContext, EvmMemory, EvmOptions } from '../evm/context.js'

export interface GovernorReaderOptions extends EvmOptions {
  /** Addresses of the governor contracts, in any letter case. */
  readonly addresses: readonly Address[]
  /** Accounts whose votes are requested. @defaultValue none */
  readonly voters?: readonly string[]
}

/** The options of the reader, with checksummed addresses. */
export interface GovernorContext extends EvmContext {
  readonly addresses: readonly Address[]
  readonly voters?: readonly string[]
}

/** What the reader learns once and keeps in memory. None of it has to survive a restart. */
export interface GovernorMemory extends EvmMemory {
  /** By address in lower case; removed when an event says that the rules have changed. */
  readonly rules: Map<string, GovernorRules>
  /** When each governor was probed, in Unix milliseconds, by its address in lower case. */
  readonly probedAt: Map<string, number>
  /** Head when the rules were read. Rule events of earlier blocks are already covered. */
  rulesAt?: bigint
  /** Searches for the block of a proposal that have not ended yet. A node may lack what another one has. */
  readonly searches: WeakMap<EvmEndpoint, Map<ProposalKey, Searched>>
}

/** The blocks that were searched for a proposal, without finding it: both ends included. */
export interface Searched {
  readonly from: bigint
  readonly to: bigint
}

/** How one governor works, according to its contract. */
export interface GovernorRules {
  readonly address: Address
  /** For example `OpenZeppelin Governor 5`. */
  readonly flavour: string
  readonly clock: 'block' | 'timestamp'
  /**
   * The clock is the block number of another chain. It cannot be compared with blocks here; only the contract knows it.
   */
  readonly isDistant?: true
  /** The chain whose clock it is, if the contract names one. */
  readonly clockOf?: string | undefined
  /**
   * What confirms the content of a proposal. `hash`: the id is the hash of the content. `content`: the contract finds
   * the id for a content. `actions`: the contract stores the calls. Absent if nothing confirms it.
   */
  readonly vouchedBy?: 'hash' | 'content' | 'actions' | undefined
  /** The view that returns the votes; `logs` if there is none and the votes are summed from the events. */
  readonly votesFrom: 'proposalVotes' | 'proposals' | 'logs'
  /** Set if the quorum is one number, as in Compound; in OpenZeppelin it depends on the snapshot. */
  readonly fixedQuorum?: bigint | undefined
  readonly quorumRule?: QuorumRule | undefined
  /** True if the deadline of a vote can move. */
  readonly extendsDeadline: boolean
  readonly name?: string | undefined
  readonly countingMode?: string | undefined
  readonly token?: Address | undefined
  /** The token whose votes are counted, whatever the contract calls it. */
  readonly countedIn?: Address | undefined
  /** The unit of that token, once it was read. */
  readonly unit?: TokenUnit
  readonly timelock?: Address | undefined
  /** In the unit of the clock, like the period. */
  readonly votingDelay?: bigint | undefined
  readonly votingPeriod?: bigint | undefined
  readonly proposalThreshold?: bigint | undefined
  readonly quorumNumerator?: bigint | undefined
  readonly quorumDenominator?: bigint | undefined
}

/** Rules by the governor's address in lower case. */
export type RuleBook = ReadonlyMap<string, GovernorRules>

/** Which votes count towards the quorum. */
export type QuorumRule = ReadonlySet<'for' | 'against' | 'abstain'>

/** How to display the votes of a token. */
export interface TokenUnit {
  /** Absent if the token has no symbol that can be shown. */
  readonly symbol?: string
  /** Digits after the decimal point; absent if its votes have none, as for an NFT. */
  readonly decimals?: number
}
