import { describe, expect, it } from 'vitest'
import type { Head } from '../../../../src/domain/blocks/head.js'
import { type PlanOptions, resolvePlanOptions } from '../../../../src/domain/upgrades/planOptions.js'
import type { PostCheck, PostCheckRecord } from '../../../../src/domain/upgrades/postCheck/postCheck.js'
import { withPostCheck } from '../../../../src/domain/upgrades/postCheck/withPostCheck.js'
import { stepPlan } from '../../../../src/domain/upgrades/stepPlan.js'
import type { Upgrade } from '../../../../src/domain/upgrades/upgrade.js'
import type { UpgradeMove } from '../../../../src/domain/upgrades/upgradeMove.js'
import { block, queued, upgrade } from '../../../support/builders.js'
import { key, passed as passedProposal, read } from '../planEvents.js'

const evidence = { block: 100n, head: 100n, since: 0, movedAt: 0, outage: false }
const running = (parts: Partial<Upgrade> = {}): Upgrade =>
  upgrade('1', 'v2', 100, { status: 'in_progress', triggeredAt: 1n, evidence, ...parts })
const options = (parts: PlanOptions = {}) => resolvePlanOptions({ postCheck: true, completion: 'height', ...parts })

interface Seen {
  readonly upgrade: Upgrade
  readonly moves: readonly UpgradeMove[]
}

/** A poll that sees this head, at this second of the host clock. */
function poll(before: Upgrade, head: number, second: number, parts: PlanOptions = {}): Seen {
  const event = read(head, [passedProposal()], { hostTime: second * 1000 })
  const { upgrades, moves } = stepPlan({ upgrades: queued(before) }, event, options(parts))
  return { upgrade: upgrades.get(key)!, moves }
}

/** The result of a check at this second of the host clock. */
function looked(before: Upgrade, checks: readonly PostCheck[], second: number): Seen {
  const outcome = {
    result: 'postChecked' as const,
    key,
    plan: { name: 'v2', height: 100 },
    found: { checks, checkedAt: second * 1000 },
  }
  const known = withPostCheck(before, outcome)
  const head: Head = block(103)
  const { upgrades, moves } = stepPlan(
    { upgrades: queued(known) },
    { type: 'wrote', outcome, head, hostTime: second * 1000 },
    options(),
  )
  return { upgrade: upgrades.get(key)!, moves }
}

const well: PostCheck = { id: 'block', verdict: 'passed', reason: 'Well.' }
const bad: PostCheck = { id: 'block', verdict: 'failed', reason: 'Another chain.', todo: 'Look.' }
const unseen: PostCheck = { id: 'block', verdict: 'unknown', reason: 'Nobody answers.' }
const early: PostCheck = { ...unseen, isEarly: true }
const types = ({ moves }: Seen): readonly string[] => moves.map(({ type }) => type)
const record = (parts: Partial<PostCheckRecord>): Upgrade => running({ postCheck: { since: 0, ...parts } })

