import { type Answer, ok } from './answer.js'
import { type CosmosChain, start, timeOf } from './chain.js'

/** The answer of CometBFT to a path; `undefined` if it has no such route. */
export function cometRoute(chain: CosmosChain, { pathname, searchParams }: URL): Answer | undefined {
  if (pathname === '/status' || pathname === '/v1/status')
    return ok({ jsonrpc: '2.0', id: -1, result: statusOf(chain) })
  if (pathname === '/validators') return validatorsAt(chain, searchParams)
  return pathname === '/commit' || pathname === '/block'
    ? blockAt(chain, pathname, Number(searchParams.get('height') ?? chain.height))
    : undefined
}

function statusOf({ height, era, behaviour }: CosmosChain): unknown {
  return {
    node_info: { network: behaviour.network ?? 'cosmoshub-4', version: '0.37.6' },
    sync_info: {
      latest_block_hash: hashOf(height, era),
      latest_block_height: String(height),
      latest_block_time: timeAt(height, era),
      earliest_block_hash: hashOf(1, era),
      earliest_block_height: '1',
      earliest_block_time: timeAt(1, era),
      catching_up: behaviour.catchingUp ?? false,
      ...behaviour.sync,
    },
    validator_info: { address: 'DFA9DD9F731B4D94E19285E810D5D425CC6BB1E3', voting_power: '0' },
  }
}

/** A restarted chain has later blocks at lower heights. */
/** The time of a block, since the last restart of the chain. */
export function timeAt(block: number, era: number): string {
  return timeOf(start + era * 1_000_000 + block * 5)
}

function blockAt({ height, era, behaviour, versionAt }: CosmosChain, path: string, block: number): Answer {
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
    {
      version: { block: '11', ...(versionAt(block) > 0 && { app: String(versionAt(block)) }) },
      chain_id: behaviour.network ?? 'cosmoshub-4',
      height: String(block),
      time: timeAt(block, era),
    },
  ]
  return ok({
    jsonrpc: '2.0',
    id: -1,
    result:
      path === '/block'
        ? { block_id: id, block: { header } }
        : {
            signed_header: {
              header,
              commit: { height: String(block), block_id: id, signatures: signaturesOf(behaviour, block) },
            },
            canonical: block < height,
          },
  })
}

const zeroTime = '0001-01-01T00:00:00Z'

/** An absent validator has a row without an address. */
function signaturesOf({ validators = [], votes = () => 'commit' }: CosmosChain['behaviour'], block: number): unknown {
  return validators.map((validator) => {
    const vote = votes(validator, block)
    return vote === 'absent'
      ? { block_id_flag: 1, validator_address: '', timestamp: zeroTime, signature: null }
      : { block_id_flag: vote === 'nil' ? 3 : 2, validator_address: validator, timestamp: zeroTime, signature: 'c2ln' }
  })
}

function validatorsAt({ behaviour: { validators = [] } }: CosmosChain, query: URLSearchParams): Answer {
  const [page, size] = [Number(query.get('page') ?? 1), Math.min(100, Number(query.get('per_page') ?? 30))]
  const shown = validators.slice((page - 1) * size, page * size)
  return ok({
    jsonrpc: '2.0',
    id: -1,
    result: {
      block_height: query.get('height'),
      validators: shown.map((address) => ({ address, voting_power: '10', proposer_priority: '0' })),
      count: String(shown.length),
      total: String(validators.length),
    },
  })
}

function hashOf(height: number, era: number): string {
  return `${era === 0 ? '' : `${era}F`}${height.toString(16).toUpperCase().padStart(8, '0')}`.padStart(64, '0')
}
