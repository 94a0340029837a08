import fc from 'fast-check'
import { encodeAbiParameters, encodeEventTopics, keccak256, parseAbiParameters, stringToHex } from 'viem'
import { describe, expect, it } from 'vitest'
import { describeProposal } from '../../../../src/domain/proposals/describeProposal.js'
import { proposalStatuses } from '../../../../src/domain/proposals/proposal.js'
import {
  decodeGovBaseLog,
  govBaseEvents,
  govBaseTopics,
  readRow,
} from '../../../../src/sources/governance/govBase/decode.js'
import { askSeats } from '../../../../src/sources/governance/govBase/seats.js'
import { describeAction } from '../../../../src/sources/governance/govBase/descriptions.js'
import { askProposal, askSummary } from '../../../../src/sources/governance/govBase/query.js'
import { forksIn, validatorsIn } from '../../../../src/sources/governance/govBase/node.js'
import { statusOf, toProposal } from '../../../../src/sources/governance/govBase/toProposal.js'
import { hostile } from '../../../support/hostile.js'

const names = [
  'ACTION_ADD_MEMBER',
  'ACTION_REMOVE_MEMBER',
  'ACTION_CHANGE_MEMBER',
  'ACTION_CHANGE_QUORUM',
  'ACTION_CHANGE_MAX_PROPOSALS',
  'SET_GAS_TIP',
  'ADD_BLACKLIST',
  'REMOVE_BLACKLIST',
  'ADD_AUTHORIZED_ACCOUNT',
  'REMOVE_AUTHORIZED_ACCOUNT',
  'ADD_BLACKLIST_BATCH',
  'REMOVE_BLACKLIST_BATCH',
  'ADD_AUTHORIZED_ACCOUNT_BATCH',
  'REMOVE_AUTHORIZED_ACCOUNT_BATCH',
  'CONFIGURE_MINTER',
  'REMOVE_MINTER',
  'UPDATE_MAX_MINTER_ALLOWANCE',
  'PAUSE',
  'UNPAUSE',
  'MINT_WITH_DEPOSIT',
  'BURN',
]
const bytes = fc.uint8Array({ maxLength: 300 }).map((data): `0x${string}` => `0x${Buffer.from(data).toString('hex')}`)
const uint = (bits: number) => fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n })
const addresses = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map((data): `0x${string}` => `0x${Buffer.from(data).toString('hex')}`)
const sound = fc.oneof(
  fc
    .tuple(addresses, uint(32))
    .map(([who, quorum]) => encodeAbiParameters(parseAbiParameters('address, uint32'), [who, Number(quorum)])),
  fc.array(addresses, { maxLength: 80 }).map((all) => encodeAbiParameters(parseAbiParameters('address[]'), [all])),
  fc
    .tuple(addresses, uint(256), hostile)
    .map(([who, much, text]) => encodeAbiParameters(parseAbiParameters('address, uint256, string'), [who, much, text])),
  uint(256).map((number) => encodeAbiParameters(parseAbiParameters('uint256'), [number])),
)
const actionType = fc.oneof(
  fc.constantFrom(...names).map((name) => keccak256(stringToHex(name))),
  bytes.map((data) => keccak256(data)),
)
const row = fc.record({
  actionType,
  memberVersion: uint(256),
  votedBitmap: uint(256),
  createdAt: uint(256),
  executedAt: uint(256),
  proposer: addresses,
  requiredApprovals: fc.nat(0xffffffff),
  approved: fc.nat(0xffffffff),
  rejected: fc.nat(0xffffffff),
  status: fc.nat(255),
  callData: fc.oneof(bytes, sound),
})
const contract = {
  address: '0x0000000000000000000000000000000000001001',
  kind: 'GovValidator',
  maxAttempts: 3n,
  count: 0n,
  memberVersion: 1n,
} as const

describe('actions', () => {
  it('hash their names as on the chain: with the prefix for members and quorum, without it for the rest', () => {
    const hashes = Object.fromEntries(
      names.map((name) => [name, keccak256(stringToHex(name)).replace(/^(0x.{8}).*(.{4})$/, '$1…$2')]),
    )
    expect(hashes).toMatchObject({
      ACTION_ADD_MEMBER: '0xb8a139bd…bfbb',
      ACTION_REMOVE_MEMBER: '0xa9e62343…164d',
      ACTION_CHANGE_MEMBER: '0x2e7eab62…4724',
      ACTION_CHANGE_QUORUM: '0xf292dae4…568b',
      ACTION_CHANGE_MAX_PROPOSALS: '0xc2a205f0…4b58',
      SET_GAS_TIP: '0x3dbc1eb5…bf94',
    })
    for (const name of names) {
      const { signature } = describeAction(
        { actionType: keccak256(stringToHex(name)), callData: '0x', requiredApprovals: 1n },
        'GovBase',
      )
      expect(signature.startsWith(`${name}(`)).toBe(true)
    }
  })

  it('of any bytes have a title of one line that is not empty', () => {
    fc.assert(
      fc.property(actionType, fc.oneof(bytes, sound), uint(32), (type, callData, requiredApprovals) => {
        const { title, details } = describeAction({ actionType: type, callData, requiredApprovals }, 'GovCouncil')
        expect(title).toMatch(/^[^\n]+$/)
        expect(details).not.toContain('undefined')
      }),
      { numRuns: 500 },
    )
  })
})

