import type { GoodReading } from '../../domain/reading.js'
import type { ReadRequest } from './GovernanceReader.js'

/**
 * A reading at one endpoint, once whoever asked for it believes it; else the endpoint has failed, and the next is
 * tried.
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
