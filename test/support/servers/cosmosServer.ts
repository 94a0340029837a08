import type { IncomingMessage, ServerResponse } from 'node:http'
import { listen } from './listen.js'

/** A proposal as the chain keeps it; the server tells it in the words of v1 or v1beta1. */
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
  /** Paths that fail, and how; `drop` cuts the connection, `hang` never answers. Asked with path and query. */
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
  /** The height some answers are for. */
  readonly heightOf?: (path: string) => number | undefined
  /** Says nothing of the height it answers for. */
  readonly hidesHeight?: boolean
  /** Versions of x/gov served. @defaultValue both */
  readonly versions?: readonly string[]
  /** Lists that hold this proposal fall over; it can still be read by id, unless `isUnreadable`. */
  readonly spoilt?: number
  readonly isUnreadable?: boolean
  /** Refuses the names of statuses, as SDK 0.46 does. */
  readonly numbersOnly?: boolean
  /** Every page holds the same proposals and names the same next page. */
  readonly circles?: boolean
  /** Every page holds this many proposals that nobody made, each with an id above all before, and names a next one. */
  readonly invents?: number
  /** Tells no number of all proposals. */
  readonly countsNothing?: boolean
  /** Proposals it tells with a status that nobody knows. */
  readonly garbled?: (id: number) => boolean
  /** Other parts of the status; a part that is `undefined` is left out. */
  readonly sync?: Readonly<Record<string, unknown>>
  /** Name of the header that tells the height. */
  readonly heightHeader?: string
  /** Serves no single blocks. */
  readonly hidesBlocks?: boolean
  /** Takes only page keys that it gave itself; others it refuses, or begins anew. */
  readonly otherKeys?: 'refused' | 'ignored'
}

export interface CosmosServer {
  /** Both the CometBFT and the REST address. */
  readonly url: string
  /** Path and query of every request, in order. */
  readonly requests: string[]
  behave(behaviour: CosmosBehaviour): void
  /** Other blocks come; seconds move five a block. */
  mine(blocks: number): void
  readonly height: () => number
  /** Adds a proposal, or replaces what is said of it. */
  put(id: number, parts?: Partial<ChainProposal>): void
  /** The chain deletes it. */
  drop(id: number): void
  /** What x/upgrade has scheduled; `null` for nothing. */
  schedule(plan: ChainPlan | null): void
  /** The chain begins anew under the same id, and stands at this height: every block is another one. */
  reset(height: number): void
  /** The plan is carried out at the height of the chain. */
  apply(name: string): void
  /** Answers a path with this body. */
  answer(path: string, body: unknown): void
  stop(): Promise<void>
}

/** Unix seconds of block 0. */
export const start = 1_719_000_000
const zero = ['0', '0', '0', '0'] as const

export function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('Z', '356134Z')
}

