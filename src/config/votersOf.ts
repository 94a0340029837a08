import type { ChainConfig, Config } from './schema.js'
import { systemsWithRest } from './systems.js'
import { cosmosAccountOf } from '../domain/proposals/cosmosAccount.js'

/**
 * The accounts of the operator that may vote on a chain: its own list, else those of all that fit its system. A
 * validator of Cosmos stands for its account.
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
