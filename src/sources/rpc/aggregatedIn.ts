import { isHex } from 'viem'

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
 * @throws Error where it is not the list of so many, or has one place for two of them: a short answer could mean much.
 */
export function aggregatedIn(answer: string, count: number): readonly Aggregated[] {
  if (!isHex(answer)) throw notUnderstood()
  const list = wordAt(answer, 2) * 2 + 2
  if (wordAt(answer, list) !== count) throw notUnderstood()
  const first = list + word
  let taken = 0
  return Array.from({ length: count }, (_, index) => {
    const one = first + wordAt(answer, first + index * word) * 2
    const success = wordAt(answer, one)
    const bytes = one + wordAt(answer, one + word) * 2
    const end = bytes + word + wordAt(answer, bytes) * 2
    taken += end - bytes
    if (success > 1 || end > answer.length || taken > answer.length) throw notUnderstood()
    return { success: success === 1, data: `0x${answer.slice(bytes + word, end)}` }
  })
}

/** A number that is no more than the answer is long. */
function wordAt(answer: string, at: number): number {
  const digits = answer.slice(at, at + word)
  const value = digits.length === word ? Number(`0x${digits}`) : NaN
  if (!(value <= answer.length)) throw notUnderstood()
  return value
}

function notUnderstood(): Error {
  return new Error('it answered many calls with something that is no list of their answers')
}
