import { listen, type Listening } from '../servers/listen.js'
import type { Story } from './recorded.js'

/** How the server of a story differs from the recorded one. */
export interface StoryBehaviour {
  /** Answers for the last block, whichever is requested, and says so. */
  readonly dropsHeader?: boolean
  /** Does not say which block an answer is for. */
  readonly hidesHeight?: boolean
  /** Does not say which block a refusal is for. */
  readonly refusesWithoutHeight?: boolean
  /** Has no state of the blocks below. */
  readonly prunedBelow?: number
}

export interface StoryServer extends Listening {
  /** Path and query of every request, in order. */
  readonly requests: readonly string[]
  readonly behave: (behaviour: StoryBehaviour) => void
}

/** CometBFT and REST of a recorded chain on one port, with all of its history. */
export async function serveStory({ chain, blocks, answers }: Story): Promise<StoryServer> {
  const requests: string[] = []
  const last = blocks.at(-1)?.[0] ?? 0
  let behaviour: StoryBehaviour = {}
  const server = await listen((request, response) => {
    const asked = request.url ?? '/'
    requests.push(asked)
    const { status, body, height } = asked.startsWith('/cosmos/')
      ? state(asked, Number(request.headers['x-cosmos-block-height'] ?? last))
      : block(new URL(asked, 'http://chain'))
    response
      .writeHead(status, {
        'content-type': 'application/json',
        ...(height !== undefined && { 'Grpc-Metadata-X-Cosmos-Block-Height': String(height) }),
      })
      .end(JSON.stringify(body))
  })
  return {
    ...server,
    requests,
    behave: (next) => {
      behaviour = next
    },
  }

  function state(path: string, wanted: number): { status: number; body: unknown; height?: number } {
    const { dropsHeader = false, hidesHeight = false, refusesWithoutHeight = false, prunedBelow = 0 } = behaviour
    const height = dropsHeader ? last : wanted
    if (height < prunedBelow) return refusal(pruned(height, last))
    const run = answers.get(path)?.find((one) => one.first <= height && height <= one.last)
    if (run === undefined) return refusal(`The story has no answer to ${path} at block ${height}.`)
    const isHidden = hidesHeight || (refusesWithoutHeight && run.status >= 400)
    return { status: run.status, body: run.body, ...(!isHidden && { height }) }
  }

  function block({ pathname, searchParams }: URL): { status: number; body: unknown; height?: number } {
    const height = Number(searchParams.get('height') ?? last)
    const found = blocks.find(([number]) => number === height)
    if (pathname !== '/block') return { status: 404, body: {} }
    if (found === undefined) {
      const data = `height ${height} must be less than or equal to the current blockchain height ${last}`
      return { status: 500, body: { jsonrpc: '2.0', id: -1, error: { code: -32603, message: 'Internal error', data } } }
    }
    const [number, time, hash] = found
    const header = { chain_id: chain, height: String(number), time }
    return { status: 200, body: { jsonrpc: '2.0', id: -1, result: { block_id: { hash }, block: { header } } } }
  }
}

function refusal(message: string): { status: number; body: unknown } {
  return { status: 500, body: { code: 2, message, details: [] } }
}

// The message of SDK 0.46.
function pruned(height: number, latest: number): string {
  return `codespace sdk code 18: invalid request: failed to load state at height ${height}; version mismatch on immutable IAVL tree; version does not exist. Version has either been pruned, or is for a future block height (latest height: ${latest})`
}
