import { createClient, custom, encodeFunctionResult, multicall3Abi, numberToHex, parseAbi, RpcRequestError } from 'viem'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createEvmEndpoints } from '../../../src/sources/rpc/createEvmEndpoints.js'
import { readCalls } from '../../../src/sources/rpc/readCalls.js'
import { startChain } from '../../support/chain.js'
import { untilDone } from '../../support/fixtures.js'
import { standMulticall } from '../../support/multicallContract.js'
import { startCountingProxy } from '../../support/servers/countingProxy.js'

const abi = parseAbi(['function state(uint256) view returns (uint8)'])
const call = { address: '0x00000000000000000000000000000000000000A1', abi, functionName: 'state', args: [1n] } as const
const word = numberToHex(4, { size: 32 })
const together = encodeFunctionResult({
  abi: multicall3Abi,
  functionName: 'aggregate3',
  result: [{ success: true, returnData: word }],
})
const askedSchema = z.tuple([z.looseObject({ to: z.string().optional() }), z.string()])

it('a node that once refused a call without an address gets single calls, and later multicalls again', async () => {
  let accidents = 1
  let questions: ('together' | 'alone')[] = []
  const client = createClient({
    transport: custom(
      {
        request({ method, params }: { readonly method: string; readonly params: unknown }) {
          if (method !== 'eth_call') return Promise.resolve('0x')
          const [{ to }] = askedSchema.parse(params)
          questions.push(to === undefined ? 'together' : 'alone')
          if (to !== undefined) return Promise.resolve(to === call.address ? word : '0x')
          if (accidents-- < 1) return Promise.resolve(together)
          const error = { code: -32603, message: 'Internal Server Error' }
          return Promise.reject(new RpcRequestError({ url: '//node', body: {}, error }))
        },
      },
      { retryCount: 0 },
    ),
  })
  const read = async (): Promise<readonly string[]> => {
    questions = []
    expect(await readCalls(client, [call], 10n)).toStrictEqual([{ ok: true, value: 4 }])
    return questions
  }
  expect(await read()).toContain('together')
  let reads = 1
  while ((await read()).includes('alone')) reads += 1
  expect(questions).toStrictEqual(['together'])
  expect(reads).toBeGreaterThan(100)
})

const [counter, meddler] = [numberToHex(0xc1, { size: 20 }), numberToHex(0xc2, { size: 20 })]
// Stores the word that it is called with; returns it when it is called as a view.
const counterCode = '0x3660201460125760005460005260206000f35b60003560005500'
// Calls the counter with a 7, and returns a 1.
const meddlerCode = `0x60076000526000600060206000600073${counter.slice(2)}5af150600160005260206000f3` as const

describe('a contract whose view changes the state of another contract', () => {
  it.for([
    ['a call without an address', false],
    ['the multicall contract', true],
  ] as const)('does not change what is read after it, by %s', async ([_, isNarrow], cleaning) => {
    const { client, url } = await untilDone(startChain(), { onCleanup: cleaning.onTestFinished })
    await standMulticall({ client })
    await client.setCode({ address: counter, bytecode: counterCode })
    await client.setCode({ address: meddler, bytecode: meddlerCode })
    const proxy = await untilDone(startCountingProxy(url), { onCleanup: cleaning.onTestFinished })
    const error = { code: -32602, message: "missing field 'to'" }
    proxy.behave({
      rewrite: ({ params }, answer) => (isNarrow && !JSON.stringify(params).includes('"to"') ? { error } : answer),
    })
    const [endpoint] = createEvmEndpoints({ urls: [proxy.url], timeoutMs: 60_000 })
    expect.assert(endpoint !== undefined)
    const askedOf = [counter, meddler, counter, meddler, counter]
    const answers = await readCalls(
      endpoint.client,
      askedOf.map((address) => ({ ...call, address })),
      await client.getBlockNumber(),
    )
    expect(answers.map((answer) => (answer.ok ? answer.value : answer.why))).toStrictEqual([0, 1, 0, 1, 0])
  })
})
