import { describe, expect, it } from 'vitest'
import { applyWriteOutcome } from '../../../src/domain/upgrades/applyWriteOutcome.js'
import type { CompletionEvidence, Upgrade } from '../../../src/domain/upgrades/upgrade.js'
import type { UpgradeMove } from '../../../src/domain/upgrades/upgradeMove.js'
import type { WriteOutcome } from '../../../src/domain/upgrades/writeOutcome.js'
import { block, genesis, upgrade } from '../../support/builders.js'

const waiting = upgrade('1', 'v2', 100)
type Result = WriteOutcome extends infer One ? (One extends WriteOutcome ? Omit<One, 'key'> : never) : never
const after = (result: Result, one: Upgrade = waiting, head = 100, nodeVersion?: string): readonly UpgradeMove[] =>
  applyWriteOutcome(one, {
    outcome: { ...result, key: one.key },
    head: block(head),
    hostTime: 5,
    ...(nodeVersion !== undefined && { nodeVersion }),
  })
const time = genesis + 100n

describe('applyWriteOutcome', () => {
  it.each(['written', 'unchanged'] as const)('triggers at the height if the file is %s', (result) => {
    expect(after({ result }, waiting, 100, 'v1')).toStrictEqual([
      {
        type: 'triggered',
        time,
        silent: false,
        upgrade: {
          ...waiting,
          status: 'in_progress',
          writtenAt: time,
          triggeredAt: time,
          evidence: { block: 100n, head: 100n, since: 5, movedAt: 5, outage: false, nodeVersion: 'v1' },
        },
      },
    ])
  })

  it('keeps the former version of a node that changed it before the height', () => {
    const evidence: CompletionEvidence = {
      block: 92n,
      head: 92n,
      since: 1,
      movedAt: 1,
      nodeVersion: 'v2',
      formerVersion: 'v1',
      outage: false,
    }
    expect(after({ result: 'written' }, { ...waiting, evidence })[0]?.upgrade.evidence).toMatchObject({
      nodeVersion: 'v2',
      formerVersion: 'v1',
      switchedBy: 92n,
    })
  })

  it('keeps the remark of the writer on a file that already held the plan', () => {
    const remark = 'It holds another info.'
    expect(after({ result: 'unchanged', remark })[0]?.upgrade).toMatchObject({
      status: 'in_progress',
      reasons: [remark],
    })
    expect(after({ result: 'unchanged', remark }, waiting, 90)[0]?.upgrade).toMatchObject({
      status: 'scheduled',
      reasons: [remark],
    })
  })

  it('triggers without a writing time if no file is written', () => {
    expect(after({ result: 'skipped' })[0]?.upgrade).toMatchObject({ status: 'in_progress', triggeredAt: time })
    expect(after({ result: 'skipped' })[0]?.upgrade).not.toHaveProperty('writtenAt')
  })

  it('keeps an upgrade scheduled, silently, if its file is written before the height', () => {
    expect(after({ result: 'written' }, waiting, 90)).toStrictEqual([
      {
        type: 'scheduled',
        time: genesis + 90n,
        silent: true,
        upgrade: { ...waiting, writtenAt: genesis + 90n },
        file: 'written',
      },
    ])
    // An identical file was left alone.
    expect(after({ result: 'unchanged' }, waiting, 90)).toMatchObject([
      { type: 'scheduled', silent: true, file: 'unchanged' },
    ])
    expect(after({ result: 'skipped' }, waiting, 90)).toStrictEqual([])
  })

  it('keeps the time of the first write', () => {
    expect(after({ result: 'unchanged' }, { ...waiting, writtenAt: genesis })[0]?.upgrade.writtenAt).toBe(genesis)
  })

  it('restarts the wait at the height, with the version and outage seen since the file was written', () => {
    const evidence: CompletionEvidence = {
      block: 90n,
      head: 90n,
      since: 1,
      movedAt: 1,
      nodeVersion: 'v1',
      outage: true,
    }
    expect(
      after({ result: 'unchanged' }, { ...waiting, evidence, writtenAt: genesis }, 100, 'v2')[0]?.upgrade.evidence,
    ).toMatchObject({ nodeVersion: 'v1', outage: true, since: 5 })
    // An outage before the file existed is no evidence of the switch.
    expect(after({ result: 'written' }, { ...waiting, evidence }, 100, 'v1')[0]?.upgrade.evidence).toMatchObject({
      nodeVersion: 'v1',
      outage: false,
    })
  })

  it('counts an outage before the height if the node switches without a file, and none that was not seen', () => {
    const seen = { block: 90n, head: 90n, since: 1, movedAt: 1, nodeVersion: 'v1' }
    const outageAfter = (result: 'skipped' | 'unchanged', outage: boolean): boolean | undefined =>
      after({ result }, { ...waiting, evidence: { ...seen, outage }, writtenAt: genesis })[0]?.upgrade.evidence?.outage
    expect(outageAfter('unchanged', false)).toBe(false)
    const evidence = { ...seen, outage: true }
    expect(after({ result: 'skipped' }, { ...waiting, evidence })[0]?.upgrade.evidence?.outage).toBe(true)
  })

  it('owes the command of the operator after a write that says so, and only then', () => {
    expect(after({ result: 'written', hook: true })[0]?.upgrade.hook).toBe('owed')
    expect(after({ result: 'unchanged', hook: true }, waiting, 90)[0]?.upgrade.hook).toBe('owed')
    expect(after({ result: 'written' })[0]?.upgrade).not.toHaveProperty('hook')
  })

  it('changes nothing if the plan is not asked for any more', () => {
    expect(after({ result: 'held', reason: 'It is not due any more.' })).toStrictEqual([])
  })

  it('refuses for good if the writer refuses', () => {
    expect(after({ result: 'refused', reason: 'Not ours.' })).toMatchObject([
      { type: 'refused', silent: false, upgrade: { status: 'refused', completedAt: time, reasons: ['Not ours.'] } },
    ])
  })

  it('announces a failed write once per reason, and keeps the upgrade scheduled', () => {
    const [failed] = after({ result: 'failed', reason: 'Disk full.' })
    expect(failed).toMatchObject({ type: 'failed', upgrade: { status: 'scheduled', reasons: ['Disk full.'] } })
    expect(after({ result: 'failed', reason: 'Disk full.' }, failed?.upgrade)).toStrictEqual([])
    expect(after({ result: 'failed', reason: 'Read only.' }, failed?.upgrade)).toHaveLength(1)
    expect(after({ result: 'written' }, failed?.upgrade)[0]?.upgrade.reasons).toStrictEqual([])
  })

  it('lists alternating reasons once each, at most five', () => {
    const reasons = ['Read only.', 'Disk full.', 'The checksum is none.']
    const warned = { ...waiting, reasons: ['The checksum is none.'] }
    const [first] = after({ result: 'failed', reason: 'Disk full.' }, warned)
    const [second] = after({ result: 'failed', reason: 'Read only.' }, first?.upgrade)
    expect(second?.upgrade.reasons).toStrictEqual(reasons)
    for (const reason of reasons.slice(0, 2))
      expect(after({ result: 'failed', reason }, second?.upgrade)).toStrictEqual([])

    let known = waiting
    for (let at = 0; at < 100; at += 1) {
      known = after({ result: 'failed', reason: `Reason ${at}.` }, known)[0]!.upgrade
      expect(known.reasons.length).toBeLessThanOrEqual(5)
    }
    expect(after({ result: 'written' }, known)[0]?.upgrade.reasons).toStrictEqual([])
  })

  it.each(['cancelled', 'in_progress', 'refused'] as const)('ignores an outcome if the upgrade is %s', (status) => {
    expect(after({ result: 'written' }, { ...waiting, status })).toStrictEqual([])
  })

  it('ignores an outcome of an unknown upgrade', () => {
    expect(
      applyWriteOutcome(undefined, { outcome: { result: 'written', key: 'x' }, head: block(1), hostTime: 0 }),
    ).toStrictEqual([])
    const found = { checks: [], checkedAt: 0 }
    const checked: WriteOutcome = { result: 'postChecked', key: 'x', plan: { name: 'v2', height: 100 }, found }
    expect(applyWriteOutcome(undefined, { outcome: checked, head: block(1), hostTime: 0 })).toStrictEqual([])
  })

  it('ignores an outcome for a plan that has changed since', () => {
    const plan = { name: 'v2', height: 90 }
    for (const result of ['written', 'skipped'] as const) expect(after({ result, plan })).toStrictEqual([])
    expect(after({ result: 'failed', reason: 'Disk full.', plan })).toStrictEqual([])
    const former = { name: 'v2', height: 100, info: 'of the former plan' }
    expect(after({ result: 'written', plan: former }, { ...waiting, info: 'of this plan' }, 90)).toStrictEqual([])
    expect(after({ result: 'written', plan: { name: 'v2', height: 100 } })).toMatchObject([{ type: 'triggered' }])
  })

  it('fails an upgrade whose file was written at its height while it was being cancelled', () => {
    const off: Upgrade = { ...waiting, status: 'cancelled', reasons: ['A reorg removed it.'] }
    const plan = { name: 'v2', height: 100 }
    expect(after({ result: 'written', plan }, off)).toMatchObject([
      {
        type: 'failed',
        silent: false,
        before: off,
        upgrade: { status: 'failed', reasons: ['A reorg removed it.', expect.stringContaining('check the node')] },
      },
    ])
    expect(after({ result: 'written', plan }, off, 99)).toStrictEqual([])
    // Nothing was written in that moment.
    for (const result of ['unchanged', 'skipped'] as const) expect(after({ result, plan }, off)).toStrictEqual([])
  })

  describe('a plan that the chain itself holds', () => {
    const held: Upgrade = { ...waiting, held: true }

    it('stays scheduled if the writer refuses it, and triggers without a file', () => {
      const [refused] = after({ result: 'refused', reason: 'Not ours.' }, held, 100)
      expect(refused).toMatchObject({
        type: 'refused',
        silent: false,
        upgrade: { status: 'scheduled', unwritten: true, reasons: ['Not ours.'] },
      })
      expect(after({ result: 'skipped' }, refused!.upgrade, 100)).toMatchObject([
        { type: 'triggered', upgrade: { status: 'in_progress', reasons: ['Not ours.'] } },
      ])
    })
  })
})
