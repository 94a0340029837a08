import { type Client, numberToHex } from 'viem'
import { SourceError } from '../domain/errors.js'
import { defined } from '../domain/defined.js'
import { findCause } from './rpc/errors/findCause.js'
import { checksummed } from './governance/evm/contracts.js'
import type { IdentifyOptions } from './identifySystem.js'
import { clientUntil } from './rpc/clientUntil.js'
import { createEvmEndpoints } from './rpc/createEvmEndpoints.js'
import { classifyRpcError } from './rpc/errors/classifyRpcError.js'
import { toSourceError } from './rpc/errors/toSourceError.js'
import { RequestError } from '../transport/RequestError.js'

/** Where the history of a contract begins, as far as one node can tell. */
export type Deployment =
  | {
      readonly kind: 'found'
      /** The block that created the contract. */
      readonly block: bigint
    }
  | {
      readonly kind: 'pruned'
      /** The oldest block whose state the node keeps. The contract already existed then. */
      readonly statesFrom: bigint
      /** The oldest block whose logs the node can return. */
      readonly blocksFrom: bigint
    }

/** The range that holds the block searched for: later than `after`, not later than `until`. */
export interface Narrowed {
  readonly after: bigint
  readonly until: bigint
}

interface FindOptions extends IdentifyOptions {
  readonly address: string
  /** Called before each step of a binary search, because all steps together can take a minute on a slow node. */
  readonly onNarrowed?: (within: Narrowed) => void
}

const chain = 'your chain'
const highest = 2n ** 53n

/**
 * Finds the block in which a contract was deployed, by a binary search over the states that a node keeps: one request a
 * step, at most 54. If the node refuses old states, it has pruned them; then a second search finds its oldest readable
 * block.
 *
 * @throws SourceError if there is no contract at the address or the node gives no usable answer. A failed request is
 *   never taken for a missing contract.
 */
export async function findDeployment(options: FindOptions): Promise<Deployment> {
  const { url, timeoutMs, http, conceal, signal, onNarrowed } = options
  const [endpoint] = createEvmEndpoints({ urls: [url], timeoutMs, ...defined({ http, conceal }) })
  if (endpoint === undefined) throw new SourceError('permanent', 'There is no URL to ask.')
  const client = clientUntil(endpoint.client, signal)
  const address = checksummed(options.address, chain)
  try {
    const head = await headOf(client, endpoint.host)
    if (!(await codeAt(client, address, head)))
      throw new SourceError('permanent', `There is no contract at ${address} on ${endpoint.host} at block ${head}.`)
    const hasCode = (block: bigint): Promise<boolean | undefined> => unlessRefused(codeAt(client, address, block))
    const first = await firstBlock(head, async (block) => (await hasCode(block)) === true, onNarrowed)
    if (first === 0n || (await hasCode(first - 1n)) === false) return { kind: 'found', block: first }
    const blocksFrom = await firstBlock(
      first,
      async (block) => (await unlessRefused(hasLogs(client, address, block))) === true,
      onNarrowed,
    )
    return { kind: 'pruned', statesFrom: first, blocksFrom }
  } catch (cause) {
    throw toSourceError(cause, chain, endpoint.host)
  }
}

/** Binary search: the first block for which `holds` is true. It must be true for `last`, and stay true once it is. */
async function firstBlock(
  last: bigint,
  holds: (block: bigint) => Promise<boolean>,
  onNarrowed?: FindOptions['onNarrowed'],
): Promise<bigint> {
  if (last === 0n || (await holds(0n))) return 0n
  let [without, within] = [0n, last]
  while (within - without > 1n) {
    onNarrowed?.({ after: without, until: within })
    const middle = (without + within) / 2n
    if (await holds(middle)) within = middle
    else without = middle
  }
  return within
}

async function headOf(client: Client, host: string): Promise<bigint> {
  const answer: unknown = await client.request({ method: 'eth_blockNumber' })
  const head = typeof answer === 'string' && /^0x[0-9a-f]{1,16}$/i.test(answer) ? BigInt(answer) : highest
  if (head < highest) return head
  throw new SourceError('transient', `${host} reports a height that no chain can have.`)
}

async function codeAt(client: Client, address: `0x${string}`, block: bigint): Promise<boolean> {
  const code: unknown = await client.request({ method: 'eth_getCode', params: [address, numberToHex(block)] })
  if (typeof code === 'string' && /^0x[0-9a-f]*$/i.test(code)) return code !== '0x'
  throw new SourceError('transient', `A node of ${chain} gave no usable answer to eth_getCode at block ${block}.`)
}

async function hasLogs(client: Client, address: `0x${string}`, block: bigint): Promise<boolean> {
  const at = numberToHex(block)
  const [found, logs]: readonly unknown[] = await Promise.all([
    client.request({ method: 'eth_getBlockByNumber', params: [at, false] }),
    client.request({ method: 'eth_getLogs', params: [{ address, fromBlock: at, toBlock: at }] }),
  ])
  return found !== null && Array.isArray(logs)
}

/** Returns `undefined` if the node says that it does not have this. Rethrows failures, time-outs and rate limits. */
async function unlessRefused<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (cause) {
    if (cause instanceof SourceError || findCause(cause, (error) => error instanceof RequestError) !== undefined)
      throw cause
    const { class: kind, timedOut } = classifyRpcError(cause)
    if (kind === 'rate-limit' || timedOut === true) throw cause
    return undefined
  }
}