describe('a row of any values', () => {
  it('is a proposal that can be shown, or none', () => {
    fc.assert(
      fc.property(
        row,
        uint(64),
        fc.option(fc.array(addresses, { maxLength: 5 }), { nil: undefined }),
        (raw, timestamp, seats) => {
          const read = readRow(raw)
          if (raw.status === 0) {
            expect(read).toBeUndefined()
            return
          }
          const proposal =
            read === undefined
              ? undefined
              : toProposal(read, {
                  chain: 'local',
                  id: 1n,
                  contract,
                  expiry: 604_800n,
                  seats,
                  at: { number: 1n, timestamp },
                  describe: (raw_) => describeProposal(raw_, []),
                })
          expect(proposal?.notUnderstood).toBe(raw.status > 7 ? `status ${raw.status}` : undefined)
          if (proposal === undefined) return
          expect(proposalStatuses).toContain(proposal.status)
          expect(proposal.title.length).toBeLessThanOrEqual(240)
          expect(proposal).not.toHaveProperty('finding')
          expect(proposal.description).not.toMatch(/[\u0000-\u0008\u001b\u202e]/)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('that is no row is none', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(readRow(value)).toBeUndefined()
      }),
    )
  })
})

describe('status', () => {
  it.each([
    [1, 'voting'],
    [2, 'passed'],
    [3, 'executed'],
    [4, 'canceled'],
    [5, 'expired'],
    [6, 'failed'],
    [7, 'rejected'],
  ] as const)('%i is %s as long as the proposal lives', (status, word) => {
    expect(statusOf({ status, createdAt: 100n }, 50n, 150n)).toStrictEqual({ status: word, derived: false })
  })

  it.each([1, 2])('%i has expired, which nobody wrote down, after the last second and not in it', (status) => {
    expect(statusOf({ status, createdAt: 100n }, 50n, 150n)?.status).not.toBe('expired')
    expect(statusOf({ status, createdAt: 100n }, 50n, 151n)).toStrictEqual({ status: 'expired', derived: true })
  })

  it.each([3, 4, 5, 6, 7])('%i stays what it is for ever', (status) => {
    expect(statusOf({ status, createdAt: 100n }, 50n, 1_000n)?.derived).toBe(false)
  })

  it.each([0, 8, 255, -1, 0.5, NaN])("%d is none of the family's", (status) => {
    expect(statusOf({ status, createdAt: 100n }, 50n, 150n)).toBeUndefined()
  })
})

describe('a log', () => {
  const place = { address: contract.address, block: 1n, blockHash: `0x${'1'.repeat(64)}`, index: 0 }

  it('of any bytes is an event or a sentence', () => {
    const topic = fc.oneof(
      fc.constantFrom(...govBaseTopics),
      bytes.map((data) => keccak256(data)),
    )
    fc.assert(
      fc.property(fc.array(topic, { maxLength: 4 }), bytes, (topics, data) => {
        const event = decodeGovBaseLog({ ...place, topics, data })
        if (typeof event === 'string') expect(event).toMatch(/cannot be decoded and was left out\.$/)
        else expect(['created', 'vote', 'executed', 'skipped', 'expired', 'seats']).toContain(event.type)
      }),
      { numRuns: 500 },
    )
  })

  it('with the topic of ours and another indexing is left out', () => {
    const [topic] = encodeEventTopics({
      abi: govBaseEvents,
      eventName: 'ProposalVoted',
      args: { proposalId: 1n, voter: contract.address },
    })
    expect(decodeGovBaseLog({ ...place, topics: [topic], data: '0x' })).toMatch(
      /^Log 0 of block 1 of 0x0+1001 cannot be decoded/,
    )
  })
})

describe('answers of any shape', () => {
  const answers = fc.array(
    fc.oneof(
      fc.record({
        ok: fc.constant(true as const),
        value: fc.oneof(fc.anything(), uint(256), addresses, row, fc.array(uint(256), { maxLength: 3 })),
      }),
      fc.record({
        ok: fc.constant(false as const),
        why: fc.constantFrom('reverted' as const, 'empty' as const, 'malformed' as const),
        reason: hostile,
      }),
    ),
    { maxLength: 20 },
  )

  it('are read or left out', () => {
    fc.assert(
      fc.property(answers, (all) => {
        const { attemptsLeft = 0n } = askProposal(contract, 1n).read(all)
        const { count = 0n, known } = askSeats(contract.address, 1n).read(all)
        expect(attemptsLeft).toBeTypeOf('bigint')
        expect(count).toBeLessThanOrEqual(256n)
        for (const seat of known) expect(seat).toMatch(/^0x[0-9a-fA-F]{40}$/)
        expect(Object.values(askSummary(contract).read(all) ?? { none: 0n }).map((value) => typeof value)).toContain(
          'bigint',
        )
      }),
    )
  })
})

describe('what a node need not answer', () => {
  it('is read or left out, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.jsonValue()), (answer) => {
        expect(forksIn(answer)).toStrictEqual([])
        expect(validatorsIn(answer) ?? []).toStrictEqual([])
      }),
    )
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('bohoBlock', 'londonBlock', 'x Block', '__proto__', 'Block'), fc.anything()),
        (config) => {
          for (const { name, height } of forksIn({ protocols: { eth: { config } } })) {
            expect(name).toBe('boho')
            expect(height).toBeGreaterThanOrEqual(0n)
          }
        },
      ),
    )
  })

  it("gives forks by height, the consensus' own config before the other", () => {
    const protocols = {
      istanbul: { config: { bohoBlock: 100, applepieBlock: 0, berlinBlock: 0 } },
      eth: { config: { bohoBlock: 7 } },
    }
    expect(forksIn({ protocols })).toStrictEqual([
      { name: 'applepie', height: 0n },
      { name: 'boho', height: 100n },
    ])
    expect(forksIn({ protocols: { istanbul: 'off', eth: protocols.eth } })).toStrictEqual([
      { name: 'boho', height: 7n },
    ])
  })
})
