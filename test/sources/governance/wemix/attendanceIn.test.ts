import { zeroAddress } from 'viem'
import { describe, expect, it } from 'vitest'
import { attendanceIn, type CouncilAnswers } from '../../../../src/sources/governance/wemix/council.js'
import type { Answer } from '../../../../src/sources/rpc/readCalls.js'

const voter = (digit: string) => `0x${digit.repeat(40)}` as const
const [a, b, c] = [voter('1'), voter('2'), voter('3')]
const ok = (value: unknown): Answer => ({ ok: true, value })
const failed: Answer = { ok: false, why: 'reverted', reason: '' }
const answers = (parts: Partial<CouncilAnswers> = {}): CouncilAnswers => ({
  length: ok(2n),
  members: [a, b].map(ok),
  votes: [true, false].map(ok),
  ...parts,
})

describe('the attendance of a council', () => {
  it('is known if the voters are those of the last reading', () => {
    expect(attendanceIn([a, b], answers())).toStrictEqual({
      voters: [a, b],
      attendance: { voted: [a], missing: [b] },
    })
  })

  it.each([
    ['its members were not known', [], answers({ votes: [] }), [a, b]],
    ['it has no members', [], answers({ length: ok(0n), members: [], votes: [] }), []],
    ['its number of members is not answered', [a, b], answers({ length: failed }), []],
    ['its number of members is absurd', [a, b], answers({ length: ok(201n) }), []],
    ['a member was replaced', [a, b], answers({ members: [a, c].map(ok) }), [a, c]],
    ['a member left', [a, b], answers({ length: ok(1n) }), [a]],
    ['a member joined', [a, b], answers({ length: ok(3n) }), [a, b, zeroAddress]],
    ['two members have one voter', [a, a], answers({ members: [a, a].map(ok) }), [a, a]],
    ['a voter cannot be read', [a, zeroAddress], answers({ members: [ok(a), failed] }), [a, zeroAddress]],
    ['a vote cannot be read', [a, b], answers({ votes: [ok(true), failed] }), [a, b]],
    ['a vote is nonsense', [a, b], answers({ votes: [ok(true), ok(1n)] }), [a, b]],
  ] as const)('is not known if %s', (_why, known, given, voters) => {
    expect(attendanceIn(known, given)).toStrictEqual({ voters, attendance: undefined })
  })
})
