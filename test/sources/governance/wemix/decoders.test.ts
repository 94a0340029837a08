import fc from 'fast-check'
import {
  type Address,
  encodeAbiParameters,
  encodeFunctionResult,
  getAddress,
  type Hex,
  isAddress,
  keccak256,
  stringToHex,
  toBytes,
} from 'viem'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { describeProposal } from '../../../../src/domain/proposals/describeProposal.js'
import { SourceError } from '../../../../src/domain/errors.js'
import {
  type Ballot,
  ballotAbi,
  decodeBallot,
  decodePayload,
  type Payload,
  readText,
  voteOf,
} from '../../../../src/sources/governance/wemix/decode.js'
import { ballotWords, describeVariable, variableText } from '../../../../src/sources/governance/wemix/descriptions.js'
import { locate, located } from '../../../../src/sources/governance/wemix/contracts.js'
import { buildProposals, statusOf, tallyOf, toProposal } from '../../../../src/sources/governance/wemix/toProposal.js'
import { block } from '../../../support/builders.js'
import { itOnCorpus } from '../../../support/corpus.js'
import { listen } from '../../../support/listen.js'
import { readerOf } from './follow.js'

const someone: Address = '0x00000000000000000000000000000000000000A1'
const basic = (parts: Partial<Ballot> = {}): Ballot => ({
  startTime: 0n,
  endTime: 0n,
  ballotType: 5n,
  creator: someone,
  memo: '0x',
  totalVoters: 0n,
  accepts: 0n,
  rejects: 0n,
  state: 1n,
  isFinalized: false,
  duration: 0n,
  ...parts,
})
const hexOf = (bytes: Uint8Array): Hex => `0x${Buffer.from(bytes).toString('hex')}`
const bytes = fc.uint8Array({ maxLength: 300 }).map(hexOf)
const address = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((raw) => getAddress(hexOf(raw)))
const number = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n })
const anything = fc.anything({ withBigInt: true, maxDepth: 3 })

const ballots: fc.Arbitrary<Ballot> = fc.record({
  startTime: number,
  endTime: number,
  ballotType: fc.oneof(fc.bigInt({ min: 0n, max: 7n }), number),
  creator: address,
  memo: bytes,
  totalVoters: number,
  accepts: number,
  rejects: number,
  state: fc.oneof(fc.bigInt({ min: 0n, max: 7n }), number),
  isFinalized: fc.boolean(),
  duration: number,
})
const payloads: fc.Arbitrary<Payload> = fc.record(
  {
    member: fc.record({
      oldStaker: address,
      newStaker: address,
      newVoter: address,
      newReward: address,
      nodeName: bytes,
      nodeIp: bytes,
      nodePort: number,
      lockAmount: number,
    }),
    exit: fc.record({ unlockAmount: number, slashing: number }),
    newGovernance: address,
    variable: fc.record({
      name: fc.uint8Array({ minLength: 32, maxLength: 32 }).map(hexOf),
      kind: fc.oneof(fc.bigInt({ min: 0n, max: 11n }), number),
      value: bytes,
    }),
  },
  { requiredKeys: [] },
)
const contracts = { registry: someone, gov: someone, ballots: someone, env: someone }

