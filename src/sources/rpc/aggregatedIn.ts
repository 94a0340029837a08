import { isHex } from 'viem'
import { BaseError } from '../../domain/errors.js'

/** The answer to an aggregate3 call is not a list of results. */
export class NoListError extends BaseError {
  readonly kind = 'transient'

  constructor() {
    super('it answered many calls with something that is not a list of answers')
  }
}

/** The result of one call in a multicall. */
export interface Aggregated {
  readonly success: boolean
  readonly data: `0x${string}`
}

// Length of one ABI word, in hex digits.
const word = 64

/**
 * Splits an answer of aggregate3, a list of (bool success, bytes data), into its results. They stay in hex, because
 * viem would convert every byte to a number although most results equal the last ones.
 *
 * @throws NoListError if the answer is not a list of `count` results in whole words, or if results overlap: with
 *   overlaps a short answer could expand to a huge one.
 */
export function aggregatedIn(answer: string, count: number): readonly Aggregated[] {
  if (!isHex(answer) || answer.length % word !== 2) throw new NoListError()
  const list = wordAt(answer, 2) * 2 + 2
  if (wordAt(answer, list) !== count) throw new NoListError()
  const first = list + word
  let taken = 0
  return Array.from({ length: count }, (_, index) => {
    const one = first + wordAt(answer, first + index * word) * 2
    const success = wordAt(answer, one)
    const bytes = one + wordAt(answer, one + word) * 2
    const end = bytes + word + wordAt(answer, bytes) * 2
    taken += end - bytes
    if (success > 1 || end > answer.length || taken > answer.length) throw new NoListError()
    return { success: success === 1, data: `0x${answer.slice(bytes + word, end)}` }
  })
}

/** Reads one word as a number; throws if the number exceeds the length of the answer. */
function wordAt(answer: string, at: number): number {
  const digits = answer.slice(at, at + word)
  const value = digits.length === word ? Number(`0x${digits}`) : NaN
  if (!(value <= answer.length)) throw new NoListError()
  return value
}
