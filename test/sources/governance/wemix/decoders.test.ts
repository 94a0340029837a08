import fc from 'fast-check'
import { encodeFunctionResult, getAddress, type Hex, isAddress, keccak256, toBytes } from 'viem'
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
import { describeVariable } from '../../../../src/sources/governance/wemix/descriptions.js'
import { locate, located } from '../../../../src/sources/governance/wemix/contracts.js'
import { toProposal } from '../../../../src/sources/governance/wemix/toProposal.js'
import { block } from '../../../support/builders.js'
import { listen } from '../../../support/servers/listen.js'
import { readerOf } from './follow.js'
import { someone, contracts } from './ballotGiven.js'

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

describe('decoding any input', () => {
  it('makes of a ballot a ballot, none, or nothing', () => {
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

  it('makes of the payload of a ballot what can be decoded', () => {
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

  it('makes of a vote a vote or nothing', () => {
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

  it('makes of the answers of a registry contracts or a SourceError', () => {
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

  it('makes of any ballot a proposal that can be shown', () => {
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

  it('makes of any bytes a text without NUL', () => {
    fc.assert(
      fc.property(bytes, (raw) => {
        expect(readText(raw)).not.toContain('\u0000')
      }),
    )
  })

  it('makes of a variable of any name, type and value a short text', () => {
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

  it('makes of a node that returns nonsense a SourceError', async () => {
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
        result: results[method] ?? answer.other,
      }))
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify(answers.length === 1 ? answers[0] : answers))
    })()
  })
})
afterAll(() => server.stop())

describe('the answer of getBallotBasic', () => {
  it('starts with the start time, without the id of the struct in the storage', () => {
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
