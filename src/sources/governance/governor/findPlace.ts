import type { Address } from 'viem'
import { SourceError } from '../../../domain/errors.js'
import { keyOf, type ProposalKey } from '../../../domain/proposals/proposal.js'
import { clientUntil } from '../../rpc/clientUntil.js'
import type { EvmEndpoint } from '../../rpc/createEvmEndpoints.js'
import { readCalls } from '../../rpc/readCalls.js'
import type { ChainClient } from '../evm/context.js'
import { openReading } from '../evm/openReading.js'
import { readPart } from '../evm/readPart.js'
import type { Target } from '../evm/target.js'
import { proposalAbi } from './abi.js'
import type { GovernorContext, GovernorMemory, Searched } from './context.js'
import { createdTopic, decodeGovernorLog } from './decode.js'
import { prepareGovernors } from './probe.js'
import { isUnknownProposal } from './query.js'

interface Wanted {
  readonly chain: string
  readonly contract: Address
  readonly id: string
}

// Maximum number of searches that are remembered. Only a block that a node has misreported needs one.
const mostSearches = 20

/**
 * Finds the block in which a proposal was submitted; `undefined` if there is none. The history is long, so it is not
 * searched for a proposal that the contract does not know.
 *
 * @throws SourceError, transient, if the contract knows the proposal and the node returns no log of it: a node without
 *   old logs does not say that there is no proposal.
 */
export async function findPlace(
  endpoint: EvmEndpoint,
  wanted: Wanted,
  signal: AbortSignal,
  context: GovernorContext,
  memory: GovernorMemory,
): Promise<bigint | undefined> {
  const word = await askContract(endpoint, wanted, signal)
  const found = word === 'unknown' ? undefined : await search(endpoint, wanted, signal, context, memory)
  if (found !== undefined || word !== 'known') return found
  throw new SourceError(
    'transient',
    `${endpoint.host} of ${context.chain} returns no log of proposal ${wanted.id} since block ${context.fromBlock}, although its contract knows it: it may not keep old logs. Use nodes that do, or lower governance.fromBlock.`,
    { withholds: true },
  )
}

/** Asks the contract for the proposal; `unsaid` if it answers with something else. */
async function askContract(
  endpoint: EvmEndpoint,
  { contract, id }: Wanted,
  signal: AbortSignal,
): Promise<'known' | 'unknown' | 'unsaid'> {
  const call = { address: contract, abi: proposalAbi, functionName: 'state', args: [BigInt(id)] }
  const [state] = await readCalls(clientUntil(endpoint.client, signal), [call])
  if (state?.ok === true) return 'known'
  return state !== undefined && isUnknownProposal(state.reason) ? 'unknown' : 'unsaid'
}

/**
 * Finds the block in the logs of a node; `undefined` if no block of the history has it. The newest blocks
 * come first, because a proposal that matters is rarely old. A search that was stopped goes on where it ended, so that
 * a history of any length is searched, however short the time of each try.
 */
async function search(
  endpoint: EvmEndpoint,
  ref: Wanted,
  signal: AbortSignal,
  context: GovernorContext,
  memory: GovernorMemory,
): Promise<bigint | undefined> {
  const prepare = prepareGovernors(context, memory)
  const { node, target } = await openReading(endpoint, { signal, prepare }, context, memory)
  const searches = memory.searches.get(endpoint) ?? new Map<ProposalKey, Searched>()
  memory.searches.set(endpoint, searches)
  const key = keyOf(ref)
  const searchIn = async (low: bigint, high: bigint): Promise<bigint | undefined> => {
    const found = await findIn(node, ref, { target, low, high }, context, memory)
    const { from, to } = searches.get(key) ?? { from: low, to: high }
    searches.delete(key)
    if (found === undefined) searches.set(key, { from: low < from ? low : from, to: high > to ? high : to })
    const [oldest] = searches.keys()
    if (searches.size > mostSearches && oldest !== undefined) searches.delete(oldest)
    return found
  }
  const width = BigInt(context.maxLogRange)
  for (let low = (searches.get(key)?.to ?? target.number) + 1n; low <= target.number; low += width) {
    const high = low + width - 1n
    const found = await searchIn(low, high < target.number ? high : target.number)
    if (found !== undefined) return found
  }
  for (let high = (searches.get(key)?.from ?? target.number + 1n) - 1n; high >= context.fromBlock; high -= width) {
    const low = high - width + 1n
    const found = await searchIn(low > context.fromBlock ? low : context.fromBlock, high)
    if (found !== undefined) return found
  }
  // A reorg may have put it into a block after that was searched, so the next search begins anew.
  searches.delete(key)
  return undefined
}

/** Finds the block within one window, in several requests if the node refuses so many blocks. */
async function findIn(
  node: ChainClient,
  { contract, id }: Wanted,
  { target, low, high }: { readonly target: Target; readonly low: bigint; readonly high: bigint },
  context: GovernorContext,
  memory: GovernorMemory,
): Promise<bigint | undefined> {
  const filter = { addresses: new Set([contract.toLowerCase()]), topics: [createdTopic] }
  const end: Target = { head: target.head, number: high }
  const wanted = () => ({ calls: [], headers: [] })
  for (let from = low; from <= high;) {
    const { to, window } = await readPart(node, { filter, from, target: end, wanted }, context, memory)
    for (const log of window.logs) {
      const event = decodeGovernorLog(log)
      if (typeof event !== 'string' && event.type === 'created' && event.id === id) return log.block
    }
    from = to + 1n
  }
  return undefined
}
