import type { Address } from 'viem'
import { SourceError } from '../../../domain/errors.js'
import type { Place } from '../evm/Place.js'
import { type ReadBallot, readBallots } from './readBallots.js'

// Five views each, of which a multicall takes about fifty.
const portion = 20

/**
 * Reads ballots with all they hold at one block, twenty of them in one HTTP request.
 *
 * @throws SourceError where twenty in a row are none: the count they come from is wrong.
 */
export async function readHistory(
  place: Place,
  storage: Address,
  ids: readonly bigint[],
  block: bigint,
): Promise<readonly ReadBallot[]> {
  const all: ReadBallot[] = []
  for (let first = 0; first < ids.length; first += portion) {
    const asked = ids.slice(first, first + portion).map((id) => ({ id, whole: true, alone: false }))
    const read = await readBallots(place, storage, asked, block)
    // A count that is too large would be followed through nothing, to its end.
    if (read.length === portion && read.every(({ ballot }) => ballot === 'none')) {
      throw new SourceError(
        'transient',
        `${place.host} of ${place.chain} says that there are ${ids.at(-1) ?? 0n} ballots, and none of those from ${ids[first] ?? 0n} on is there.`,
      )
    }
    all.push(...read)
  }
  return all
}
