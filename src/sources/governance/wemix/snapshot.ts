import { SourceError } from '../../../domain/errors.js'
import type { Proposal } from '../../../domain/proposals/proposal.js'
import type { EvmEndpoint } from '../../rpc/createEvmEndpoints.js'
import { openReading } from '../evm/openReading.js'
import type { ChainClient } from '../evm/context.js'
import { prepareWemix, readContracts } from './contracts.js'
import { readHistory } from './ballots.js'
import { type Counts, readCounts } from './overview.js'
import { buildProposals } from './buildProposals.js'
import type { WemixContext, WemixContracts, WemixMemory } from './context.js'

/** The governance at one block of the configured finality. */
export interface Snapshot {
  readonly node: ChainClient
  readonly block: bigint
  readonly contracts: WemixContracts
  readonly counts: Counts
  /** Reads the ballots with these ids that exist. Rejects if one cannot be decoded. */
  readonly readProposals: (ids: readonly bigint[]) => Promise<readonly Proposal[]>
}

/** Reads the governance independently of the readings. */
export async function readSnapshot(
  endpoint: EvmEndpoint,
  signal: AbortSignal,
  options: WemixContext,
  memory: WemixMemory,
): Promise<Snapshot> {
  const prepare = prepareWemix(options, memory)
  const { node, target } = await openReading(endpoint, { signal, prepare }, options, memory)
  const { registry } = memory
  if (registry === undefined) throw new SourceError('transient', `The registry of ${options.chain} is not known yet.`)
  const contracts = await readContracts(node, registry, target.number)
  const { at, counts } = await readCounts(node, target, contracts)
  if (counts === undefined)
    throw new SourceError(
      'transient',
      `The registry of ${options.chain} gives two different answers at block ${at.number}.`,
    )
  return {
    node,
    block: at.number,
    contracts,
    counts,
    async readProposals(ids) {
      const known = ids.filter((id) => id >= 1n && id <= counts.ballots)
      const added = await readHistory(node, contracts.ballots, known, at.number)
      return buildProposals({ at, contracts, counts, open: [], followed: [], added }, options, new Map()).proposals
    },
  }
}
