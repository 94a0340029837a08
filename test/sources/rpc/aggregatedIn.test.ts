import fc from 'fast-check'
import { decodeFunctionResult, encodeFunctionResult, multicall3Abi } from 'viem'
import { describe, expect, it } from 'vitest'
import { aggregatedIn } from '../../../src/sources/rpc/aggregatedIn.js'

const view = { abi: multicall3Abi, functionName: 'aggregate3' } as const
const bytes = fc.uint8Array({ maxLength: 100 }).map((values) => `0x${Buffer.from(values).toString('hex')}` as const)
const results = fc.array(fc.record({ success: fc.boolean(), returnData: bytes }), { maxLength: 12 })
const encoded = (result: readonly { success: boolean; returnData: `0x${string}` }[]): `0x${string}` =>
  encodeFunctionResult({ ...view, result })

describe('the results in an answer to many calls', () => {
  it('are those that viem finds in it', () => {
    fc.assert(
      fc.property(results, (told) => {
        const expected = told.map(({ success, returnData: data }) => ({ success, data }))
        expect(aggregatedIn(encoded(told), told.length)).toStrictEqual(expected)
      }),
    )
  })

  it('are not taken from an answer that holds more or fewer, or ends before they do', () => {
    fc.assert(
      fc.property(results, fc.nat(), (told, cut) => {
        const answer = encoded(told)
        expect(() => aggregatedIn(answer, told.length + 1)).toThrow('no list of their answers')
        const shorter = answer.slice(0, cut % answer.length)
        const padding = (told.at(-1)?.returnData.length ?? 2) % 64
        if (answer.length - shorter.length > 64 + padding)
          expect(() => aggregatedIn(shorter, told.length)).toThrow('no list of their answers')
      }),
    )
  })

  it('are what viem finds in what a liar made of it, or none', () => {
    fc.assert(
      fc.property(results, fc.nat(), fc.constantFrom('0', '1', '2', 'f'), (told, at, digit) => {
        const answer = encoded(told)
        const place = 2 + (at % (answer.length - 2))
        const data = `0x${answer.slice(2, place)}${digit}${answer.slice(place + 1)}` as const
        const heard = heardIn(data, told.length)
        if (heard === undefined) return
        const found = decodeFunctionResult({ ...view, data })
        expect(heard).toStrictEqual(found.map(({ success, returnData }) => ({ success, data: returnData })))
      }),
      { numRuns: 500 },
    )
  })

  it('are not taken from what is no hexadecimal, nor twice from one place', () => {
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
