import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import solc from 'solc'
import { concat, encodeFunctionData, multicall3Abi, numberToHex, slice } from 'viem'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { untilDone } from '../../support/fixtures.js'
import { startChain } from '../../support/chain.js'
import { standMulticall } from '../../support/multicallContract.js'
import { multicallCode } from '../../../src/sources/rpc/multicallCode.js'
import { multicallAddress } from '../../../src/sources/rpc/standingMulticall.js'

const source = new URL('../../../contracts/Multicall.yul', import.meta.url)
const { compile } = z.object({ compile: z.custom<(input: string) => string>() }).parse(solc)
const outputSchema = z.object({
  contracts: z.object({
    it: z.object({ Multicall: z.object({ evm: z.object({ bytecode: z.object({ object: z.string() }) }) }) }),
  }),
})

const identity = numberToHex(4, { size: 20 })
const [reverting, invalid, nowhere] = [0xa1, 0xa2, 0xa3].map((place) => numberToHex(place, { size: 20 }))
// Reverts with its call data as the reason.
const revertingCode = '0x3660006000373660006000fd'

/** The oldest rules that are supported, and the newest. */
const chains = { london: ['--hardfork', 'london'], 'the newest rules': [] } as const

describe('the code that is sent along with the calls', () => {
  it('is what its source compiles to', () => {
    const settings = {
      evmVersion: 'london',
      optimizer: { enabled: true, runs: 1, details: { yul: true } },
      outputSelection: { '*': { '*': ['evm.bytecode.object'] } },
    }
    const sources = { it: { content: readFileSync(source, 'utf8') } }
    const output = outputSchema.parse(JSON.parse(compile(JSON.stringify({ language: 'Yul', sources, settings }))))
    expect(multicallCode).toBe(`0x${output.contracts.it.Multicall.evm.bytecode.object}`)
  })

  it.for(Object.entries(chains))('answers exactly as Multicall3 does, under %s', async ([_, flags], cleaning) => {
    const { client } = await untilDone(startChain(...flags), { onCleanup: cleaning.onTestFinished })
    await standMulticall({ client })
    await client.setCode({ address: reverting!, bytecode: revertingCode })
    await client.setCode({ address: invalid!, bytecode: '0xfe' })
    const answerTo = (call: object) => client.request({ method: 'eth_call', params: [call, 'latest'] })
    // A call that burns all its gas leaves a 64th to the others.
    const target = fc.constantFrom(identity, reverting!, nowhere!, multicallAddress)
    const bytes = fc.uint8Array({ maxLength: 100 }).map((values) => `0x${Buffer.from(values).toString('hex')}` as const)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ target, callData: bytes }), { maxLength: 20 }), async (asked) => {
        const calls = [...asked, { target: invalid!, callData: '0x' as const }].map((call) => ({
          ...call,
          allowFailure: true,
        }))
        const data = encodeFunctionData({ abi: multicall3Abi, functionName: 'aggregate3', args: [calls] })
        expect(await answerTo({ data: concat([multicallCode, slice(data, 4)]) })).toBe(
          await answerTo({ to: multicallAddress, data }),
        )
      }),
      { numRuns: 50 },
    )
  })
})
