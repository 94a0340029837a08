import { encodeAbiParameters, type Hex, keccak256, stringToHex, toBytes } from 'viem'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ballotWords, describeVariable, variableText } from '../../../../src/sources/governance/wemix/descriptions.js'
import { itOnCorpus } from '../../../support/corpus.js'
import { basic } from './ballotGiven.js'

describe('the words of a variable', () => {
  const words = (...values: readonly bigint[]): Hex =>
    encodeAbiParameters(
      values.map(() => ({ type: 'uint256' })),
      values,
    )
  const named = (name: string) => keccak256(toBytes(name))
  it.each<readonly [string, bigint, Hex, string]>([
    ['blockCreationTime', 2n, words(1_000n), '1 s'],
    ['blockCreationTime', 2n, words(500n), '500 ms'],
    ['blocksPer', 2n, words(3n), '3'],
    ['MaxIdleBlockInterval', 2n, words(5n), '5'],
    ['ballotDurationMinMax', 3n, words(86_400n, 604_800n), '1 d to 7 d'],
    ['stakingMinMax', 3n, words(15n * 10n ** 23n, 2n * 10n ** 24n), '1500000 WEMIX to 2000000 WEMIX'],
    ['blockRewardAmount', 2n, words(10n ** 18n), '1 WEMIX'],
    ['maxPriorityFeePerGas', 2n, words(10n ** 11n), '100 gwei'],
    ['maxBaseFee', 2n, words(5n * 10n ** 13n), '50000 gwei'],
    ['blockRewardDistribution', 5n, words(4_000n, 1_000n, 2_500n, 2_500n), '4000, 1000, 2500, 2500 of 10000'],
    [
      'gasLimitAndBaseFee',
      4n,
      words(105_000_000n, 46n, 30n),
      'gas limit 105000000, base fee change rate 46, gas target 30 %',
    ],
    ['blockCreationTime', 2n, '0x1234', '0x1234'],
    ['unknown', 1n, words(2n ** 256n - 5n), '-5'],
    ['unknown', 2n, words(7n), '7'],
    ['unknown', 3n, words(7n, 8n), '7, 8'],
    ['unknown', 6n, `0x${'00'.repeat(31)}a1`, '0x00000000000000000000000000000000000000A1'],
    ['unknown', 6n, '0x00000000000000000000000000000000000000a1', '0x00000000000000000000000000000000000000A1'],
    ['unknown', 7n, words(1n), `0x${'00'.repeat(31)}01`],
    ['unknown', 8n, '0xabcd', '0xabcd'],
    ['unknown', 8n, `0x${'ab'.repeat(100)}`, `0x${'ab'.repeat(31)}… (100 bytes)`],
    ['unknown', 9n, stringToHex('v2\u202e'), '"v2"'],
    ['unknown', 9n, encodeAbiParameters([{ type: 'string' }], ['encoded']), '"encoded"'],
    ['unknown', 10n, '0xabcd', '0xabcd'],
  ])('describe %s, of the type %d, with %s as %s', (name, kind, value, expected) => {
    expect(describeVariable({ name: named(name), kind, value })).toMatchObject({
      value: expected,
      isKnown: name !== 'unknown',
    })
  })

  it('are a text only if the type is String', () => {
    expect(variableText({ name: named('x'), kind: 9n, value: stringToHex('{"name":"v2"}') })).toBe('{"name":"v2"}')
    expect(variableText({ name: named('x'), kind: 8n, value: stringToHex('{"name":"v2"}') })).toBeUndefined()
  })

  it('name at least the type of a ballot that cannot be read', () => {
    expect([1n, 2n, 3n, 4n, 5n, 9n].map((ballotType) => ballotWords(basic({ ballotType }), {}).title)).toStrictEqual([
      'Add a member',
      'Remove a member',
      'Change a member',
      'Point governance at another contract',
      'Change a variable',
      'Ballot of type 9',
    ])
  })
})

const corpusSchema = z.object({
  envNameHashes: z.record(z.string(), z.string().regex(/^0x[0-9a-f]{64}$/)),
  mainnet: z.object({ contracts: z.record(z.string(), z.string()) }),
})
describe('the variables of WEMIX', () => {
  itOnCorpus(
    'are known by the hashes that their contracts use',
    { path: 'wemix/contracts.json', schema: corpusSchema, cases: 7 },
    ({ envNameHashes }) => {
      for (const [name, hash] of Object.entries(envNameHashes)) {
        expect(describeVariable({ name: `0x${hash.slice(2)}`, kind: 2n, value: '0x' })).toMatchObject({
          name,
          isKnown: true,
        })
      }
    },
  )
})
