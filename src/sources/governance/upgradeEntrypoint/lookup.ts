import type { Proposal } from '../../../domain/proposals/proposal.js'
import { SourceError } from '../../../domain/errors.js'
import type { EvmEndpoint } from '../../rpc/createEvmEndpoints.js'
import type { ChainClient } from '../evm/context.js'
import { openReading } from '../evm/openReading.js'
import { isReplaced, readPart } from '../evm/readPart.js'
import { readWindow } from '../evm/readWindow.js'
import { returnsAllLogs } from '../evm/returnsAllLogs.js'
import type { Unshown } from '../evm/shown.js'
import type { Target } from '../evm/target.js'
import { foldAnnouncements } from './announcements.js'
import type { Announced, EntrypointContext, EntrypointMemory } from './context.js'
import { prepareContracts } from './contracts.js'
import { eventsIn, filterFor } from './readNext.js'
import { toProposal } from './toProposal.js'

// A block so far below the newest is not replaced by a reorg, and every server of the node has it. With fast blocks it
// is not old, and a node whose index of logs is behind would be believed for hours; so it is as deep as two requests.
const leastDepth = 64n
// After so long everything is read anew, in milliseconds: the node may have lacked logs that it has now.
const rememberedMs = 21_600_000
// Maximum number of blocks from which announcements are remembered.
const mostRemembered = 20

/**
 * Reads all announcements from block `from` on, as they stand at the target: an announcement may be cancelled at any
 * later block. What is settled is remembered, so that only the newest blocks are read again, and a read that was
 * stopped goes on where it ended.
 */
export async function readAnnounced(
  endpoint: EvmEndpoint,
  from: bigint,
  signal: AbortSignal,
  context: EntrypointContext,
  memory: EntrypointMemory,
): Promise<readonly Proposal[]> {
  const { chain, describe } = context
  const announced = memory.announced.get(endpoint) ?? new Map<bigint, Announced>()
  memory.announced.set(endpoint, announced)
  const prepare = prepareContracts(context, memory)
  const { node, target } = await openReading(endpoint, { signal, prepare }, context, memory)
  if (from > target.number) return []
  const twice = 2n * BigInt(context.maxLogRange)
  const settled = target.number - (twice > leastDepth ? twice : leastDepth)
  let before = usable(announced.get(from), target, context.now())
  let next = before === undefined ? from : before.at.number + 1n
  for (;;) {
    const isLast = next > settled || target.number - next < (memory.window?.size ?? BigInt(context.maxLogRange))
    const to = isLast ? target : { head: target.head, number: settled }
    const read = await readOn(node, before, { from: next, target: to }, context, memory)
    if (read === 'reorged') {
      announced.delete(from)
      throw new SourceError('transient', `${chain} had a reorg while it was read at ${node.host}.`)
    }
    const { at, plans } = read
    if (at.number >= target.number)
      return [...plans.values()].map((plan) => toProposal(plan, { chain, at: at.number, describe }))
    before = read
    next = at.number + 1n
    if (at.number > settled) continue
    announced.delete(from)
    announced.set(from, read)
    const [oldest] = announced.keys()
    if (announced.size > mostRemembered && oldest !== undefined) announced.delete(oldest)
  }
}

/** Returns what was read before, unless the chain is shorter than it was, or too much time has passed. */
function usable(before: Announced | undefined, { number }: Target, now: number): Announced | undefined {
  const isUsable = before !== undefined && before.at.number < number && now - before.since < rememberedMs
  return isUsable ? before : undefined
}

/** Reads one window of blocks that follow what is known. */
async function readOn(
  node: ChainClient,
  before: Announced | undefined,
  { from, target }: { readonly from: bigint; readonly target: Target },
  context: EntrypointContext,
  memory: EntrypointMemory,
): Promise<Announced | 'reorged'> {
  const wanted = () => ({ calls: [], headers: before === undefined ? [] : [before.at.number] })
  const part = await readPart(node, { filter: filterFor(context), from, target, wanted }, context, memory)
  const { end, headers, logs } = part.window
  if (before !== undefined && isReplaced(node, before.at, headers[0])) return 'reorged'
  const plans = foldAnnouncements(before?.plans ?? new Map(), eventsIn(logs).events, node.chainId)
  return { at: end, plans, since: before?.since ?? context.now() }
}

/**
 * Reads the plans that were first announced in one block, as they stand at the target. Announcements from `from` on are
 * taken into account.
 */
export async function readAnnouncedIn(
  endpoint: EvmEndpoint,
  { from, block }: { readonly from: bigint; readonly block: bigint },
  signal: AbortSignal,
  context: EntrypointContext,
  memory: EntrypointMemory,
): Promise<readonly Proposal[] | Unshown> {
  const found = await readAnnounced(endpoint, from, signal, context, memory)
  const announced = found.filter(({ origin }) => origin?.block === block)
  if (announced.length > 0) return announced
  memory.announced.get(endpoint)?.delete(from)
  const prepare = prepareContracts(context, memory)
  const { node, target } = await openReading(endpoint, { signal, prepare }, context, memory)
  if (block > target.number) return 'behind'
  const window = { filter: filterFor(context), from: block, to: block, calls: [], headers: [] }
  const { isUnsure } = await readWindow(node, window)
  return isUnsure && !(await returnsAllLogs(node, block)) ? 'withheld' : []
}
