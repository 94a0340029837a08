import type { Address } from 'viem'
import type { Place } from '../evm/Place.js'
import { type ReadBallot, readBallots } from './readBallots.js'

// Five views each, of which a multicall takes about fifty.
const portion = 20

/** Reads ballots with all they hold at one block, twenty of them in one HTTP request. */
export async function readHistory(place: Place, storage: Address, ids: readonly bigint[], block: bigint): Promise<readonly ReadBallot[]> {
  const all: ReadBallot[] = []
  for (let first = 0; first < ids.length; first += portion) {
    const asked = ids.slice(first, first + portion).map((id) => ({ id, whole: true, alone: false }))
    all.push(...(await readBallots(place, storage, asked, block)))
  }
  return all
}
