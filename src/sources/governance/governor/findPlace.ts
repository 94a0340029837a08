import { keyOf, type ProposalKey, type ProposalRef } from '../../../domain/proposals/proposal.js'
import type { EvmEndpoint } from '../../rpc/createEvmEndpoints.js'
import type { ChainClient } from '../evm/context.js'
import { openReading } from '../evm/openReading.js'
import { readPart } from '../evm/readPart.js'
import type { Target } from '../evm/target.js'
import type { GovernorContext, GovernorMemory, Searched } from './context.js'
import { createdTopic, decodeGovernorLog } from './decode.js'
import { prepareGovernors } from './probe.js'

// Maximum number of searches that are remembered. Only a block that a node has misreported needs one.
const mostSearches = 20

/**
 * Finds the block in which a proposal was submitted; `undefined` if no block of the history has it. The newest blocks
 * come first, because a proposal that matters is rarely old. A search that was stopped goes on where it ended, so that
 * a history of any length is searched, however short the time of each try.
 */
export async function findPlace(
  endpoint: EvmEndpoint,
  ref: ProposalRef,
  signal: AbortSignal,
  context: GovernorContext,
  memory: GovernorMemory,
): Promise<bigint | undefined> {
  const prepare = prepareGovernors(context, memory)
  const { node, target } = await openReading(endpoint, undefined, signal, prepare, context, memory)
  const searches = memory.searches.get(endpoint) ?? new Map<ProposalKey, Searched>()
  memory.searches.set(endpoint, searches)
  const key = keyOf(ref)
  const search = async (low: bigint, high: bigint): Promise<bigint | undefined> => {
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
    const found = await search(low, high < target.number ? high : target.number)
    if (found !== undefined) return found
  }
  for (let high = (searches.get(key)?.from ?? target.number + 1n) - 1n; high >= context.fromBlock; high -= width) {
    const low = high - width + 1n
    const found = await search(low > context.fromBlock ? low : context.fromBlock, high)
    if (found !== undefined) return found
  }
  // A reorg may have put it into a block after that was searched, so the next search begins anew.
  searches.delete(key)
  return undefined
}

/** Finds the block within one window, in several requests if the node refuses so many blocks. */
async function findIn(
  node: ChainClient,
  { contract, id }: ProposalRef,
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
