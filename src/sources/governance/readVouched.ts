import type { Head } from '../../domain/blocks/head.js'
import type { Json } from '../../domain/text/json.js'
import type { GoodReading } from '../../domain/reading.js'
import type { ReadRequest } from './GovernanceReader.js'

/** A block by which later readings recognise the chain. */
type Anchor = Pick<Head, 'number' | 'hash'>

/**
 * Returns a reading of one endpoint once `vouch` accepts it. If `vouch` rejects, the endpoint counts as failed and the
 * next one is tried. `anchorsIn` returns the blocks that a cursor has recorded.
 */
export async function readVouched(
  { host }: { readonly host: string },
  read: Promise<GoodReading>,
  { cursor, vouch }: Pick<ReadRequest, 'cursor' | 'vouch'>,
  anchorsIn: (cursor: Json) => readonly Anchor[] = () => [],
): Promise<GoodReading> {
  const reading = await read
  const anchors = cursor === undefined ? anchorsIn(reading.cursor) : []
  await vouch?.({ ...reading, host, ...(anchors.length > 0 && { anchors }) })
  return reading
}
