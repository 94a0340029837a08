import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Answer, ok, unserved } from './cosmos/answer.js'
import {
  type ChainPlan,
  type ChainProposal,
  type CosmosBehaviour,
  type CosmosChain,
  newCosmosChain,
  newProposal,
} from './cosmos/chain.js'
import { cometRoute } from './cosmos/cometRoutes.js'
import { govRoute } from './cosmos/govRoutes.js'
import { moduleRoute } from './cosmos/moduleRoutes.js'
import { listen } from './listen.js'

export interface CosmosServer {
  /** Both the CometBFT and the REST address. */
  readonly url: string
  /** Path and query of every request, in order. */
  readonly requests: string[]
  behave(behaviour: CosmosBehaviour): void
  /** More blocks are added; the time advances five seconds a block. */
  mine(blocks: number): void
  readonly height: () => number
  /** Adds a proposal, or replaces it. */
  put(id: number, parts?: Partial<ChainProposal>): void
  /** The chain deletes it. */
  drop(id: number): void
  /** This account votes. */
  vote(id: number, voter: string): void
  /** The state without that vote, as on a server that is behind. */
  unvote(id: number, voter: string): void
  /** The plan scheduled in x/upgrade; `null` for none. */
  schedule(plan: ChainPlan | null): void
  /** The chain restarts with the same id at this height: every block is another one. */
  reset(height: number): void
  /** The plan is applied at this height, or at that of the chain. */
  apply(name: string, height?: number): void
  /** Answers a path with this body. */
  answer(path: string, body: unknown): void
  stop(): Promise<void>
}

/**
 * A Cosmos chain in memory behind real HTTP, REST and CometBFT on one port, with real answer
 * formats.
 */
export async function startCosmosServer(pageSize = 100): Promise<CosmosServer> {
  const chain = newCosmosChain(pageSize)
  const answers = new Map<string, unknown>()
  const requests: string[] = []
  const server = await listen((request, response) => {
    const url = new URL(request.url ?? '/', 'http://chain')
    requests.push(`${url.pathname}${url.search}`)
    respond(chain, url, answers, request, response)
  })
  return {
    url: server.url,
    requests,
    behave(next) {
      chain.behaviour = next
    },
    mine(blocks) {
      chain.height += blocks
    },
    height: () => chain.height,
    put(id, parts = {}) {
      const proposal = { ...(chain.proposals.get(id) ?? newProposal(id)), ...parts }
      chain.proposals.set(id, proposal)
      if (proposal.status !== 'VOTING_PERIOD') chain.votes.delete(id)
    },
    drop(id) {
      chain.proposals.delete(id)
      chain.votes.delete(id)
    },
    vote(id, voter) {
      chain.votes.set(id, new Set(chain.votes.get(id)).add(voter))
    },
    unvote(id, voter) {
      chain.votes.get(id)?.delete(voter)
    },
    schedule(next) {
      chain.plan = next
    },
    reset(next) {
      chain.era += 1
      chain.height = next
      chain.proposals.clear()
      chain.votes.clear()
      chain.plan = null
    },
    apply(name, height = chain.height) {
      chain.applied.set(name, height)
      chain.plan = null
    },
    answer(path, body) {
      answers.set(path, body)
    },
    stop: () => server.stop(),
  }
}

function respond(
  chain: CosmosChain,
  url: URL,
  answers: ReadonlyMap<string, unknown>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { behaviour, height } = chain
  const asked = `${url.pathname}${url.search}`
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
  const { status, body } = answers.has(url.pathname) ? ok(answers.get(url.pathname)) : route(chain, url)
  response
    .writeHead(status, {
      'content-type': 'application/json',
      ...(behaviour.hidesHeight === true || url.pathname === '/status'
        ? {}
        : {
            [behaviour.heightHeader ?? 'Grpc-Metadata-X-Cosmos-Block-Height']: String(
              behaviour.heightOf?.(asked) ?? height - (behaviour.lag ?? 0),
            ),
          }),
    })
    .end(JSON.stringify(body))
}

function route(chain: CosmosChain, url: URL): Answer {
  return cometRoute(chain, url) ?? govRoute(chain, url) ?? moduleRoute(chain, url.pathname) ?? unserved
}
