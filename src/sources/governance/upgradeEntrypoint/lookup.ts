import type { Proposal } from '../../../domain/proposals/proposal.js'
import { SourceError } from '../../../domain/errors.js'
import type { EvmEndpoint } from '../../rpc/createEvmEndpoints.js'
import { openReading } from '../evm/openReading.js'
import { foldAnnouncements } from './announcements.js'
import type { EntrypointContext, EntrypointMemory } from './context.js'
import { prepareContracts } from './contracts.js'
import { eventsIn, readAnnouncements } from './readNext.js'
import { toProposal } from './toProposal.js'

/** All that was announced from block `from` on, as it stands at the target. */
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
  // All of it in one go: what was announced may have been taken back up to the end.
  const told = await readAnnouncements(node, { target, ancestor: from }, from, context, memory)
  if (told === 'reorged') throw new SourceError('transient', `${chain} moved while it was read at ${node.host}.`)
  const plans = foldAnnouncements(new Map(), eventsIn(told.logs).events, node.chainId)
  return [...plans.values()].map((plan) => toProposal(plan, { chain, at: told.at.number, describe }))
}
