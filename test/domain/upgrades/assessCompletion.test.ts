import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assessCompletion, type Sighting } from '../../../src/domain/upgrades/assessCompletion.js'
import { type PlanOptions, resolvePlanOptions } from '../../../src/domain/upgrades/planOptions.js'
import type { CompletionEvidence, Upgrade } from '../../../src/domain/upgrades/upgrade.js'
import { upgrade } from '../../support/builders.js'

const limit = 10_000
const evidence: CompletionEvidence = { block: 100n, head: 100n, since: 0, movedAt: 0, outage: false }
const running = (parts: Partial<CompletionEvidence> = {}): Upgrade =>
  upgrade('1', 'v2', 100, { status: 'in_progress', evidence: { ...evidence, ...parts } })

/** The verdict after each sighting, in turn. */
function verdicts(start: Upgrade, sightings: readonly Sighting[], options: PlanOptions = {}): readonly string[] {
  let current = start
  return sightings.map((sighting) => {
    const judgement = assessCompletion(current, sighting, resolvePlanOptions({ stallTimeout: limit, ...options }))!
    current = {
      ...current,
      evidence: judgement.evidence,
      ...(judgement.verdict !== 'waiting' && { status: judgement.verdict }),
    }
    return judgement.verdict
  })
}

const sight = (head: bigint, hostTime: number, nodeVersion?: string): Sighting => ({
  head,
  hostTime,
  ...(nodeVersion !== undefined && { nodeVersion }),
})

