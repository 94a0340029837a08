import type { GoodReading } from '../../domain/reading.js'
import type { ReadRequest } from './GovernanceReader.js'

/**
 * Returns a reading of one endpoint once `vouch` accepts it. If `vouch` rejects, the endpoint counts as failed and the
 * next one is tried.
 */
export async function readVouched(
  { host }: { readonly host: string },
  read: Promise<GoodReading>,
  { vouch }: Pick<ReadRequest, 'vouch'>,
): Promise<GoodReading> {
  const reading = await read
  await vouch?.({ ...reading, host })
  return reading
}
