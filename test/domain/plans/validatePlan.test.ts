import { describe, expect, it } from 'vitest'
import { type ValidateContext, validatePlan } from '../../../src/domain/plans/validatePlan.js'
import type { Plan } from '../../../src/domain/plans/plan.js'
import { readPlan } from '../../../src/domain/plans/readPlan.js'
import { type PlanOptions, resolvePlanOptions } from '../../../src/domain/upgrades/planOptions.js'
import { block, queued, steadyPace, upgrade } from '../../support/builders.js'

const own = upgrade('1', 'v2', 100)
const hour = 3_600_000

function judge(
  plan: Plan,
  context: Partial<ValidateContext> = {},
  { problems = [], ...options }: PlanOptions & { readonly problems?: readonly string[] } = {},
): readonly string[] {
  return validatePlan(
    { plan, origin: 'call', problems },
    {
      key: own.key,
      upgrades: new Map(),
      head: block(50),
      hostTime: 50_000,
      caughtUpAt: { head: 49n, time: 49_000 },
      ...context,
    },
    resolvePlanOptions(options),
  )
}

const v2: Plan = { name: 'v2', height: 100 }
const badSum: Plan = { ...v2, info: { binaries: { 'linux/amd64': 'https://host.example/v2?checksum=sha256:abc' } } }

