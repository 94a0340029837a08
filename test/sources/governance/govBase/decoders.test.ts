import fc from 'fast-check'
import { keccak256, stringToHex } from 'viem'
import { describe, expect, it } from 'vitest'
import { describeProposal } from '../../../../src/domain/proposals/describeProposal.js'
import { proposalStatuses } from '../../../../src/domain/proposals/proposal.js'
import { readRow } from '../../../../src/sources/governance/govBase/decode.js'
import { describeAction } from '../../../../src/sources/governance/govBase/descriptions.js'
import { statusOf, toProposal } from '../../../../src/sources/governance/govBase/toProposal.js'
import { actionType, addresses, bytes, contract, names, row, sound, uint } from './decodersGiven.js'

describe('actions', () => {
  it('hash their names as on the chain: with the prefix for members and quorum, without it otherwise', () => {
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

  it('with any data have a title of one line that is not empty', () => {
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

  it('of another shape is none', () => {
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
  ] as const)('%i is %s while the proposal lives', (status, word) => {
    expect(statusOf({ status, createdAt: 100n }, 50n, 150n)).toStrictEqual({ status: word, derived: false })
  })

  it.each([1, 2])('%i is expired and derived after the last second, and not in it', (status) => {
    expect(statusOf({ status, createdAt: 100n }, 50n, 150n)?.status).not.toBe('expired')
    expect(statusOf({ status, createdAt: 100n }, 50n, 151n)).toStrictEqual({ status: 'expired', derived: true })
  })

  it.each([3, 4, 5, 6, 7])('%i never changes', (status) => {
    expect(statusOf({ status, createdAt: 100n }, 50n, 1_000n)?.derived).toBe(false)
  })

  it.each([0, 8, 255, -1, 0.5, NaN])('%d is unknown', (status) => {
    expect(statusOf({ status, createdAt: 100n }, 50n, 150n)).toBeUndefined()
  })
})
