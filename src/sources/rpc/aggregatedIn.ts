import { isHex } from 'viem'
import { BaseError } from '../../domain/errors.js'

/** What came as the answer to many calls is none. */
export class NoListError extends BaseError {
  readonly kind = 'transient'

  constructor() {
    super('it answered many calls with something that is no list of their answers')
  }
}

/** What became of one call of many. */
export interface Aggregated {
  readonly success: boolean
  readonly data: `0x${string}`
}

// Of hex digits.
const word = 64

/**
 * The results in an answer of aggregate3, which is a list of (bool success, bytes data), still in hex: viem would make
 * every byte of it a number, though most are the same as the last time.
 *
 * @throws NoListError where it is not the list of so many in whole words, or has one place for two of them: a short
 * answer could mean much.
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

/** A number that is no more than the answer is long. */
function wordAt(answer: string, at: number): number {
  const digits = answer.slice(at, at + word)
  const value = digits.length === word ? Number(`0x${digits}`) : NaN
  if (!(value <= answer.length)) throw new NoListError()
  return value
}
