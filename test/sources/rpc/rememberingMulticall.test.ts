import {
  createClient,
  custom,
  decodeFunctionData,
  encodeFunctionResult,
  multicall3Abi,
  numberToHex,
  parseAbi,
  zeroAddress,
} from 'viem'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { multicallCode } from '../../../src/sources/rpc/multicallCode.js'
import { readCalls } from '../../../src/sources/rpc/readCalls.js'

const abi = parseAbi(['function state(uint256) view returns (uint8)'])
const boolAbi = parseAbi(['function state(uint256) view returns (bool)'])
const address = '0x00000000000000000000000000000000000000A1'
const stateOf = (id: bigint) => ({ address, abi, functionName: 'state', args: [id] }) as const

/** A node with a settable answer, and the parameters of each request. */
function node() {
  const asked: (readonly unknown[])[] = []
  let answer: () => Promise<unknown> = () => Promise.reject(new Error('Nothing is answered yet.'))
  const client = createClient({
    transport: custom(
      {
        request: ({ params }: { readonly params: readonly unknown[] }) => {
          asked.push(params)
          return answer()
        },
      },
      { retryCount: 0 },
    ),
  })
  return {
    client,
    asked,
    answers: (...words: readonly number[]) => {
      const result = words.map((word) => ({
        success: word >= 0,
        returnData: word < 0 ? ('0x' as const) : numberToHex(word, { size: 32 }),
      }))
      answer = () => Promise.resolve(encodeFunctionResult({ abi: multicall3Abi, functionName: 'aggregate3', result }))
    },
    answersWithBytes: (length: number) => {
      const returnData = `0x${'00'.repeat(31)}05${'00'.repeat(length - 32)}` as const
      const result = encodeFunctionResult({
        abi: multicall3Abi,
        functionName: 'aggregate3',
        result: [{ success: true, returnData }],
      })
      answer = () => Promise.resolve(result)
    },
    fails: (cause: Error) => (answer = () => Promise.reject(cause)),
  }
}
const values = async (answers: ReturnType<typeof readCalls>): Promise<readonly unknown[]> =>
  (await answers).map((answer) => (answer.ok ? answer.value : answer.why))

describe('calls that were made before', () => {
  it('are sent again with the same data, at the new block', async () => {
    const { client, asked, answers } = node()
    answers(1, 2)
    await readCalls(client, [stateOf(1n), stateOf(2n)], 10n)
    await readCalls(client, [stateOf(1n), stateOf(2n)], 11n)
    const [first, second] = asked
    expect(second?.[0]).toStrictEqual(first?.[0])
    expect([first?.[1], second?.[1]]).toStrictEqual(['0xa', '0xb'])
    expect(asked).toHaveLength(2)
  })

  it('return the current answers, whether these changed or not', async () => {
    const { client, answers } = node()
    const read = (): Promise<readonly unknown[]> => values(readCalls(client, [stateOf(1n), stateOf(2n)], 10n))
    const heard: unknown[] = []
    for (const words of [
      [1, 2],
      [1, 2],
      [1, 3],
      [1, -1],
      [1, -1],
      [1, 2],
    ] as const) {
      answers(...words)
      heard.push(await read())
    }
    expect(heard).toStrictEqual([
      [1, 2],
      [1, 2],
      [1, 3],
      [1, 'reverted'],
      [1, 'reverted'],
      [1, 2],
    ])
  })

  it('return the identical object for an unchanged answer, also if other answers changed', async () => {
    const { client, answers } = node()
    const read = () => readCalls(client, [stateOf(1n), stateOf(2n), stateOf(3n)], 10n)
    answers(1, 2, -1)
    const before = await read()
    answers(1, 3, -1)
    const [first, second, third] = await read()
    expect([first, third].map((answer, at) => answer === before[at * 2])).toStrictEqual([true, true])
    expect(second).toStrictEqual({ ok: true, value: 3 })
  })

  it('go to the zero address if they cannot be encoded, and the others are still made', async () => {
    const { client, asked, answers } = node()
    answers(1, 2)
    await readCalls(client, [stateOf(1n), stateOf(2n ** 256n)], 10n)
    const { data } = z.object({ data: z.string() }).parse(asked[0]?.[0])
    const { args } = decodeFunctionData({ abi: multicall3Abi, data: `0x82ad56cb${data.slice(multicallCode.length)}` })
    expect(args[0]).toMatchObject([{ target: address }, { target: zeroAddress, callData: '0x' }])
  })

  it('fail if the request fails, and work again after that', async () => {
    const { client, answers, fails } = node()
    answers(1)
    expect(await values(readCalls(client, [stateOf(1n)], 10n))).toStrictEqual([1])
    fails(new Error('The node is gone.'))
    await expect(readCalls(client, [stateOf(1n)], 11n)).rejects.toThrow('The node is gone.')
    answers(4)
    expect(await values(readCalls(client, [stateOf(1n)], 12n))).toStrictEqual([4])
  })

  it('are not remembered if the answer is too large', async () => {
    const { client, answersWithBytes } = node()
    const read = async () => (await readCalls(client, [stateOf(1n)], 10n))[0]
    answersWithBytes(32)
    expect(await read()).toBe(await read())
    answersWithBytes(200_000)
    const large = await read()
    expect(large).toStrictEqual({ ok: true, value: 5 })
    expect(await read()).not.toBe(large)
  })

  it('are forgotten if they are not repeated for a while', async () => {
    const { client, answers } = node()
    const read = async (id: bigint) => (await readCalls(client, [stateOf(id)], 10n))[0]
    answers(1)
    const [once, often] = [await read(1n), await read(2n)]
    expect(await read(1n)).toBe(once)
    for (let at = 0; at < 4; at += 1) expect(await read(2n)).toBe(often)
    expect(await read(1n)).not.toBe(once)
  })

  it('are encoded again if an argument or the order changes', async () => {
    const { client, asked, answers } = node()
    answers(1, 2)
    for (const [first, second] of [
      [1n, 2n],
      [2n, 1n],
      [1n, 3n],
    ] as const)
      await readCalls(client, [stateOf(first), stateOf(second)], 10n)

    expect(new Set(asked.map(([request]) => JSON.stringify(request))).size).toBe(3)
  })

  it('are decoded again if the interface changes, though the answer is the same', async () => {
    const { client, answers } = node()
    answers(1)
    expect(await values(readCalls(client, [stateOf(1n)]))).toStrictEqual([1])
    expect(await values(readCalls(client, [{ ...stateOf(1n), abi: boolAbi }]))).toStrictEqual([true])
  })
})
