import { concat, type Hex, numberToHex, pad, size, slice, toFunctionSelector } from 'viem'

const op = {
  eq: '0x14',
  shr: '0x1c',
  load: '0x35',
  store: '0x52',
  jumpIf: '0x57',
  mark: '0x5b',
  dup: '0x80',
  end: '0xf3',
  revert: '0xfd',
} as const
const push = (value: Hex): Hex => concat([numberToHex(0x5f + size(value), { size: 1 }), value])
const two = (value: number): Hex => push(numberToHex(value, { size: 2 }))
const one = (value: number): Hex => push(numberToHex(value, { size: 1 }))

/**
 * The code of a contract that returns fixed words for these functions, such as `{ 'magic()':
 * [1n] }`, and reverts without data for all others. For contracts of which only the interface
 * matters.
 */
export function answeringContract(answers: Readonly<Record<string, readonly bigint[]>>): Hex {
  const entries = Object.entries(answers).map(([signature, words]) => ({
    selector: toFunctionSelector(signature),
    body: bodyOf(words),
  }))
  const head = concat([one(0), op.load, one(0xe0), op.shr])
  // dup, push4, eq, push2, jumpi: 11 bytes for each; then the revert.
  const refusal = concat([one(0), one(0), op.revert])
  let place = size(head) + entries.length * 11 + size(refusal)
  const dispatch = entries.map(({ selector, body }) => {
    const test = concat([op.dup, push(slice(selector, 0, 4)), op.eq, two(place), op.jumpIf])
    place += size(body)
    return test
  })
  return concat([head, ...dispatch, refusal, ...entries.map(({ body }) => body)])
}

function bodyOf(words: readonly bigint[]): Hex {
  const stores = words.map((word, at) => concat([push(pad(numberToHex(word), { size: 32 })), two(at * 32), op.store]))
  return concat([op.mark, ...stores, two(words.length * 32), one(0), op.end])
}
