import type { Head } from '../../../domain/blocks/head.js'
import { defined } from '../../../domain/defined.js'
import type { JsonRpcEndpoint } from '../../jsonRpc/createJsonRpcEndpoints.js'
import type { Memory, Opened, WemixvisorReaderOptions } from './context.js'
import { checkNetwork, headOf, statusIn } from './decode.js'
import { callFor, wordsFor } from './lists.js'

// Interval of reading closed proposals, in milliseconds. They are also read at the start. A proposal may come and go
// between two polls.
const allEveryMs = 3_600_000
// After a gap between two readings that is longer than this, in milliseconds, they are read at once. A proposal that
// came and passed in that time may plan an upgrade that does not wait for an hour.
const longestGapMs = 300_000

/** Requests the status of the node and, in the same request, the lists of proposals. */
export async function openReading(
  endpoint: JsonRpcEndpoint,
  { chain, now }: WemixvisorReaderOptions,
  memory: Memory,
  signal: AbortSignal,
): Promise<Opened> {
  const { allReadAt, readAt } = memory
  const all =
    allReadAt === undefined ||
    now() - allReadAt >= allEveryMs ||
    (readAt !== undefined && Math.abs(now() - readAt) > longestGapMs)
  const words = wordsFor(endpoint, all, memory, now())
  const [first, ...others] = await endpoint.ask(
    [{ method: 'status' }, ...words.map(callFor), ...(all ? [{ method: 'gov/params' }] : [])],
    signal,
  )
  const status = statusIn(first, chain, endpoint.host)
  const params = all ? others[words.length] : undefined
  return { status, all, words, lists: others.slice(0, words.length), ...defined({ params }) }
}

/**
 * Makes the first request of a reading to see the head. It includes the lists, because the server does not tie them to
 * a block: an unchanged head says nothing about them, and requesting them later would cost another request.
 */
export async function openHead(
  endpoint: JsonRpcEndpoint,
  options: WemixvisorReaderOptions,
  memory: Memory,
  signal: AbortSignal,
): Promise<Head> {
  const found = await openReading(endpoint, options, memory, signal)
  const { status } = found
  if (status.network !== undefined) checkNetwork(status.network, options.chainId, options.chain, endpoint.host)
  const head = headOf(status, {}, BigInt(Math.floor(options.now() / 1000)))
  memory.opening = { endpoint, head, found }
  return head
}
