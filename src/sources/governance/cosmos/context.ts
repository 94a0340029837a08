import type { ClassifyRule } from '../../../domain/proposals/classify.js'
import type { HttpEndpoint } from '../../http/createHttpEndpoints.js'
import type { OpeningMemory } from '../opening.js'
import type { NodeStatus } from '../cosmosSdk/cometBft.js'
import type { RestMemory } from '../cosmosSdk/verifyServer.js'

export interface CosmosReaderOptions {
  /** Name of the chain in the configuration. */
  readonly chain: string
  /** CometBFT RPC servers: heights and times. */
  readonly rpc: readonly HttpEndpoint[]
  /** REST servers (API, LCD): governance and upgrades. */
  readonly rest: readonly HttpEndpoint[]
  /** Expected chain id; a server of another chain is refused. @defaultValue the id of the first server that answers */
  readonly chainId?: string | number
  /** The operator's own rules for the type of a proposal. @defaultValue none */
  readonly classify?: readonly ClassifyRule[]
  /** Accounts whose votes are requested, with at most fifty questions a poll. @defaultValue none */
  readonly voters?: readonly string[]
  /** Returns the time in Unix milliseconds. */
  readonly now: () => number
}

export interface CosmosContext extends Omit<CosmosReaderOptions, 'chainId' | 'classify' | 'voters'> {
  readonly chainId?: string
  readonly classify: readonly ClassifyRule[]
  readonly voters: readonly string[]
}

/** `v1` exists since SDK 0.46. */
export type GovVersion = 'v1' | 'v1beta1'

/** What the reader learns and keeps in memory. None of it has to survive a restart. */
export interface Memory extends OpeningMemory<HttpEndpoint, NodeStatus>, RestMemory {
  chainId?: string
  /** By REST server: the gov version it serves. */
  readonly versions: Map<HttpEndpoint, GovVersion>
  /** By REST server: the host time since which it counts as a server without v1. */
  readonly oldSince: Map<HttpEndpoint, number>
  /** By REST server: the host time at which a request for a tally last hung. `voteHungAt` is the same for votes. */
  readonly tallyHungAt: Map<HttpEndpoint, number>
  readonly voteHungAt: Map<HttpEndpoint, number>
  /** Proposals whose tally was requested without success at the last reading; they are asked for after the others. */
  readonly untoldTallies: Set<bigint>
  /** REST servers that refused a page that starts at an id we chose. */
  readonly unkeyed: Set<HttpEndpoint>
  /** Host time at which a CometBFT server was last seen to have a known block. */
  readonly comparedAt: Map<HttpEndpoint, number>
  /** By id of open proposals that could not be read at the last reading: the host time of the first failure. */
  readonly unreadSince: Map<string, number>
  /** Host time at which unreadable proposals were last tried again. */
  triedAt?: number
  rules?: Omit<GovRules, 'bonded'>
  /** True if votes were read without a unit; reading then continues even if there is no new block. */
  lacksUnit?: boolean
  /** Ids of closed proposals that were read without a unit, and need not be read again before it is known. */
  readonly unitless: Set<bigint>
  /** Host time at which the rules were read; absent while they have to be requested again. */
  rulesAt?: number
  /** Whether a server said, when last asked, that it does not serve a part of the rules. */
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
    unitless: new Set(),
  }
}

/** The rules that decide a vote. Shares are SDK decimals times 10^18, tokens are in the smallest unit. */
export interface GovRules {
  /** Denomination of the votes. Absent if no server has answered yet. */
  readonly unit?: string
  readonly quorum?: bigint
  readonly threshold?: bigint
  readonly expeditedThreshold?: bigint
  readonly vetoThreshold?: bigint
  /** All bonded tokens, which is the maximum that can vote. */
  readonly bonded?: bigint
}
