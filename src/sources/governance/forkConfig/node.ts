import { type Client, RpcRequestError } from 'viem'
import type { Head } from '../../../domain/blocks/head.js'
import { reasonOf, SourceError } from '../../../domain/errors.js'
import { secondText } from '../../../domain/text/time.js'
import { cleanLine } from '../../../domain/text/text.js'
import { readHead } from '../../readHead.js'
import { checkChainId } from '../../rpc/checkChainId.js'
import { clientUntil } from '../../rpc/clientUntil.js'
import type { EvmEndpoint } from '../../rpc/createEvmEndpoints.js'
import { classifyRpcError } from '../../rpc/errors/classifyRpcError.js'
import { findCause } from '../../rpc/errors/findCause.js'
import { toSourceError } from '../../rpc/errors/toSourceError.js'
import { decodeForkConfig, type ForkConfig } from './decode.js'

/** The forks that one node reports, and its head. */
export interface NodeForks {
  /** Host and port, with a number if two nodes have the same. */
  readonly name: string
  readonly head?: Head
  readonly version?: string
  /** Absent if the node does not report its forks. `problem` then says why, as a clause that follows its name. */
  readonly config?: ForkConfig
  readonly problem?: string
  /** Set if the node does not know `eth_config`; this is not a fault and has no meaning. */
  readonly isUnserved?: true
}

interface Asked {
  readonly chain: string
  readonly chainId: number | undefined
  /** Returns the time in Unix milliseconds. */
  readonly now: () => number
}

/** Reads head, chain id and forks of a node, in one request. @throws SourceError if it does not report its head. */
export async function askNode(
  { endpoint, name }: { readonly endpoint: EvmEndpoint; readonly name: string },
  { chain, chainId, now }: Asked,
  signal: AbortSignal,
): Promise<NodeForks & { readonly head: Head; readonly chainId: number }> {
  const client = clientUntil(endpoint.client, signal)
  try {
    const [found, head, forks, version] = await Promise.all([
      checkChainId(client, chainId, chain, endpoint.host),
      readHead(client, 'latest', endpoint.host),
      askConfig(client),
      client.request({ method: 'web3_clientVersion' }).catch((): unknown => undefined),
    ])
    const problem = forks.config === undefined ? undefined : contradictionIn(forks.config, head, found, now())
    return {
      name,
      head,
      chainId: found,
      ...(problem === undefined ? forks : { problem }),
      ...(typeof version === 'string' && { version: cleanLine(version, 200) }),
    }
  } catch (cause) {
    throw toSourceError(cause, chain, endpoint.host)
  }
}

/** Why the answer of a node contradicts itself, as a clause that follows its name. */
function contradictionIn({ chainId, current }: ForkConfig, head: Head, found: number, now: number): string | undefined {
  if (chainId !== undefined && chainId !== BigInt(found))
    return `reports the forks of chain ${chainId}, but is on chain ${found}`
  // Some nodes use the clock of their host, which may be ahead of their last block.
  return current.time > head.timestamp && current.time > BigInt(Math.floor(now / 1_000))
    ? `says that it runs the fork ${current.id}, which is not due before ${secondText(current.time)}`
    : undefined
}

/** Like {@link askNode}, for a node that the reading can do without: a failure becomes its `problem`. */
export async function askOther(
  node: { readonly endpoint: EvmEndpoint; readonly name: string },
  asked: Asked,
  signal: AbortSignal,
): Promise<NodeForks> {
  try {
    return await askNode(node, asked, signal)
  } catch (cause) {
    return { name: node.name, problem: problemIn(reasonOf(cause), `${node.endpoint.host} of ${asked.chain} `) }
  }
}

/** A failure as a clause that follows the name of its node. */
function problemIn(reason: string, place: string): string {
  const said = reason.replace(/\.$/, '')
  return said.startsWith(place) ? said.slice(place.length) : `does not answer: ${said}`
}

/** Asks a node for its forks. @throws the error of the client, unless the node does not know `eth_config`. */
export async function askConfig(client: Client): Promise<Pick<NodeForks, 'config' | 'problem' | 'isUnserved'>> {
  let answer: unknown
  try {
    answer = await client.request<{ Method: 'eth_config'; Parameters?: undefined; ReturnType: unknown }>({
      method: 'eth_config',
    })
  } catch (cause) {
    if (isUnknownMethod(cause)) return { problem: 'does not serve eth_config', isUnserved: true }
    throw cause
  }
  const config = decodeForkConfig(answer)
  return config === undefined ? { problem: 'answers eth_config with something that is not understood' } : { config }
}

function isUnknownMethod(cause: unknown): boolean {
  const rpc = findCause(cause, (error) => error instanceof RpcRequestError)
  return (
    rpc?.code === -32601 ||
    /method\b.{0,80}\bnot (?:found|supported|available|exist)/i.test(classifyRpcError(cause).message)
  )
}

/** @throws SourceError if no node reports its forks; permanent if no node serves `eth_config`. */
export function requireForks(chain: string, nodes: readonly NodeForks[]): void {
  if (nodes.some(({ config }) => config !== undefined)) return
  const said = nodes.map(({ name, problem = 'does not answer' }) => `${name} of ${chain} ${problem}.`).join(' ')
  const isUnserved = nodes.every((node) => node.isUnserved === true)
  throw new SourceError(
    isUnserved ? 'permanent' : 'transient',
    isUnserved ? `${said} Use a node that serves eth_config (EIP-7910), or another system.` : said,
  )
}