describe('decoding, from whatever there is', () => {
  it('a ballot gives a ballot, none, or nothing', () => {
    const tuple = fc.tuple(
      number,
      number,
      number,
      fc.oneof(address, anything),
      fc.oneof(bytes, anything),
      number,
      number,
      number,
      number,
      fc.boolean(),
      number,
    )
    fc.assert(
      fc.property(fc.oneof(anything, tuple), (answer) => {
        const ballot = decodeBallot(answer)
        expect(
          ballot === undefined || ballot === 'none' || (isAddress(ballot.creator) && /^0x/.test(ballot.memo)),
        ).toBe(true)
      }),
    )
  })

  it('what a ballot asks for gives what could be decoded', () => {
    fc.assert(
      fc.property(
        number,
        anything,
        anything,
        anything,
        anything,
        (ballotType, member, exit, newGovernance, variable) => {
          expect(decodePayload(ballotType, { member, exit, newGovernance, variable })).toBeTypeOf('object')
        },
      ),
    )
  })

  it('a vote gives a vote or nothing', () => {
    const tuple = fc.tuple(number, number, fc.oneof(address, anything), fc.bigInt({ min: 0n, max: 3n }), number, number)
    fc.assert(
      fc.property(fc.oneof(anything, tuple), (value) => {
        const vote = voteOf({ ok: true, value })
        expect(
          vote === undefined || (vote.voteId > 0n && isAddress(vote.voter) && ['yes', 'no'].includes(vote.choice)),
        ).toBe(true)
      }),
    )
  })

  it('what a registry says gives contracts or a sentence', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anything, address), { maxLength: 4 }), (values) => {
        try {
          expect(
            isAddress(
              located(
                someone,
                values.map((value) => ({ ok: true, value })),
                'local',
              ).gov,
            ),
          ).toBe(true)
        } catch (cause) {
          expect(cause).toBeInstanceOf(SourceError)
        }
      }),
    )
    expect(locate(someone)).toHaveLength(3)
  })

  it('any ballot becomes a proposal that can be shown', () => {
    fc.assert(
      fc.property(ballots, payloads, (ballot, payload) => {
        const proposal = toProposal(1n, ballot, payload, {
          chain: 'local',
          contracts,
          threshold: 5_001n,
          at: block(1),
          describe: (raw) => describeProposal(raw, []),
        })
        expect(proposal.title.length).toBeGreaterThan(0)
        expect(proposal.title).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
        expect(proposal.tally?.turnout ?? 0).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('text keeps no NUL, and fits whatever bytes there are', () => {
    fc.assert(
      fc.property(bytes, (raw) => {
        expect(readText(raw)).not.toContain('\u0000')
      }),
    )
  })

  it('a variable of any name, type and value has words', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.constant(keccak256(toBytes('blockCreationTime'))), bytes),
        number,
        bytes,
        (name, kind, value) => {
          expect(describeVariable({ name, kind, value }).value.length).toBeLessThanOrEqual(200)
        },
      ),
    )
  })

  it('a node that sends nonsense gives a sentence', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, fc.oneof(fc.jsonValue(), address), async (result, other) => {
        answer = { result, other }
        for (const registry of [{ registry: someone }, {}]) {
          const reading = readerOf({ urls: [server.url], ...registry }).read({
            open: [],
            signal: new AbortController().signal,
          })
          await expect(reading).rejects.toBeInstanceOf(SourceError)
        }
      }),
      { numRuns: 40 },
    )
  })
})

let answer: { readonly result: Hex; readonly other: unknown } = { result: '0x', other: null }
let server: Awaited<ReturnType<typeof listen>>
beforeAll(async () => {
  server = await listen((request, response) => {
    void (async () => {
      const calls = z
        .union([
          z.array(z.object({ id: z.number(), method: z.string() })),
          z.object({ id: z.number(), method: z.string() }).transform((one) => [one]),
        ])
        .parse(JSON.parse(Buffer.concat(await request.toArray()).toString()))
      const head = {
        number: '0x1',
        hash: `0x${'11'.repeat(32)}`,
        parentHash: `0x${'22'.repeat(32)}`,
        timestamp: '0x1',
        miner: answer.other,
      }
      const results: Readonly<Record<string, unknown>> = {
        eth_getBlockByNumber: head,
        eth_chainId: '0x1',
        eth_call: answer.result,
      }
      const answers = calls.map(({ id, method }) => ({
        jsonrpc: '2.0',
        id,
        result: results[method] ?? String(answer.other),
      }))
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify(answers.length === 1 ? answers[0] : answers))
    })()
  })
})
afterAll(() => server.stop())