describe('assessCompletion', () => {
  it('returns nothing for an upgrade that was not triggered', () => {
    expect(assessCompletion(upgrade('1', 'v2', 100), sight(200n, 1), resolvePlanOptions({}))).toBeUndefined()
  })

  it('completes two blocks past the height if the node reports no version', () => {
    expect(verdicts(running(), [sight(101n, 1), sight(102n, 2)])).toStrictEqual(['waiting', 'completed'])
  })

  it('counts the two blocks from the trigger if that came after the height', () => {
    expect(verdicts(running({ block: 120n, head: 120n }), [sight(121n, 1), sight(122n, 2)])).toStrictEqual([
      'waiting',
      'completed',
    ])
  })

  it('counts the two blocks from the height if the head of the trigger was never on the chain', () => {
    const ahead = running({ block: 6_031n, head: 6_031n })
    expect(verdicts(ahead, [sight(44n, 1), sight(101n, 2), sight(102n, 3)])).toStrictEqual([
      'waiting',
      'waiting',
      'completed',
    ])
    expect(verdicts(ahead, [sight(120n, 1), sight(121n, 2), sight(122n, 3)])).toStrictEqual([
      'waiting',
      'waiting',
      'completed',
    ])
  })

  it('requires a changed version if the node reports its version', () => {
    expect(verdicts(running({ nodeVersion: 'v1' }), [sight(105n, 1, 'v1'), sight(106n, 2, 'v2')])).toStrictEqual([
      'waiting',
      'completed',
    ])
  })

  it('compares with the version that was seen first after the trigger if none was known before', () => {
    expect(verdicts(running(), [sight(101n, 1, 'v1'), sight(105n, 2, 'v1'), sight(106n, 3, 'v2')])).toStrictEqual([
      'waiting',
      'waiting',
      'completed',
    ])
  })

  it('accepts the same version as proof after an outage', () => {
    expect(
      verdicts(running({ nodeVersion: 'v1' }), [sight(105n, 1, 'v1'), { hostTime: 2 }, sight(106n, 3, 'v1')]),
    ).toStrictEqual(['waiting', 'waiting', 'completed'])
  })

  it('counts answers from another endpoint as an outage, and completes once the node itself is back', () => {
    expect(
      verdicts(running({ nodeVersion: 'v1' }), [sight(105n, 1), sight(106n, 2), sight(107n, 3, 'v1')]),
    ).toStrictEqual(['waiting', 'waiting', 'completed'])
  })

  it('does not count a poll without a new block as an outage', () => {
    expect(
      verdicts(running({ nodeVersion: 'v1' }), [sight(105n, 1, 'v1'), sight(105n, 2), sight(106n, 3, 'v1')]),
    ).toStrictEqual(['waiting', 'waiting', 'waiting'])
  })

  it('does not complete during an outage before the node answers again', () => {
    expect(verdicts(running({ head: 105n, nodeVersion: 'v1' }), [{ hostTime: 1 }])).toStrictEqual(['waiting'])
  })

  it('completes on blocks alone with completion: height', () => {
    expect(verdicts(running({ nodeVersion: 'v1' }), [sight(102n, 1, 'v1')], { completion: 'height' })).toStrictEqual([
      'completed',
    ])
  })

  it.for([
    ['the version before the switch', { formerVersion: 'v1' }, 'v2', { oldVersion: 'v1', newVersion: 'v2' }],
    ['no old version if it is not known', {}, 'v2', { newVersion: 'v2' }],
    ['the last version if it changes once more', { formerVersion: 'v1' }, 'v3', { oldVersion: 'v2', newVersion: 'v3' }],
  ] as const)('reports for a node that switched early: %s', ([_what, before, now, told]) => {
    const options = resolvePlanOptions({ completion: 'height' })
    const seen = assessCompletion(running({ nodeVersion: 'v2', ...before }), sight(102n, 1, now), options)
    const proof = now === 'v2' ? 'blocks_past_height' : 'version_changed'
    expect(seen).toMatchObject({ verdict: 'completed' })
    expect(seen).toHaveProperty('seen', { evidence: proof, ...told })
  })

  it('reports the former version of an early switch after a restart, and the restarted version in the restart', () => {
    const early = running({ nodeVersion: 'v2', formerVersion: 'v1', outage: true })
    const told = (head: bigint) => assessCompletion(early, sight(head, 1, 'v2'), resolvePlanOptions({}))
    expect(told(101n)).toMatchObject({ restart: { oldVersion: 'v2', newVersion: 'v2' } })
    expect(told(102n)).toMatchObject({ seen: { oldVersion: 'v1', newVersion: 'v2' } })
  })

  describe('with a process manager that changes the version', () => {
    it.each(['wemixvisor', 'cosmovisor'] as const)(
      'reports a restart once and does not complete on it (%s)',
      (profile) => {
        const options = resolvePlanOptions({ stallTimeout: limit, profile })
        const first = assessCompletion(running({ nodeVersion: 'v1', outage: true }), sight(105n, 1, 'v1'), options)
        expect(first).toMatchObject({
          verdict: 'waiting',
          restart: { evidence: 'same_version_after_outage', oldVersion: 'v1', newVersion: 'v1' },
        })
        const later = { ...running(), evidence: first!.evidence }
        expect(assessCompletion(later, sight(106n, 2, 'v1'), options)).not.toHaveProperty('restart')
        expect(assessCompletion(later, sight(900n, limit + 1, 'v1'), options)).toMatchObject({
          verdict: 'failed',
          reason: 'The chain moved on for 10 s, but the node came back with v1, the version it ran before.',
        })
        expect(assessCompletion(later, sight(106n, 2, 'v2'), options)).toMatchObject({
          verdict: 'completed',
          seen: { evidence: 'version_changed', oldVersion: 'v1', newVersion: 'v2' },
        })
      },
    )
  })

  it('reports no restart if the node comes back with another version', () => {
    const away = running({ nodeVersion: 'v1', outage: true })
    const seen = assessCompletion(away, sight(101n, 1, 'v2'), resolvePlanOptions({}))
    expect(seen).toMatchObject({ verdict: 'waiting' })
    expect(seen).not.toHaveProperty('restart')
  })

  it('reports a file that was not consumed once, and completes the upgrade all the same', () => {
    const written = { ...running({ nodeVersion: 'v1' }), writtenAt: 1n }
    const options = resolvePlanOptions({ stallTimeout: 600_000 })
    const first = assessCompletion(written, sight(110n, 60_001, 'v1'), options)
    expect(first).toMatchObject({ verdict: 'waiting', unconsumed: { version: 'v1' } })
    const later = { ...written, evidence: first!.evidence }
    expect(assessCompletion(later, sight(120n, 70_000, 'v1'), options)).not.toHaveProperty('unconsumed')
    const intime = assessCompletion(written, sight(110n, 60_000, 'v1'), options)
    expect(intime?.evidence).not.toHaveProperty('unconsumed')
    expect(assessCompletion(later, sight(130n, 80_000, 'v2'), options)).toMatchObject({ verdict: 'completed' })
  })

  it('reports no restart with completion: height', () => {
    const seen = assessCompletion(
      running({ nodeVersion: 'v1', outage: true }),
      sight(101n, 1, 'v1'),
      resolvePlanOptions({ completion: 'height', profile: 'wemixvisor' }),
    )
    expect(seen).not.toHaveProperty('restart')
  })

  it('completes on blocks after the time-out if the chain holds the plan', () => {
    const since = 5_000
    const held: Upgrade = { ...running({ nodeVersion: 'v1', outage: true, restarted: true, since }), held: true }
    const sightings = [since, since + limit, since + limit + 1].map((at) => sight(BigInt(at), at, 'v1'))
    expect(verdicts(held, sightings, { profile: 'cosmovisor' })).toStrictEqual(['waiting', 'waiting', 'completed'])
  })

  it('gives a reason for a failure that matches what was seen', () => {
    const said = (start: Upgrade, sighting: Sighting): string | undefined => {
      const judgement = assessCompletion(
        start,
        sighting,
        resolvePlanOptions({ stallTimeout: limit, profile: 'wemixvisor' }),
      )
      return judgement?.verdict === 'failed' ? judgement.reason : undefined
    }
    const old = running({ nodeVersion: 'v1', head: 200n, movedAt: limit })
    // Unreachable: its version is not known.
    expect(said(old, { hostTime: 3 * limit })).toBe(
      'No answer from the node and no new block for 10 s after the upgrade was triggered; the last one seen is block 200.',
    )
    expect(said(old, sight(201n, limit + 1))).toBe(
      'The chain moved on for 10 s, but the node itself does not answer: what it runs is not known.',
    )
    // The current head is below the height: the chain did not move on, whatever was claimed before.
    expect(
      said(running({ nodeVersion: 'v1', head: 2n ** 40n, movedAt: limit }), sight(99n, limit + 1, 'v1')),
    ).toBeUndefined()
  })

  it('does not fail at a poll without a new block, which reports no version', () => {
    const polls = [sight(200n, limit - 1, 'v1'), sight(200n, limit + 1), sight(201n, limit + 2)]
    expect(verdicts(running({ nodeVersion: 'v1' }), polls)).toStrictEqual(['waiting', 'waiting', 'failed'])
  })

  it('fails a plan with a time, which nodes that are not ready pass too, only for lack of a report of the chain', () => {
    const { height: _height, ...fork } = { ...running({ nodeVersion: 'v1' }), held: true as const, time: 1_000n }
    const options = resolvePlanOptions({ stallTimeout: limit })
    expect(assessCompletion(fork, sight(900n, limit, 'v2'), options)).toMatchObject({ verdict: 'waiting' })
    expect(assessCompletion(fork, sight(900n, limit + 1, 'v2'), options)).toMatchObject({
      verdict: 'failed',
      reason: 'The chain moved on for 10 s, but no node says whether it is carried out.',
    })
  })

  it('follows a head that later answers correct downwards', () => {
    const lied = running({ head: 2n ** 40n })
    expect(verdicts(lied, [sight(100n, 1), sight(101n, limit), sight(102n, limit + 2)])).toStrictEqual([
      'waiting',
      'waiting',
      'completed',
    ])
  })

  it('follows a head downwards by more than twenty blocks, because servers behind one name may differ by less', () => {
    const head = (seen: bigint): bigint | undefined =>
      assessCompletion(running({ head: 121n }), sight(seen, 1), resolvePlanOptions({}))?.evidence.head
    expect([head(101n), head(100n)]).toStrictEqual([121n, 100n])
  })

  it('returns nothing if the proposal was removed by a reorg', () => {
    expect(
      assessCompletion({ ...running(), status: 'failed', withdrawn: true }, sight(900n, 1), resolvePlanOptions({})),
    ).toBeUndefined()
  })

  it('fails if no block comes before the time-out, reachable or not', () => {
    expect(verdicts(running(), [sight(100n, limit), sight(100n, limit + 1)])).toStrictEqual(['waiting', 'failed'])
    expect(verdicts(running(), [{ hostTime: limit }, { hostTime: limit + 1 }])).toStrictEqual(['waiting', 'failed'])
  })

  it('fails after the same time if the host clock was far ahead at the trigger', () => {
    const ahead = { since: 365 * 86_400_000, movedAt: 365 * 86_400_000 }
    const still = [sight(100n, 0), sight(100n, limit), sight(100n, limit + 1)]
    expect(verdicts(running(ahead), still)).toStrictEqual(['waiting', 'waiting', 'failed'])
    const old = [sight(100n, 0, 'v1'), sight(900n, limit, 'v1'), sight(901n, limit + 1, 'v1')]
    expect(verdicts(running({ ...ahead, nodeVersion: 'v1' }), old)).toStrictEqual(['waiting', 'waiting', 'failed'])
  })

  it('counts the time for the switch from the first block at the height', () => {
    expect(
      verdicts(running({ nodeVersion: 'v1' }), [sight(100n, 1_000, 'v1'), sight(900n, limit + 1, 'v1')]),
    ).toStrictEqual(['waiting', 'failed'])
  })

  it('fails if blocks come but nothing shows a new binary', () => {
    const judgement = assessCompletion(
      running({ nodeVersion: 'v1' }),
      sight(900n, limit + 1, 'v1'),
      resolvePlanOptions({ stallTimeout: limit }),
    )
    expect(judgement).toMatchObject({
      verdict: 'failed',
      reason: 'The chain moved on for 10 s, but the node still runs v1 and was never seen to restart.',
    })
  })

  it.each([false, true])('names a version change before the height in the reason (outage: %s)', (outage) => {
    const switched = running({ nodeVersion: 'v2', formerVersion: 'v1', switchedBy: 92n, outage })
    const options = resolvePlanOptions({ stallTimeout: limit, profile: 'cosmovisor' })
    const judgement = assessCompletion(switched, sight(900n, limit + 1, 'v2'), options)
    expect(judgement).toHaveProperty('reason')
    expect(JSON.stringify(judgement?.verdict === 'failed' && judgement.reason)).toContain(
      'It ran v1 before, and v2 at block 92 already',
    )
  })

  it('starts the time-out at the height, however early the file was written', () => {
    const early = running({ block: 50n, head: 50n })
    expect(
      verdicts(early, [
        sight(51n, 9 * limit),
        sight(99n, 20 * limit),
        sight(100n, 20 * limit + 1),
        sight(100n, 21 * limit + 2),
      ]),
    ).toStrictEqual(['waiting', 'waiting', 'waiting', 'failed'])
  })

  it('gives an old binary the whole time-out after the height', () => {
    const early = running({ block: 50n, head: 50n, nodeVersion: 'v1' })
    expect(
      verdicts(early, [
        sight(99n, 20 * limit, 'v1'),
        sight(103n, 20 * limit + 1, 'v1'),
        sight(120n, 30 * limit + 1, 'v1'),
      ]),
    ).toStrictEqual(['waiting', 'waiting', 'failed'])
  })

  it('completes after a failure, and fails only once', () => {
    expect(verdicts(running(), [sight(100n, limit + 1), sight(100n, 5 * limit), sight(102n, 6 * limit)])).toStrictEqual(
      ['failed', 'waiting', 'completed'],
    )
  })

  it('never completes while the head is less than two blocks past the height', () => {
    const sighting = fc.record({
      head: fc.option(fc.bigInt({ min: 90n, max: 101n }), { nil: undefined }),
      hostTime: fc.nat(limit),
      nodeVersion: fc.constantFrom('v1', 'v2'),
    })
    fc.assert(
      fc.property(fc.array(sighting, { minLength: 1 }), (all) => {
        const sightings = all.map(({ head, ...rest }): Sighting => ({ ...rest, ...(head !== undefined && { head }) }))
        expect(verdicts(running({ nodeVersion: 'v1' }), sightings)).not.toContain('completed')
      }),
    )
  })
})
