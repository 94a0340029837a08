import type { Address } from 'viem'
import type { EvmContext, EvmMemory, EvmOptions } from '../evm/context.js'

export interface GovernorReaderOptions extends EvmOptions {
  /** Governor contracts, in any case. */
  readonly addresses: readonly Address[]
  /** Accounts whose votes are asked for. @defaultValue none */
  readonly voters?: readonly string[]
}

/** What the reader was given, with its addresses in order. */
export interface GovernorContext extends EvmContext {
  readonly addresses: readonly Address[]
  readonly voters?: readonly string[]
}

/** What the reader learns once and keeps while the process lives. Nothing of it has to survive a restart. */
export interface GovernorMemory extends EvmMemory {
  /** By address in lower case; dropped when an event says that the rules changed. */
  readonly rules: Map<string, GovernorRules>
  /** Unix milliseconds at which each governor was found out about, by its address in lower case. */
  readonly probedAt: Map<string, number>
  /** Head when the rules were read: events up to it hold no news. */
  rulesAt?: bigint
}

/** How one governor works, as its contract says. */
export interface GovernorRules {
  readonly address: Address
  /** Such as `OpenZeppelin Governor 5`. */
  readonly flavour: string
  readonly clock: 'block' | 'timestamp'
  /** The clock is the block number of another chain: nothing here compares with it, the contract alone knows. */
  readonly isDistant?: true
  /** The chain whose clock it is, where the contract names one. */
  readonly clockOf?: string | undefined
  /**
   * What vouches for the content of a proposal: its id, which is the hash of it; the contract, which finds the id by
   * the content; or the contract, which keeps the calls. Absent where nothing does.
   */
  readonly vouchedBy?: 'hash' | 'content' | 'actions' | undefined
  /** Which view tells the votes; `logs` where there is none and they are summed from the events. */
  readonly votesFrom: 'proposalVotes' | 'proposals' | 'logs'
  /** Compound's quorum is one number; OpenZeppelin's depends on the snapshot. */
  readonly fixedQuorum?: bigint | undefined
  readonly quorumRule?: QuorumRule | undefined
  /** The deadline of a vote can move. */
  readonly extendsDeadline: boolean
  readonly name?: string | undefined
  readonly countingMode?: string | undefined
  readonly token?: Address | undefined
  /** The token its votes are those of, by whatever name the contract has for it. */
  readonly countedIn?: Address | undefined
  /** The unit of that token, once it was asked for. */
  readonly unit?: TokenUnit
  readonly timelock?: Address | undefined
  /** In the unit of the clock, as the period. */
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

/** What the votes of a token are counted in, for people. */
export interface TokenUnit {
  /** Absent where the token has none that can be shown. */
  readonly symbol?: string
  /** Digits after the point; absent where its votes have none, as those of an NFT. */
  readonly decimals?: number
}