describe('the answer of getBallotBasic', () => {
  it('starts with the start time: the id of the struct in the storage is not in it', () => {
    const result = encodeFunctionResult({
      abi: ballotAbi,
      functionName: 'getBallotBasic',
      result: [100n, 200n, 5n, someone, '0x', 1n, 3_333n, 0n, 2n, false, 100n],
    })
    expect(result.slice(2, 66)).toBe(100n.toString(16).padStart(64, '0'))
    expect(decodeBallot([100n, 200n, 5n, someone, '0x', 1n, 3_333n, 0n, 2n, false, 100n])).toMatchObject({
      startTime: 100n,
      endTime: 200n,
      state: 2n,
      isFinalized: false,
    })
    expect(decodeBallot([7n, 100n, 200n, 5n, someone, '0x', 1n, 3_333n, 0n, 2n, false, 100n])).toBeUndefined()
  })
})

describe('a ballot in a state nobody knows', () => {
  it('is kept as it was and marked, with a word said once, and so is not taken for something else', () => {
    const counts = { ballots: 2n, votes: 0n, voting: 0n, threshold: 5_001n }
    const added = [
      { id: 1n, ballot: basic({ state: 9n }), payload: {} },
      { id: 2n, ballot: basic(), payload: {} },
    ]
    const settled = buildProposals(
      { at: block(1), contracts, counts, open: [], followed: [], added },
      { chain: 'local', describe: (raw) => describeProposal(raw, []) },
      new Map(),
    )
    expect(settled.warnings).toStrictEqual([
      `${someone} answers state 9 for proposal 1, which is not understood: it stays submitted, and nothing is acted on.`,
    ])
    expect(settled.proposals).toMatchObject([{ id: '1', status: 'submitted', notUnderstood: 'state 9' }, { id: '2' }])
    const followed = [{ id: 1n, ballot: basic({ state: 9n }), payload: {} }]
    const again = buildProposals(
      { at: block(2), contracts, counts, open: settled.proposals, followed, added: [] },
      { chain: 'local', describe: (raw) => describeProposal(raw, []) },
      new Map(),
    )
    expect(again.warnings).toStrictEqual([])
  })
})

describe('the standing of a ballot', () => {
  const at = { timestamp: 1_000n }
  it.each<readonly [string, Partial<Ballot>, ReturnType<typeof statusOf>]>([
    ['Ready', { state: 1n }, { status: 'submitted', derived: false }],
    ['InProgress up to its last second', { state: 2n, endTime: 1_000n }, { status: 'voting', derived: false }],
    ['InProgress after it', { state: 2n, endTime: 999n }, { status: 'expired', derived: true }],
    ['Accepted', { state: 3n, isFinalized: true }, { status: 'executed', derived: false }],
    ['Accepted, yet not final: its plan does not count', { state: 3n }, { status: 'voting', derived: false }],
    ['Rejected', { state: 4n, accepts: 5_000n }, { status: 'rejected', derived: false }],
    ['Rejected with enough accepts', { state: 4n, accepts: 5_001n }, { status: 'failed', derived: false }],
    ['Canceled, which is never final', { state: 5n }, { status: 'canceled', derived: false }],
    ['Invalid', { state: 0n }, undefined],
    ['a state nobody knows', { state: 6n }, undefined],
  ])('is right for %s', (_what, parts, expected) => {
    expect(statusOf(basic(parts), 5_001n, at)).toStrictEqual(expected)
  })

  it('needs 5001 of 10000', () => {
    expect(tallyOf(basic({ state: 2n, accepts: 5_000n }), 5_001n)?.thresholdMet).toBe(false)
    expect(tallyOf(basic({ state: 2n, accepts: 5_001n }), 5_001n)?.thresholdMet).toBe(true)
  })
})

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
  ])('%s of type %i reads %s as %s', (name, kind, value, expected) => {
    expect(describeVariable({ name: named(name), kind, value })).toMatchObject({
      value: expected,
      isKnown: name !== 'unknown',
    })
  })

  it('are a text only where the type is String', () => {
    expect(variableText({ name: named('x'), kind: 9n, value: stringToHex('{"name":"v2"}') })).toBe('{"name":"v2"}')
    expect(variableText({ name: named('x'), kind: 8n, value: stringToHex('{"name":"v2"}') })).toBeUndefined()
  })

  it('say of a ballot that cannot be read at least its type', () => {
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
    'are known by the hashes their contracts use',
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