describe('validatePlan', () => {
  it('accepts a valid plan whose height is ahead', () => {
    expect(judge(v2)).toStrictEqual([])
  })

  it.each([
    ['an unsafe name', { name: '../v2', height: 100 }, /slash/],
    ['no name', { name: '', height: 100 }, /no name/],
    ['a fractional height', { name: 'v2', height: 1.5 }, /whole number/],
    ['a malformed checksum', badSum, /checksum/],
    ['a malformed address', { ...v2, info: { binaries: { 'linux/amd64': 'ftp://host.example/v2' } } }, /http/],
  ])('refuses %s', (_, plan, reason) => {
    expect(judge(plan)).toStrictEqual([expect.stringMatching(reason)])
  })

  it('refuses the problems that the reader found, each once', () => {
    expect(judge({ name: '', height: 100 }, {}, { problems: ['The plan has no name.', 'Two plans.'] })).toStrictEqual([
      'The plan has no name.',
      'Two plans.',
    ])
  })

  it.each([
    [{ name: 'v2', height: 'UPDATE_ME' }, "The plan's height is not a number."],
    [{ name: 'v2' }, 'The plan has no height.'],
    [{ name: 7, height: 100 }, "The plan's name is not a text."],
    [{ name: 'v2', height: 0 }, "The plan's height 0 is not above 0."],
  ])('gives the one true reason for %j', (written, reason) => {
    const { plan, problems } = readPlan(written)
    expect(judge(plan, {}, { problems })).toStrictEqual([reason])
  })

  it('accepts malformed downloads with validationEnabled: false, but no bad name or height', () => {
    const lenient = { validationEnabled: false }
    const problems = judge(badSum)
    expect(judge(badSum, {}, { ...lenient, problems })).toStrictEqual([])
    expect(judge({ ...badSum, name: '..' }, {}, lenient)).toStrictEqual([expect.stringMatching(/another directory/)])
    expect(judge({ name: 'V2', height: 100 }, {}, { ...lenient, profile: 'portable' })).toStrictEqual([
      expect.stringMatching(/portable/),
    ])
  })

  it('refuses a name that the profile cannot carry', () => {
    expect(judge({ name: 'V2', height: 100 }, {}, { profile: 'portable' })).toStrictEqual([
      expect.stringMatching(/portable/),
    ])
  })

  describe('conflicts', () => {
    it.each([
      ['the same name, scheduled', upgrade('2', 'v2', 70)],
      ['the same name, in progress', upgrade('2', 'v2', 70, { status: 'in_progress' })],
      ['the same name, completed', upgrade('2', 'v2', 70, { status: 'completed' })],
      ['the same height, scheduled', upgrade('2', 'v3', 100)],
      ['the same height, in progress', upgrade('2', 'v3', 100, { status: 'in_progress' })],
    ])('refuses %s', (_, other) => {
      expect(judge(v2, { upgrades: queued(other) })).toStrictEqual([expect.stringMatching(/^Proposal 2 already has/)])
    })

    it.each([
      ['itself', own],
      ['a cancelled upgrade', upgrade('2', 'v2', 100, { status: 'cancelled' })],
      ['a refused upgrade', upgrade('2', 'v2', 100, { status: 'refused' })],
      ['a failed upgrade', upgrade('2', 'v2', 100, { status: 'failed' })],
      ['the height of a completed upgrade', upgrade('2', 'v1', 100, { status: 'completed' })],
    ])('accepts %s', (_, other) => {
      expect(judge(v2, { upgrades: queued(other) })).toStrictEqual([])
    })
  })

  describe('a height that has passed', () => {
    const behind = [expect.stringMatching(/^height already passed: /)]

    it('is accepted at first sight only at the head itself, where the node may wait', () => {
      const first = (head: number): readonly string[] =>
        judge(v2, { head: block(head), blockTime: steadyPace(head), caughtUpAt: undefined })
      expect([99, 100].flatMap(first)).toStrictEqual([])
      expect(first(101)).toStrictEqual([
        expect.stringMatching(/^height already passed: .* about 1 s before the first look/),
      ])
      expect(first(3_700)).toStrictEqual([
        expect.stringMatching(/^height already passed: .* about 1 h before the first look/),
      ])
    })

    it('is refused at first sight if the pace is not known', () => {
      expect(judge(v2, { head: block(101), caughtUpAt: undefined })).toStrictEqual(behind)
    })

    it('is refused at first sight if the vote was still open at that height', () => {
      expect(judge(v2, { head: block(100), caughtUpAt: undefined, votedUntil: 100n })).toStrictEqual(behind)
    })

    it('is accepted if the head was at it at the last reading too, unless the vote was still open', () => {
      expect(judge(v2, { head: block(100), caughtUpAt: { head: 100n, time: 49_000 } })).toStrictEqual([])
      expect(judge(v2, { head: block(100), caughtUpAt: { head: 100n, time: 49_000 }, votedUntil: 100n })).toStrictEqual(
        behind,
      )
    })

    it('is refused if it had already passed at the last reading', () => {
      expect(judge(v2, { head: block(110), caughtUpAt: { head: 100n, time: 49_000 } })).toStrictEqual(behind)
    })

    it('is accepted if it passed between two readings', () => {
      expect(judge(v2, { head: block(110), caughtUpAt: { head: 99n, time: 49_000 } })).toStrictEqual([])
    })

    it('is refused if the vote was still open at that height', () => {
      expect(judge(v2, { head: block(110), caughtUpAt: { head: 90n, time: 49_000 }, votedUntil: 100n })).toStrictEqual(
        behind,
      )
      expect(judge(v2, { head: block(110), caughtUpAt: { head: 90n, time: 49_000 }, votedUntil: 99n })).toStrictEqual(
        [],
      )
    })

    it('is refused after an absence longer than lateLimit', () => {
      const caughtUpAt = { head: 90n, time: 0 }
      expect(judge(v2, { head: block(110), hostTime: hour, caughtUpAt })).toStrictEqual([])
      expect(judge(v2, { head: block(110), hostTime: hour + 1, caughtUpAt })).toStrictEqual([
        expect.stringMatching(/away for 1 h/),
      ])
      expect(judge(v2, { head: block(110), hostTime: hour + 1, caughtUpAt }, { lateLimit: 2 * hour })).toStrictEqual([])
    })

    it('is accepted at the head after any absence, and refused beyond it', () => {
      const caughtUpAt = { head: 90n, time: 0 }
      expect(judge(v2, { head: block(100), hostTime: 9 * hour, caughtUpAt })).toStrictEqual([])
      expect(judge(v2, { head: block(102), hostTime: 9 * hour, caughtUpAt })).toStrictEqual(behind)
    })
  })
})
