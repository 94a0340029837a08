import type { ClassifyRule } from '../../../domain/proposals/classify.js'
import type { HttpEndpoint } from '../../http/createHttpEndpoints.js'
import type { OpeningMemory } from '../opening.js'
import type { NodeStatus } from '../cosmosSdk/cometBft.js'
import type { RestMemory } from '../cosmosSdk/rest.js'

export interface CosmosReaderOptions {
  /** Name of the chain in the config. */
  readonly chain: string
  /** CometBFT RPC servers: heights and times. */
  readonly rpc: readonly HttpEndpoint[]
  /** REST servers (API, LCD): governance and upgrades. */
  readonly rest: readonly HttpEndpoint[]
  /** A server of another chain is refused. @defaultValue the id of the first server that answers */
  readonly chainId?: string | number
  /** The operator's own rules for the type of a proposal. @defaultValue none */
  readonly classify?: readonly ClassifyRule[]
  /** Accounts whose votes are asked for, as far as fifty questions a poll go. @defaultValue none */
  readonly voters?: readonly string[]
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
}

export interface CosmosContext extends Omit<CosmosReaderOptions, 'chainId' | 'classify' | 'voters'> {
  readonly chainId?: string
  readonly classify: readonly ClassifyRule[]
  readonly voters: readonly string[]
}

/** `v1` since SDK 0.46. */
export type GovVersion = 'v1' | 'v1beta1'

/** What the reader learns and keeps while the process lives. Nothing of it has to survive a restart. */
export interface Memory extends OpeningMemory<HttpEndpoint, NodeStatus>, RestMemory {
  chainId?: string
  /** By REST server: what it serves, and that it serves this chain. */
  readonly versions: Map<HttpEndpoint, GovVersion>
  /** By REST server: the host time since which it is taken for one without v1. */
  readonly oldSince: Map<HttpEndpoint, number>
  /** By REST server: the host time at which it last hung when asked for a tally, or for a vote. */
  readonly tallyHungAt: Map<HttpEndpoint, number>
  readonly voteHungAt: Map<HttpEndpoint, number>
  /** Proposals whose tally was asked for and not told at the last reading: they are asked for after the others. */
  readonly untoldTallies: Set<bigint>
  /** REST servers that refused a page which starts at an id of our own choice. */
  readonly unkeyed: Set<HttpEndpoint>
  /** Host time at which a CometBFT server was last seen to have a block that is known. */
  readonly comparedAt: Map<HttpEndpoint, number>
  /** By id, of open proposals that could not be read at the last reading: the host time since which. */
  readonly unreadSince: Map<string, number>
  /** Host time at which proposals that could not be read were last tried again. */
  triedAt?: number
  rules?: Omit<GovRules, 'bonded'>
  /** Whether votes were read that are without their unit still: then it reads on though no block is new. */
  lacksUnit?: boolean
  /** Host time the rules were read; absent while they have to be asked for again. */
  rulesAt?: number
  /** Whether a part of the rules was said not to be served, when they were last asked for. */
  isUnserved?: boolean
}

export function newMemory(): Memory {
  return {
    versions: new Map(),
    oldSince: new Map(),
    verified: new Set(),
    infoHungAt: new Map(),
    tallyHungAt: new Map(),
    voteHungAt: new Map(),
    untoldTallies: new Set(),
    unkeyed: new Set(),
    comparedAt: new Map(),
    unreadSince: new Map(),
  }
}

/** What a vote is decided by: shares as SDK decimals times 10^18, tokens in the smallest unit. */
export interface GovRules {
  /** Denomination of the votes. Absent where nobody has answered yet. */
  readonly unit?: string
  readonly quorum?: bigint
  readonly threshold?: bigint
  readonly expeditedThreshold?: bigint
  readonly vetoThreshold?: bigint
  /** All bonded tokens: what could vote. */
  readonly bonded?: bigint
}
