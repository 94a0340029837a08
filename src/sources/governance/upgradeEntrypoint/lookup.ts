import type { Proposal } from '../../../domain/proposals/proposal.js'
import { SourceError } from '../../../domain/errors.js'
import type { EvmEndpoint } from '../../rpc/createEvmEndpoints.js'
import { openReading } from '../evm/openReading.js'
import { readWindow } from '../evm/readWindow.js'
import { returnsAllLogs } from '../evm/returnsAllLogs.js'
import type { Unshown } from '../evm/shown.js'
import { foldAnnouncements } from './announcements.js'
import type { EntrypointContext, EntrypointMemory } from './context.js'
import { prepareContracts } from './contracts.js'
import { eventsIn, filterFor, readAnnouncements } from './readNext.js'
import { toProposal } from './toProposal.js'

/** Reads all announcements from block `from` on, as they stand at the target. */
export async function readAnnounced(
  endpoint: EvmEndpoint,
  from: bigint,
  signal: AbortSignal,
  context: EntrypointContext,
  memory: EntrypointMemory,
): Promise<readonly Proposal[]> {
  const { chain, describe } = context
  const prepare = prepareContracts(context, memory)
  const { node, target } = await openReading(endpoint, undefined, signal, prepare, context, memory)
  if (from > target.number) return []
  // Read in one go, because an announcement may be cancelled at any later block.
  const told = await readAnnouncements(node, { target, ancestor: from }, from, context, memory)
  if (told === 'reorged') throw new SourceError('transient', `${chain} had a reorg while it was read at ${node.host}.`)
  const plans = foldAnnouncements(new Map(), eventsIn(told.logs).events, node.chainId)
  return [...plans.values()].map((plan) => toProposal(plan, { chain, at: told.at.number, describe }))
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
  const prepare = prepareContracts(context, memory)
  const { node, target } = await openReading(endpoint, undefined, signal, prepare, context, memory)
  if (block > target.number) return 'behind'
  const window = { filter: filterFor(context), from: block, to: block, calls: [], headers: [] }
  const { isUnsure } = await readWindow(node, window)
  return isUnsure && !(await returnsAllLogs(node, block)) ? 'withheld' : []
}
