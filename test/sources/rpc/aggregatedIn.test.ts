import fc from 'fast-check'
import { decodeFunctionResult, encodeFunctionResult, type Hex, multicall3Abi } from 'viem'
import { describe, expect, it } from 'vitest'
import { aggregatedIn, NoListError } from '../../../src/sources/rpc/aggregatedIn.js'

const view = { abi: multicall3Abi, functionName: 'aggregate3' } as const
const bytes = fc.uint8Array({ maxLength: 100 }).map((values) => `0x${Buffer.from(values).toString('hex')}` as const)
const results = fc.array(fc.record({ success: fc.boolean(), returnData: bytes }), { minLength: 1, maxLength: 12 })
/** Changes a length, an offset, a flag or a digit, copies one word over another, cuts the answer or appends to it. */
const lie: fc.Arbitrary<(answer: Hex) => Hex> = fc.oneof(
  fc
    .tuple(fc.nat(), fc.oneof(fc.bigInt(0n, 400n), fc.constantFrom(2n ** 32n, 2n ** 53n + 1n, 2n ** 256n - 1n)))
    .map(([at, number]) => replaced(at, 64, () => number.toString(16).padStart(64, '0'))),
  fc.tuple(fc.nat(), fc.constantFrom('0', '1', '2', 'f')).map(([at, digit]) => replaced(at, 1, () => digit)),
  fc.tuple(fc.nat(), fc.nat()).map(([at, from]) => replaced(at, 64, (digits) => wordOf(digits, from, 64))),
  fc.nat().map((length) => cutTo(length)),
  bytes.map(
    (more) =>
      (answer: Hex): Hex =>
        `${answer}${more.slice(2)}` as const,
  ),
)
const cutTo =
  (length: number) =>
  (answer: Hex): Hex =>
    `0x${answer.slice(2, 2 + (length % answer.length))}`
const wordOf = (digits: string, at: number, width: number): string => {
  const from = (at % Math.max(1, digits.length / width)) * width
  return digits.slice(from, from + width)
}
const replaced =
  (at: number, width: number, by: (digits: string) => string) =>
  (answer: Hex): Hex => {
    const digits = answer.slice(2)
    const place = Math.floor(at % Math.max(1, digits.length / width)) * width
    return `0x${digits.slice(0, place)}${by(digits)}${digits.slice(place + width)}`
  }
const encoded = (result: readonly { success: boolean; returnData: `0x${string}` }[]): `0x${string}` =>
  encodeFunctionResult({ ...view, result })

describe('the results in the answer to a multicall', () => {
  it('are the same as those that viem decodes', () => {
    fc.assert(
      fc.property(results, (told) => {
        const expected = told.map(({ success, returnData: data }) => ({ success, data }))
        expect(aggregatedIn(encoded(told), told.length)).toStrictEqual(expected)
      }),
    )
  })

  it('are refused if the answer holds more or fewer than were asked for, or is cut off', () => {
    fc.assert(
      fc.property(results, fc.nat(), (told, cut) => {
        const answer = encoded(told)
        expect(() => aggregatedIn(answer, told.length - 1)).toThrow(NoListError)
        expect(() => aggregatedIn(answer, told.length + 1)).toThrow(NoListError)
        expect(() => aggregatedIn(answer.slice(0, cut % answer.length), told.length)).toThrow(NoListError)
      }),
    )
  })

  it('are the same as viem decodes from a falsified answer, unless the answer is refused', () => {
    fc.assert(
      fc.property(results, fc.array(lie, { minLength: 1, maxLength: 4 }), (told, lies) => {
        const data = lies.reduce((answer, lieOf) => lieOf(answer), encoded(told))
        const heard = heardIn(data, told.length)
        if (heard === undefined) return
        const found = decodeFunctionResult({ ...view, data })
        expect(heard).toStrictEqual(found.map(({ success, returnData }) => ({ success, data: returnData })))
      }),
      { numRuns: 1_000 },
    )
  })

  it('are refused if the answer is not hexadecimal, or if two results share one offset', () => {
    const answer = encoded([{ success: true, returnData: '0x0123' }])
    expect(heardIn(answer.replace('0123', '01g3'), 1)).toBeUndefined()
    const long = { success: true, returnData: `0x${'05'.repeat(320)}` } as const
    const [head, place, body] = [
      encoded([long, long]).slice(0, 130),
      '40'.padStart(64, '0'),
      encoded([long]).slice(194),
    ]
    expect(heardIn(`${head}${place}${place}${body}`, 2)).toBeUndefined()
  })
})

function heardIn(answer: string, count: number): ReturnType<typeof aggregatedIn> | undefined {
  try {
    return aggregatedIn(answer, count)
  } catch {
    return undefined
  }
}