/** A text proposal in voting. */
function newProposal(id: number): ChainProposal {
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

/** A Cosmos chain in memory behind real HTTP, REST and CometBFT on one port, in the shapes that real ones have. */
export async function startCosmosServer(pageSize = 100): Promise<CosmosServer> {
  const proposals = new Map<number, ChainProposal>()
  const applied = new Map<string, number>()
  const answers = new Map<string, unknown>()
  const requests: string[] = []
  const given = new Set<string>()
  let plan: ChainPlan | null = null
  let height = 1_000
  let era = 0
  let behaviour: CosmosBehaviour = {}

  const stateHeight = (): number => height - (behaviour.lag ?? 0)

  const server = await listen((request, response) => {
    respond(request, response)
  })

  function respond(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://chain')
    const asked = `${url.pathname}${url.search}`
    requests.push(asked)
    const failure = behaviour.fail?.(asked)
    if (failure === 'hang') return
    if (failure === 'drop') {
      request.socket.destroy()
      return
    }
    if (failure !== undefined) {
      response.writeHead(failure.status, failure.headers).end(failure.body)
      return
    }
    const { status, body } = route(url)
    response
      .writeHead(status, {
        'content-type': 'application/json',
        ...(behaviour.hidesHeight === true || url.pathname === '/status'
          ? {}
          : {
              [behaviour.heightHeader ?? 'Grpc-Metadata-X-Cosmos-Block-Height']: String(
                behaviour.heightOf?.(asked) ?? stateHeight(),
              ),
            }),
      })
      .end(JSON.stringify(body))
  }

  function route(url: URL): Answer {
    const { pathname } = url
    if (answers.has(pathname)) return ok(answers.get(pathname))
    if (pathname === '/status' || pathname === '/v1/status') return ok({ jsonrpc: '2.0', id: -1, result: statusOf() })
    if (pathname === '/commit' || pathname === '/block')
      return blockAt(pathname, Number(url.searchParams.get('height') ?? height))
    const gov = /^\/cosmos\/gov\/(v1|v1beta1)(\/.*)$/.exec(pathname)
    if (gov !== null) {
      const [, version = '', path = ''] = gov
      return (behaviour.versions ?? ['v1', 'v1beta1']).includes(version)
        ? govRoute(version, path, url.searchParams)
        : unserved
    }
    if (pathname === '/cosmos/upgrade/v1beta1/current_plan') {
      return ok({ plan: plan === null ? null : { time: '0001-01-01T00:00:00Z', upgraded_client_state: null, ...plan } })
    }
    if (pathname.startsWith('/cosmos/upgrade/v1beta1/applied_plan/')) {
      const name = decodeURIComponent(pathname.slice('/cosmos/upgrade/v1beta1/applied_plan/'.length))
      // The gateway takes a path apart after it has decoded it: no route fits.
      return name === '' || name.includes('/') ? unserved : ok({ height: String(applied.get(name) ?? 0) })
    }
    if (pathname === '/cosmos/staking/v1beta1/pool')
      return ok({ pool: { not_bonded_tokens: '6592794544086', bonded_tokens: '1000000' } })
    if (pathname === '/cosmos/staking/v1beta1/params') return ok({ params: { bond_denom: 'uatom' } })
    if (pathname === '/cosmos/staking/v1beta1/validators') {
      return ok({
        validators: [
          { operator_address: 'cosmosvaloper1a', tokens: '600000' },
          { operator_address: 'cosmosvaloper1b', tokens: '400000' },
        ],
        pagination: { next_key: null, total: '2' },
      })
    }
    if (pathname === '/cosmos/base/tendermint/v1beta1/node_info') {
      return ok({
        default_node_info: { network: behaviour.network ?? 'cosmoshub-4', version: '0.37.6' },
        application_version: { name: 'gaia', version: 'v17.0.0', cosmos_sdk_version: 'v0.47.13' },
      })
    }
    return unserved
  }

  function statusOf(): unknown {
    return {
      node_info: { network: behaviour.network ?? 'cosmoshub-4', version: '0.37.6' },
      sync_info: {
        latest_block_hash: hashOf(height, era),
        latest_block_height: String(height),
        latest_block_time: timeAt(height),
        earliest_block_hash: hashOf(1, era),
        earliest_block_height: '1',
        earliest_block_time: timeAt(1),
        catching_up: behaviour.catchingUp ?? false,
        ...behaviour.sync,
      },
      validator_info: { address: 'DFA9DD9F731B4D94E19285E810D5D425CC6BB1E3', voting_power: '0' },
    }
  }

  /** A chain that began anew has later blocks at lower heights. */
  function timeAt(block: number): string {
    return timeOf(start + era * 1_000_000 + block * 5)
  }

  function blockAt(path: string, block: number): Answer {
    if (behaviour.hidesBlocks === true) return { status: 404, body: {} }
    if (block < 1 || block > height) {
      return {
        status: 500,
        body: {
          jsonrpc: '2.0',
          id: -1,
          error: {
            code: -32603,
            message: 'Internal error',
            data: `height ${block} must be less than or equal to the current blockchain height ${height}`,
          },
        },
      }
    }
    const [id, header] = [
      { hash: hashOf(block, era) },
      { chain_id: behaviour.network ?? 'cosmoshub-4', height: String(block), time: timeAt(block) },
    ]
    return ok({
      jsonrpc: '2.0',
      id: -1,
      result:
        path === '/block'
          ? { block_id: id, block: { header } }
          : { signed_header: { header, commit: { height: String(block), block_id: id } }, canonical: true },
    })
  }

  function govRoute(version: string, path: string, query: URLSearchParams): Answer {
    if (path === '/proposals') return list(version, query)
    if (path.startsWith('/params/')) return ok(paramsOf(path.slice('/params/'.length), version))
    const [, id = '', rest = ''] = /^\/proposals\/([0-9]+)(\/.*)?$/.exec(path) ?? []
    const proposal = proposals.get(Number(id))
    if (proposal === undefined)
      return { status: 404, body: { code: 5, message: `proposal ${id} doesn't exist`, details: [] } }
    if (behaviour.spoilt === proposal.id && behaviour.isUnreadable === true) return spoilt
    if (rest === '/tally') return ok({ tally: tallyOf(proposal.votes, version) })
    return ok({
      proposal:
        behaviour.garbled?.(proposal.id) === true
          ? { id, status: 'PROPOSAL_STATUS_OF_TOMORROW' }
          : told(proposal, version),
    })
  }

  function list(version: string, query: URLSearchParams): Answer {
    const wanted = query.get('proposal_status')
    if (wanted !== null && behaviour.numbersOnly === true && !/^[0-9]+$/.test(wanted)) {
      return {
        status: 400,
        body: {
          code: 3,
          message: `parsing field "proposal_status": strconv.ParseInt: parsing "${wanted}": invalid syntax`,
          details: [],
        },
      }
    }
    if (behaviour.circles === true) {
      const first = [...proposals.values()].slice(0, pageSize).map((proposal) => told(proposal, version))
      return ok({ proposals: first, pagination: { next_key: 'AAAAAAAAAAM=', total: '0' } })
    }
    const key = query.get('pagination.key')
    if (behaviour.invents !== undefined) {
      const first = key === null ? 1 : Number(Buffer.from(key, 'base64').readBigUInt64BE())
      const made = Array.from({ length: behaviour.invents }, (_, index) => ({
        ...newProposal(first + index),
        status: 'REJECTED' as const,
      }))
      return ok({
        proposals: wanted === null ? made.map((proposal) => told(proposal, version)) : [],
        pagination: { next_key: wanted === null ? keyOf(first + behaviour.invents) : null, total: '0' },
      })
    }
    const isForeign = key !== null && behaviour.otherKeys !== undefined && !given.has(key)
    if (isForeign && behaviour.otherKeys === 'refused')
      return { status: 400, body: { code: 3, message: 'invalid key', details: [] } }
    const from = key === null || isForeign ? 0 : Number(Buffer.from(key, 'base64').readBigUInt64BE())
    const order = query.get('pagination.reverse') === 'true' ? -1 : 1
    const all = [...proposals.values()].sort((a, b) => (a.id - b.id) * order).filter(({ id }) => id >= from)
    const isWanted = ({ status }: ChainProposal): boolean =>
      wanted === null || wanted === `PROPOSAL_STATUS_${status}` || wanted === statusNumbers[status]
    const fitting = all.filter(isWanted)
    const page = fitting.slice(0, Math.min(pageSize, Number(query.get('pagination.limit') ?? '100')))
    // The filter looks at every proposal on its way, as the SDK does.
    const seen = wanted === null ? page : all
    if (seen.some(({ id }) => id === behaviour.spoilt)) return spoilt
    const next = fitting[page.length]
    const nextKey = next === undefined ? null : keyOf(next.id)
    if (nextKey !== null) given.add(nextKey)
    if (version === 'v1beta1' && page.some(({ messages }) => messages.length !== 1)) {
      return {
        status: 500,
        body: {
          code: 2,
          message:
            "can't convert a gov/v1 Proposal to gov/v1beta1 Proposal when amount of proposal messages not exactly one: invalid type: unknown request",
          details: [],
        },
      }
    }
    return ok({
      proposals: page.map((proposal) =>
        behaviour.garbled?.(proposal.id) === true
          ? { id: String(proposal.id), status: 'PROPOSAL_STATUS_OF_TOMORROW' }
          : told(proposal, version),
      ),
      pagination: {
        next_key: nextKey,
        total: key === null && behaviour.countsNothing !== true ? String(fitting.length) : '0',
      },
    })
  }

  return {
    url: server.url,
    requests,
    behave(next) {
      behaviour = next
    },
    mine(blocks) {
      height += blocks
    },
    height: () => height,
    put(id, parts = {}) {
      proposals.set(id, { ...(proposals.get(id) ?? newProposal(id)), ...parts })
    },
    drop(id) {
      proposals.delete(id)
    },
    schedule(next) {
      plan = next
    },
    reset(next) {
      era += 1
      height = next
      proposals.clear()
      plan = null
    },
    apply(name) {
      applied.set(name, height)
      plan = null
    },
    answer(path, body) {
      answers.set(path, body)
    },
    stop: () => server.stop(),
  }
}

interface Answer {
  readonly status: number
  readonly body: unknown
}

const unserved: Answer = { status: 501, body: { code: 12, message: 'Not Implemented', details: [] } }
const spoilt: Answer = {
  status: 500,
  body: {
    code: 13,
    message:
      'no concrete type registered for type URL /centauri.ratelimit.v1beta1.MsgAddRateLimit against interface *types.Msg',
    details: [],
  },
}
const statusNumbers = {
  DEPOSIT_PERIOD: '1',
  VOTING_PERIOD: '2',
  PASSED: '3',
  REJECTED: '4',
  FAILED: '5',
  UNSPECIFIED: '0',
} as const

function ok(body: unknown): Answer {
  return { status: 200, body }
}

/** The page key of the SDK: the id in eight bytes. */
export function keyOf(id: number): string {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(id))
  return bytes.toString('base64')
}

