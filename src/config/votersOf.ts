import type { ChainConfig, Config } from './schema.js'
import { systemsWithRest } from './systems.js'
import { cosmosAccountOf } from '../domain/proposals/cosmosAccount.js'

/**
 * The operator's accounts that may vote on a chain: the list of the chain, otherwise the common list, limited to
 * accounts that fit its system. A Cosmos validator address is replaced by its account.
 */
export function votersOf(
  { voters, governance: { system } }: Pick<ChainConfig, 'voters' | 'governance'>,
  notifier: Pick<Config['notifier'], 'voters'>,
): readonly string[] {
  const isFitting = (voter: string): boolean =>
    system === 'wemixvisor-rpc' || voter.startsWith('0x') === !systemsWithRest.includes(system)
  const accounts = (voters ?? notifier.voters).map((voter) => voter.toLowerCase()).filter(isFitting)
  return [...new Set(accounts.map((voter) => cosmosAccountOf(voter) ?? voter))]
}