describe('the post-upgrade check', () => {
  it('is owed once two blocks follow the height, unless postCheck is off', () => {
    expect(poll(running(), 101, 1).upgrade.postCheck).toBeUndefined()
    expect(poll(running(), 102, 1).upgrade.postCheck).toStrictEqual({ since: 1000, owed: true })
    expect(poll(running(), 102, 1, { postCheck: false }).upgrade.postCheck).toBeUndefined()
  })

  it.each(['scheduled', 'completed', 'cancelled', 'refused', 'past'] as const)(
    'is not started for an upgrade that is %s',
    (status) => {
      expect(poll(running({ status }), 99, 1).upgrade.postCheck).toBeUndefined()
      expect(poll(running({ status }), 150, 1).upgrade.postCheck?.owed).toBeUndefined()
    },
  )

  it('is not started for a failure before the trigger, or for a proposal removed by a reorg', () => {
    const { triggeredAt: _at, ...untriggered } = running({ status: 'failed' })
    expect(poll(untriggered, 150, 1).upgrade.postCheck).toBeUndefined()
    expect(poll(running({ status: 'failed', withdrawn: true }), 150, 1).upgrade.postCheck).toBeUndefined()
  })

  it('is repeated for a day: after 5 s while early, else after 30 s, and at once if the clock was set back', () => {
    const isOwed = (parts: Partial<PostCheckRecord>, second: number): boolean =>
      poll(record({ verdict: 'unknown', ...parts }), 110, second).upgrade.postCheck?.owed === true
    expect([4, 5].map((second) => isOwed({ checkedAt: 0, checks: [early] }, second))).toStrictEqual([false, true])
    expect([29, 30].map((second) => isOwed({ checkedAt: 0, checks: [unseen] }, second))).toStrictEqual([false, true])
    const day = 86_400
    expect(isOwed({ checkedAt: (day - 1) * 1000, checks: [unseen] }, 2 * day)).toBe(true)
    expect(isOwed({ checkedAt: day * 1000, checks: [unseen] }, 2 * day)).toBe(false)
    // The last check was made by a clock that was ahead.
    expect(isOwed({ since: 3_600_000, checkedAt: 3_600_000, checks: [unseen] }, 10)).toBe(true)
  })

  it('delays completion until its result is there', () => {
    const asked = poll(running(), 102, 1)
    expect(types(asked)).toStrictEqual([])
    expect(types(poll(asked.upgrade, 103, 200))).toStrictEqual([])
    const answered = looked(asked.upgrade, [well], 3)
    expect(types(answered)).toStrictEqual([])
    const { moves, upgrade: done } = poll(answered.upgrade, 104, 4)
    expect(moves).toMatchObject([{ type: 'completed', seen: { evidence: 'blocks_past_height' } }])
    expect(poll(done, 200, 9_000).upgrade.postCheck?.owed).toBeUndefined()
  })

  it('does not delay completion if it is unknown, and at most five minutes if it is early', () => {
    expect(types(poll(looked(record({ owed: true }), [unseen], 1).upgrade, 104, 2))).toStrictEqual(['completed'])
    const tooEarly = looked(record({ owed: true }), [early], 1).upgrade
    expect(types(poll(tooEarly, 104, 2))).toStrictEqual([])
    expect(types(poll(tooEarly, 104, 301))).toStrictEqual(['completed'])
  })

  it('fails the upgrade at once if it fails, with reasons, and blocks completion until it passes', () => {
    const failed = looked(record({ owed: true }), [bad, well], 1)
    expect(failed.moves).toMatchObject([
      { type: 'failed', isUnwell: true, upgrade: { reasons: ['Another chain. Look.'] } },
    ])
    expect(types(looked(failed.upgrade, [bad], 2))).toStrictEqual([])
    expect(types(poll(failed.upgrade, 104, 3_000))).toStrictEqual([])
    const again = looked(failed.upgrade, [well], 3_001)
    expect(types(poll(again.upgrade, 105, 3_002))).toStrictEqual(['completed'])
  })

  it('is announced once, with the evidence of the completion, if it passes only afterwards', () => {
    const { upgrade: completed } = poll(looked(record({ owed: true }), [unseen], 1).upgrade, 104, 2)
    expect(completed.postCheck?.completedBy).toBe('blocks_past_height')
    expect(types(looked(completed, [unseen], 400))).toStrictEqual([])
    const seen = looked(completed, [well], 800)
    expect(seen.moves).toMatchObject([
      { type: 'completed', silent: false, isSeenNow: true, seen: { evidence: 'blocks_past_height' } },
    ])
    expect(types(looked(seen.upgrade, [well], 900))).toStrictEqual([])
    expect(seen.upgrade).toMatchObject({ status: 'completed', completedAt: completed.completedAt })
  })

  it('fails a completed upgrade if it fails afterwards', () => {
    const completed = { ...record({ verdict: 'unknown' }), status: 'completed' as const }
    expect(types(looked(completed, [bad], 400))).toStrictEqual(['failed'])
  })

  it('is repeated at growing intervals for a day while it does not pass', () => {
    const askedAt: number[] = []
    let now = poll(running({ status: 'failed' }), 102, 0).upgrade
    for (let second = 0; second < 200_000; second += 5) {
      const polled = poll(now, 150, second).upgrade
      if (polled.postCheck?.owed === true) {
        askedAt.push(second)
        now = withPostCheck(polled, {
          result: 'postChecked',
          key,
          plan: polled,
          found: { checks: [unseen], checkedAt: second * 1000 },
        })
      }
    }
    expect(askedAt.slice(0, 5)).toStrictEqual([0, 30, 60, 90, 135])
    expect(askedAt.length).toBeLessThan(30)
    expect(askedAt.at(-1)).toBeLessThan(2 * 86_400)
  })

  it('is ignored if the plan of the upgrade has changed since', () => {
    const moved = running({ height: 90, postCheck: { since: 0, owed: true } })
    expect(looked(moved, [bad], 1).upgrade.postCheck).toStrictEqual({ since: 0, owed: true })
  })

  it('delays completion even if the chain says that the plan was applied', () => {
    const applied = passedProposal('1', 'v2', 100, {
      finding: { plan: { name: 'v2', height: 100 }, origin: 'call', problems: [], applied: 100n },
    })
    const at = (before: Upgrade, head: number): Seen => {
      const { upgrades, moves } = stepPlan({ upgrades: queued(before) }, read(head, [applied]), options())
      return { upgrade: upgrades.get(key)!, moves }
    }
    const scheduled = upgrade('1', 'v2', 100, { status: 'scheduled', scheduledAt: 1n })
    const triggered = at(scheduled, 101)
    expect(types(triggered)).toStrictEqual(['triggered'])
    const asked = at(triggered.upgrade, 102)
    expect(types(asked)).toStrictEqual([])
    expect(at(looked(asked.upgrade, [well], 103).upgrade, 103).moves).toMatchObject([
      { type: 'completed', seen: { evidence: 'chain_applied' } },
    ])
  })
})