function hashOf(height: number, era: number): string {
  return `${era === 0 ? '' : `${era}F`}${height.toString(16).toUpperCase().padStart(8, '0')}`.padStart(64, '0')
}

function tallyOf([yes, abstain, no, veto]: ChainProposal['votes'], version: string): unknown {
  return version === 'v1'
    ? { yes_count: yes, abstain_count: abstain, no_count: no, no_with_veto_count: veto }
    : { yes, abstain, no, no_with_veto: veto }
}

function told(proposal: ChainProposal, version: string): unknown {
  const common = {
    status: `PROPOSAL_STATUS_${proposal.status}`,
    final_tally_result: tallyOf(proposal.finalVotes, version),
    submit_time: proposal.submitTime,
    deposit_end_time: proposal.depositEnd,
    total_deposit: [{ denom: 'uatom', amount: '250000000' }],
    voting_start_time: proposal.votingStart,
    voting_end_time: proposal.votingEnd,
  }
  if (version === 'v1beta1') {
    const [message] = proposal.messages
    return { proposal_id: String(proposal.id), content: message?.['content'] ?? null, ...common }
  }
  const { messages, metadata, title, summary, proposer, expedited, failedReason } = proposal
  return {
    id: String(proposal.id),
    messages,
    ...common,
    metadata,
    title,
    summary,
    proposer,
    expedited,
    failed_reason: failedReason,
  }
}

