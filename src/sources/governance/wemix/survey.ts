import { SourceError } from '../../../domain/errors.js'
import type { Proposal } from '../../../domain/proposal.js'
import type { Endpoint } from '../../rpc/createEndpoints.js'
import { arrive, type Prepare } from '../evm/arrive.js'
import type { Place } from '../evm/Place.js'
import { findRegistry } from './findRegistry.js'
import { readHistory } from './readHistory.js'
import { type Counts, readContracts, readCounts } from './readCounts.js'
import { settleBallots } from './settleBallots.js'
import type { WemixContracts, WemixMemory, WemixReaderOptions } from './WemixContext.js'

/** The governance as it stands at one block, of the configured finality. */
export interface Survey {
  readonly place: Place
  readonly block: bigint
  readonly contracts: WemixContracts
  readonly counts: Counts
  /** Those of these ballots that exist and can be decoded. */
  readonly readProposals: (ids: readonly bigint[]) => Promise<readonly Proposal[]>
}

/** Finds the registry with the first request of a process. */
export function prepareWemix({ chain, registry }: WemixReaderOptions, memory: WemixMemory): Prepare {
  return async (client) => {
    const found = memory.registry ?? await findRegistry(client, chain, registry)
    return () => {
      memory.registry = found
    }
  }
}

/** Looks at the governance by itself, beside the readings. */
export async function survey(endpoint: Endpoint, signal: AbortSignal, options: WemixReaderOptions, memory: WemixMemory): Promise<Survey> {
  const { place, target } = await arrive(endpoint, undefined, signal, prepareWemix(options, memory), options, memory)
  const { registry } = memory
  if (registry === undefined) throw new SourceError('transient', `The registry of ${options.chain} is not known yet.`)
  const contracts = await readContracts(place, registry, target.number)
  const { at, counts } = await readCounts(place, target, contracts)
  if (counts === undefined) throw new SourceError('transient', `The registry of ${options.chain} answers in two ways at block ${at.number}.`)
  return {
    place,
    block: at.number,
    contracts,
    counts,
    async readProposals(ids) {
      const known = ids.filter((id) => id >= 1n && id <= counts.ballots)
      const added = await readHistory(place, contracts.ballots, known, at.number)
      return settleBallots({ at, contracts, counts, open: [], followed: [], added }, options, new Map()).proposals
    },
  }
}
