import type { Address } from 'viem'
import type { Head } from '../../../domain/blocks/head.js'
import type { Place } from '../evm/Place.js'
import { askMore } from './askMore.js'
import { askSeats, guessedSeats, type Seats } from './askSeats.js'

const none: Seats = { known: [] }

/**
 * The seats of the given versions, in order; a version that cannot be read as a whole is left out, for half a list
 * would call somebody missing who is not. `asked` holds what a batch has told already.
 */
export async function readSeats(
  place: Place,
  address: Address,
  versions: readonly bigint[],
  at: Head,
  asked: ReadonlyMap<bigint, Seats> = new Map(),
): Promise<ReadonlyMap<bigint, readonly Address[]>> {
  const unasked = versions.filter((version) => !asked.has(version))
  const answers = await askMore(
    place,
    unasked.map((version) => askSeats(address, version)),
    at,
  )
  const first = new Map([...asked, ...unasked.map((version, index) => [version, answers[index] ?? none] as const)])
  const long = versions.filter((version) => (first.get(version)?.count ?? 0n) > guessedSeats)
  const rest = await askMore(
    place,
    long.map((version) => askSeats(address, version, guessedSeats, first.get(version)?.count)),
    at,
  )
  return new Map(
    versions.flatMap((version) => {
      const { count, known } = first.get(version) ?? none
      const all = [...known, ...(rest[long.indexOf(version)]?.known ?? [])]
      return BigInt(all.length) === count ? [[version, all] as const] : []
    }),
  )
}
