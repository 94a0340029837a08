import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { arrivals } from '../arrivals.js'
import { listen } from './listen.js'

const callSchema = z.looseObject({
  jsonrpc: z.literal('2.0'),
  id: z.number(),
  method: z.string(),
  params: z.record(z.string(), z.unknown()).optional(),
})
export type WemixvisorCall = z.infer<typeof callSchema>

/** A proposal in the format of the dialect. */
export type WireProposal = Readonly<Record<string, unknown>> & { readonly proposal_id: string; readonly status: string }

/** How the server misbehaves, or which parts of the dialect it omits; `{}` is the whole dialect. */
export interface Manner {
  /** Accepts one call per request, as the client of wemixvisor sends them. */
  readonly single?: boolean
  /** Methods it does not have. */
  readonly without?: readonly string[]
  /** Names of a status that it refuses. */
  readonly unknownWords?: RegExp
  /** More in `status`, such as `node_info`. */
  readonly status?: Readonly<Record<string, unknown>>
  /** More in `sync_info`. */
  readonly sync?: Readonly<Record<string, unknown>>
  /** The whole body in place of the answers. */
  readonly body?: (answers: readonly object[]) => string
  readonly httpStatus?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Always answers that it knows no proposal of this id. */
  readonly forgets?: (id: string) => boolean
  /** Reports every proposal with an unknown status. */
  readonly garbled?: (id: string) => boolean
  /** Never answers. */
  readonly hang?: boolean
}

export interface WemixvisorServer {
  readonly url: string
  /** The calls of each HTTP request, in order of arrival. */
  readonly requests: readonly (readonly WemixvisorCall[])[]
  /** Blocks come every five seconds from 2026-01-01 on. */
  mine(blocks?: number): void
  height(): number
  /** Adds a proposal, or replaces the one with its id. */
  put(proposal: WireProposal): void
  /** Removes a proposal, as if it had never existed. */
  drop(id: string): void
  behave(manner: Manner): void
  /** Another chain starts with the same name, at this height. */
  restart(height: number): void
  reset(): void
  waitFor(count: number): Promise<unknown>
  /** Resolves when the client has closed a connection before its answer. */
  readonly cut: Promise<void>
  stop(): Promise<void>
}

const genesis = Date.UTC(2026, 0, 1)

/** The time of a block as the server reports it. */
export function timeOfBlock(height: number): string {
  return new Date(genesis + height * 5_000).toISOString()
}

/** A real HTTP server that speaks the dialect of wemixvisor about a chain in memory. */
export async function startWemixvisorServer(height = 1_000, port = 0): Promise<WemixvisorServer> {
  const received = arrivals<readonly WemixvisorCall[]>()
  const proposals = new Map<string, WireProposal>()
  let tip = height
  let era = 0
  let manner: Manner = {}
  let cutOff: () => void = () => undefined
  const cut = new Promise<void>((resolve) => (cutOff = resolve))

  const told = (proposal: WireProposal | undefined): WireProposal | undefined =>
    proposal !== undefined && manner.garbled?.(proposal.proposal_id) === true
      ? { ...proposal, status: 'asleep' }
      : proposal
  const results: Readonly<Record<string, (params: Readonly<Record<string, unknown>>) => unknown>> = {
    status: () => ({ ...manner.status, sync_info: { latest_block_height: String(tip), ...manner.sync } }),
    block: ({ height: asked }) => ({
      block: {
        header: {
          height: asked,
          time: timeOfBlock(Number(asked) + era * 100_000),
          hash: `0x${era === 0 ? '' : 'f'}${Number(asked)
            .toString(16)
            .padStart(era === 0 ? 64 : 63, '0')}`,
        },
        data: { txs: [] },
      },
    }),
    'gov/proposals': ({ proposal_status: word }) => ({
      proposals: [...proposals.values()]
        .filter(({ status }) => status === word)
        .filter(({ proposal_id: id }) => manner.forgets?.(id) !== true)
        .map(told),
    }),
    'gov/proposal': ({ proposal_id: id }) => ({ proposal: told(proposals.get(String(id))) }),
    'gov/params': () => ({
      voting_params: { voting_period: '172800s' },
      deposit_params: { min_deposit: [{ denom: 'uwemix', amount: '10000000' }], max_deposit_period: '172800s' },
      tally_params: {
        quorum: '0.334000000000000000',
        threshold: '0.500000000000000000',
        veto_threshold: '0.334000000000000000',
      },
    }),
    validators: () => ({
      validators: [{ address: 'wemixvaloper1abc', pub_key: 'base64key', voting_power: '1000000' }],
    }),
  }
  const answer = ({ id, method, params = {} }: WemixvisorCall): object => {
    const refuse = (code: number, message: string): object => ({ jsonrpc: '2.0', id, error: { code, message } })
    const result = manner.without?.includes(method) === true ? undefined : results[method]
    if (result === undefined) return refuse(-32601, 'Method not found')
    if (method === 'gov/proposals' && manner.unknownWords?.test(String(params['proposal_status'])) === true)
      return refuse(-32602, 'unknown proposal_status')
    if (method === 'block' && (Number(params['height']) > tip || Number(params['height']) < 1))
      return refuse(
        -32603,
        `height ${String(params['height'])} must be less than or equal to the current blockchain height ${tip}`,
      )
    if (method === 'gov/proposal' && manner.forgets?.(String(params['proposal_id'])) === true)
      return refuse(-32603, 'Proposal not found')
    if (method === 'gov/proposal' && !proposals.has(String(params['proposal_id'])))
      return refuse(-32603, 'Proposal not found')
    return { jsonrpc: '2.0', id, result: result(params) }
  }

  const server = await listen((request, response) => {
    void text(request)
      .then((body) => {
        const parsed: unknown = JSON.parse(body)
        const calls = z.array(callSchema).parse(Array.isArray(parsed) ? parsed : [parsed])
        received.add(calls)
        const { single, hang, httpStatus = 200, headers = {}, body: write } = manner
        if (hang === true) return void request.socket.once('close', cutOff)
        const answers = calls.map(answer)
        const refusal = { jsonrpc: '2.0', id: null, error: { code: -32600, message: 'Invalid Request' } }
        const said = Array.isArray(parsed) ? (single === true ? refusal : answers) : answers[0]
        response
          .writeHead(httpStatus, { 'content-type': 'application/json', ...headers })
          .end(write?.(answers) ?? JSON.stringify(said))
      })
      .catch(() => response.writeHead(400).end())
  }, port)
  return {
    url: server.url,
    requests: received.all,
    mine: (blocks = 1) => void (tip += blocks),
    height: () => tip,
    put: (proposal) => void proposals.set(proposal.proposal_id, proposal),
    drop: (id) => void proposals.delete(id),
    behave: (next) => void (manner = next),
    restart: (next) => {
      era += 1
      tip = next
      proposals.clear()
    },
    reset: received.clear,
    waitFor: received.waitFor,
    cut,
    stop: () => server.stop(),
  }
}
