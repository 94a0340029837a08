/** A proposal as the chain stores it; the server encodes it for v1 or v1beta1. */
export interface ChainProposal {
  readonly id: number
  /** `PROPOSAL_STATUS_*`, without that prefix. */
  readonly status: 'DEPOSIT_PERIOD' | 'VOTING_PERIOD' | 'PASSED' | 'REJECTED' | 'FAILED' | 'UNSPECIFIED'
  readonly messages: readonly Readonly<Record<string, unknown>>[]
  readonly title: string
  readonly summary: string
  readonly metadata: string
  readonly proposer: string
  readonly expedited: boolean
  readonly failedReason: string
  readonly submitTime: string
  readonly depositEnd: string
  readonly votingStart: string | null
  readonly votingEnd: string | null
  readonly votes: readonly [yes: string, abstain: string, no: string, veto: string]
  readonly finalVotes: readonly [yes: string, abstain: string, no: string, veto: string]
}

export interface ChainPlan {
  readonly name: string
  readonly height: string
  readonly info: string
  readonly time?: string
}

/** How the server behaves; `{}` is a healthy node. */
export interface CosmosBehaviour {
  /**
   * Paths that fail, and how; `drop` cuts the connection, `hang` never answers. Called with
   * path and query.
   */
  readonly fail?: (
    path: string,
  ) =>
    | { readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> }
    | 'drop'
    | 'hang'
    | undefined
  readonly network?: string
  readonly catchingUp?: boolean
  /** Blocks the REST state is behind the head. */
  readonly lag?: number
  /** The height reported with some answers. */
  readonly heightOf?: (path: string) => number | undefined
  /** Does not report the height of its answers. */
  readonly hidesHeight?: boolean
  /** Versions of x/gov served. @defaultValue both */
  readonly versions?: readonly string[]
  /** Lists with this proposal fail; it can still be read by id, unless `isUnreadable`. */
  readonly spoilt?: number
  readonly isUnreadable?: boolean
  /** Refuses the names of statuses, as SDK 0.46 does. */
  readonly numbersOnly?: boolean
  /** Every page has the same proposals and names the same next page. */
  readonly circles?: boolean
  /**
   * Every page has this many invented proposals, each with an id above all before, and names a
   * next one.
   */
  readonly invents?: number
  /** Does not report the total number of proposals. */
  readonly countsNothing?: boolean
  /** Proposals that it reports with an unknown status. */
  readonly garbled?: (id: number) => boolean
  /** Consensus addresses of the validators. @defaultValue none */
  readonly validators?: readonly string[]
  /** How a validator votes on a block. @defaultValue all for it */
  readonly votes?: (validator: string, block: number) => 'commit' | 'nil' | 'absent'
  /** Other parts of the status; a part that is `undefined` is left out. */
  readonly sync?: Readonly<Record<string, unknown>>
  /** Name of the header with the height. */
  readonly heightHeader?: string
  /** Serves no single blocks. */
  readonly hidesBlocks?: boolean
  /** Answers 404 and not 400 for a vote that was not cast. */
  readonly missesVotes?: boolean
  /** Accepts only page keys that it issued itself; it refuses others, or starts again. */
  readonly otherKeys?: 'refused' | 'ignored'
}

/** The content of a Cosmos chain in memory, and the behaviour of its server. */
export interface CosmosChain {
  readonly proposals: Map<number, ChainProposal>
  /** Who has voted, by proposal; removed once the vote is over. */
  readonly votes: Map<number, Set<string>>
  /** Heights at which plans were applied, by name. */
  readonly applied: Map<string, number>
  /** Page keys that the server issued. */
  readonly givenKeys: Set<string>
  readonly pageSize: number
  plan: ChainPlan | null
  height: number
  /** How often the chain was restarted. */
  era: number
  /** The version of the application in a block. */
  versionAt: (block: number) => number
  behaviour: CosmosBehaviour
}

export function newCosmosChain(pageSize: number): CosmosChain {
  return {
    proposals: new Map(),
    votes: new Map(),
    applied: new Map(),
    givenKeys: new Set(),
    pageSize,
    plan: null,
    height: 1_000,
    era: 0,
    versionAt: () => 0,
    behaviour: {},
  }
}

/** Unix seconds of block 0. */
export const start = 1_719_000_000
const zero = ['0', '0', '0', '0'] as const

export function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('Z', '356134Z')
}

/** A text proposal in voting. */
export function newProposal(id: number): ChainProposal {
  return {
    id,
    status: 'VOTING_PERIOD',
    messages: [],
    title: `Proposal ${id}`,
    summary: `What ${id} is about.`,
    metadata: '',
    proposer: 'cosmos1proposer',
    expedited: false,
    failedReason: '',
    submitTime: timeOf(start),
    depositEnd: timeOf(start + 1000),
    votingStart: timeOf(start + 10),
    votingEnd: timeOf(start + 100_000),
    votes: zero,
    finalVotes: zero,
  }
}
