import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideReplacement } from '../../../src/sinks/upgradeInfo/decideReplacement.js'
import { parseUpgradeInfo } from '../../../src/sinks/upgradeInfo/parseUpgradeInfo.js'

const ours = { name: 'v2', height: 1_000 }
const judge = (name: string, height: number, head: bigint) =>
  decideReplacement({ kind: 'plan', plan: { name, height }, rest: {} }, ours, head)

describe('decideReplacement', () => {
  it.each([
    ['our plan', 'v2', 1_000, 999n, 'same'],
    ['our plan, long ago', 'v2', 1_000, 5_000n, 'same'],
    ['another plan at our height', 'v3', 1_000, 5n, 'refuse'],
    ['another plan at our height, passed', 'v3', 1_000, 1_001n, 'refuse'],
    ['another plan with a future height before ours', 'v1', 900, 899n, 'refuse'],
    ['another plan exactly at its height', 'v1', 900, 900n, 'refuse'],
    ['another plan the chain has passed', 'v1', 900, 901n, 'replace'],
    ['another plan with a height after ours', 'v3', 2_000, 1_000n, 'refuse'],
    ['a later plan the chain has passed', 'v3', 2_000, 3_000n, 'refuse'],
    ['our plan before it was postponed', 'v2', 900, 800n, 'replace'],
    ['our plan before it was brought forward', 'v2', 2_000, 800n, 'replace'],
    ['our name, later and passed', 'v2', 2_000, 3_000n, 'refuse'],
    ['our name in other letters', 'V2', 1_000, 999n, 'refuse'],
  ] as const)('%s', (_case, name, height, head, verdict) => {
    expect(judge(name, height, head).verdict).toBe(verdict)
  })

  it.each([
    ['wemixvisor', { info: 'text' }, 'replace'],
    ['wemixvisor', { info: [] }, 'replace'],
    ['wemixvisor', { info: {}, time: '2026-01-01T00:00:00Z' }, 'same'],
    ['wemixvisor', { info: null }, 'same'],
    ['cosmovisor', { info: { a: 1 } }, 'replace'],
    ['cosmovisor', { time: '2026-01-01T00:00:00Z' }, 'replace'],
    ['cosmovisor', { time: '' }, 'replace'],
    ['cosmovisor', { upgraded_client_state: {} }, 'replace'],
    ['cosmovisor', { info: 'text', time: '0001-01-01T00:00:00Z', upgraded_client_state: null, more: 1 }, 'same'],
    ['portable', { info: { a: 1 } }, 'same'],
  ] as const)('our plan, read by %s with %j: %s', (profile, rest, verdict) => {
    const present = { kind: 'plan', plan: ours, rest } as const
    expect(decideReplacement(present, ours, 999n, profile).verdict).toBe(verdict)
  })

  it.each([
    ['cosmovisor', 'upgrade-v2', 1_000, 'same'],
    ['cosmovisor', 'upgrade-v2', 900, 'replace'],
    ['cosmovisor', 'UPGRADE-V2', 1_000, 'refuse'],
    ['cosmovisor', 'upgrade-v3', 1_000, 'refuse'],
    ['wemixvisor', 'upgrade-v2', 1_000, 'refuse'],
    ['portable', 'upgrade-v2', 1_000, 'refuse'],
  ] as const)('Upgrade-V2, for %s, in a file that holds %s at %d: %s', (profile, name, height, verdict) => {
    const present = { kind: 'plan', plan: { name, height }, rest: {} } as const
    expect(decideReplacement(present, { name: 'Upgrade-V2', height: 1_000 }, 5n, profile).verdict).toBe(verdict)
  })

  it.each([
    ['cosmovisor', { Info: { a: 1 } }, 'replace'],
    ['cosmovisor', { TIME: '2026-01-01T00:00:00Z' }, 'replace'],
    ['cosmovisor', { Upgraded_Client_State: {} }, 'replace'],
    ['cosmovisor', { info: {}, Info: 'text' }, 'same'],
    ['wemixvisor', { Info: 'text' }, 'replace'],
    ['wemixvisor', { Info: {} }, 'same'],
  ] as const)('our plan in a file, whose keys %s reads whatever their case, with %j: %s', (profile, rest, verdict) => {
    const present = parseUpgradeInfo(JSON.stringify({ ...ours, ...rest }))
    expect(decideReplacement(present, ours, 999n, profile)).toStrictEqual({ verdict })
  })

  it('replaces an empty file', () => {
    expect(decideReplacement({ kind: 'empty' }, ours, 1n)).toStrictEqual({ verdict: 'replace' })
  })

  it('says what blocks the write, without control characters of a name', () => {
    expect(judge('v3\u001b[31m\u202e', 2_000, 1_000n)).toStrictEqual({
      verdict: 'refuse',
      problem: 'holds the plan "v3" for height 2000, which the chain has not passed yet',
    })
  })

  it('never replaces another name whose height has not passed, or anything at our height', () => {
    const height = fc.integer({ min: 1, max: 20 })
    fc.assert(
      fc.property(height, height, fc.constantFrom('v2', 'v3'), (theirs, head, name) => {
        const verdict = decideReplacement(
          { kind: 'plan', plan: { name, height: theirs }, rest: {} },
          { name: 'v2', height: 10 },
          BigInt(head),
        ).verdict
        if (verdict === 'same') expect([name, theirs]).toStrictEqual(['v2', 10])
        if (verdict === 'replace') expect(theirs !== 10 && (name === 'v2' || theirs < Math.min(head, 10))).toBe(true)
      }),
    )
  })
})