function paramsOf(kind: string, version: string): unknown {
  const own = {
    voting_params: { voting_period: kind === 'voting' ? '1209600s' : '0s' },
    deposit_params:
      kind === 'deposit'
        ? { min_deposit: [{ denom: 'uatom', amount: '250000000' }], max_deposit_period: '1209600s' }
        : { min_deposit: [], max_deposit_period: '0s' },
    tally_params:
      kind === 'tallying'
        ? { quorum: '0.400000000000000000', threshold: '0.500000000000000000', veto_threshold: '0.334000000000000000' }
        : { quorum: '0.000000000000000000', threshold: '0.000000000000000000', veto_threshold: '0.000000000000000000' },
  }
  if (version === 'v1beta1') return own
  return {
    voting_params: null,
    deposit_params: null,
    tally_params: null,
    params: {
      min_deposit: [{ denom: 'uatom', amount: '250000000' }],
      max_deposit_period: '1209600s',
      voting_period: '1209600s',
      quorum: '0.400000000000000000',
      threshold: '0.500000000000000000',
      veto_threshold: '0.334000000000000000',
      expedited_voting_period: '86400s',
      expedited_threshold: '0.667000000000000000',
      expedited_min_deposit: [{ denom: 'uatom', amount: '500000000' }],
    },
  }
}

/** `MsgSoftwareUpgrade`. */
export function upgradeMessage(name: string, height: number, info = ''): Readonly<Record<string, unknown>> {
  return {
    '@type': '/cosmos.upgrade.v1beta1.MsgSoftwareUpgrade',
    authority: 'cosmos10d07y265gmmuvt4z0w9aw880jnsr700j6zn9kn',
    plan: { name, time: '0001-01-01T00:00:00Z', height: String(height), info, upgraded_client_state: null },
  }
}

/** An old kind of proposal as v1 tells it. */
export function legacyMessage(
  type: string,
  fields: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    '@type': '/cosmos.gov.v1.MsgExecLegacyContent',
    authority: 'cosmos10d07y265gmmuvt4z0w9aw880jnsr700j6zn9kn',
    content: { '@type': type, title: 'A title of old', description: 'A description of old', ...fields },
  }
}
