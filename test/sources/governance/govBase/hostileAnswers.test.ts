import fc from 'fast-check'
import { encodeEventTopics, keccak256 } from 'viem'
import { describe, expect, it } from 'vitest'
import { decodeGovBaseLog, govBaseEvents, govBaseTopics } from '../../../../src/sources/governance/govBase/decode.js'
import { askSeats } from '../../../../src/sources/governance/govBase/seats.js'
import { askProposal, askSummary } from '../../../../src/sources/governance/govBase/query.js'
import { forksIn, validatorsIn } from '../../../../src/sources/governance/govBase/node.js'
import { hostile } from '../../../support/hostile/hostileTexts.js'
import { addresses, bytes, contract, row, uint } from './decodersGiven.js'

describe('a log', () => {
  const place = { address: contract.address, block: 1n, blockHash: `0x${'1'.repeat(64)}`, index: 0 }

  it('of any bytes is an event or a warning', () => {
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

  it('with a known topic but other indexed arguments is left out', () => {
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

describe('the answers of a contract', () => {
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

  it('of any shape are read or left out: each seat is an address, and counts are bounded', () => {
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

describe('forks and validators, which are optional', () => {
  it('are read, or empty, whatever the node answers', () => {
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

  it('are the forks by height, and the config of the consensus comes first', () => {
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
