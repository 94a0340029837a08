import type { ChainConfig, Config } from '../../config/schema.js'

/** The accounts of the operator that may vote on a chain: its own list, else those of all that fit its system. */
export function votersOf(
  { voters, governance: { system } }: Pick<ChainConfig, 'voters' | 'governance'>,
  notifier: Pick<Config['notifier'], 'voters'>,
): readonly string[] {
  const isFitting = (voter: string): boolean =>
    system === 'wemixvisor-rpc' || voter.startsWith('0x') === (system !== 'cosmos')
  return [...new Set((voters ?? notifier.voters).filter(isFitting).map((voter) => voter.toLowerCase()))]
}
