import type { Address } from 'viem'
import type { Place } from '../evm/Place.js'
import { type ReadBallot, readBallots } from './readBallots.js'

// Five calls each: gateways refuse batches that are much longer than a hundred.
const portion = 20

/** Reads ballots with all they hold at one block, twenty of them in one HTTP request. */
export async function readHistory(place: Place, storage: Address, ids: readonly bigint[], block: bigint): Promise<readonly ReadBallot[]> {
  const all: ReadBallot[] = []
  for (let first = 0; first < ids.length; first += portion) {
    all.push(...(await readBallots(place, storage, ids.slice(first, first + portion), block, () => true)))
  }
  return all
}
