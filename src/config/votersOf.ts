import type { ChainConfig, Config } from './schema.js'
import { systemsWithRest } from './systems.js'
import { checksummed } from '../schema/eip55.js'
import { cosmosAccountOf } from '../domain/proposals/cosmosAccount.js'

/**
 * The operator's accounts that may vote on a chain: the list of the chain, otherwise the common list, limited to
 * accounts that fit its system. A Cosmos validator address is replaced by its account, and an EVM address has the case
 * of its checksum, as people know it from their wallet.
 */
export function votersOf(
  { voters, governance: { system } }: Pick<ChainConfig, 'voters' | 'governance'>,
  notifier: Pick<Config['notifier'], 'voters'>,
): readonly string[] {
  const isFitting = (voter: string): boolean =>
    system === 'wemixvisor-rpc' || voter.startsWith('0x') === !systemsWithRest.includes(system)
  const accounts = (voters ?? notifier.voters).map((voter) => voter.toLowerCase()).filter(isFitting)
  return [
    ...new Set(
      accounts.map((voter) => (voter.startsWith('0x') ? checksummed(voter) : (cosmosAccountOf(voter) ?? voter))),
    ),
  ]
}
