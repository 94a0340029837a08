import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isJsonObject, type JsonObject } from '../../../../src/domain/text/json.js'
import type { OwnPlan } from '../../../../src/domain/plans/ownPlan.js'
import { resolvePlanOptions, type PlanOptions } from '../../../../src/domain/upgrades/planOptions.js'
import type { PlanEvent } from '../../../../src/domain/upgrades/PlanEvent.js'
import { staleFile } from '../../../../src/domain/upgrades/planOnFile.js'
import { stepPlan } from '../../../../src/domain/upgrades/stepPlan.js'
import type { Upgrade } from '../../../../src/domain/upgrades/upgrade.js'
import { block, chain, genesis, queued } from '../../../support/builders.js'
import { passed, read, told } from '../planEvents.js'

/** A plan of the operator's own. */
const own = (name: string, height: number, parts: Partial<OwnPlan> = {}): OwnPlan => ({
  chain,
  plan: { name, height },
  ...parts,
})
const added = (at: number): Pick<OwnPlan, 'added'> => ({ added: { by: 'ops@box', at } })

/** An object nested to this depth. */
const nested = (depth: number): JsonObject => (depth === 0 ? {} : { a: nested(depth - 1) })

/** A caught-up reading at this block with these own plans. */
const reading = (
  head: number,
  ownPlans: readonly OwnPlan[],
  proposals: Parameters<typeof read>[1] = [],
  parts: Parameters<typeof read>[2] = {},
): PlanEvent => read(head, proposals, { ownPlans, ...parts })

/** The upgrades after each event. */
function after(events: readonly PlanEvent[], options: PlanOptions = {}): readonly (readonly Upgrade[])[] {
  let upgrades = queued()
  return events.map((event) => {
    upgrades = stepPlan({ upgrades }, event, resolvePlanOptions({ minUpgradeDelay: 0, ...options })).upgrades
    return [...upgrades.values()]
  })
}
const last = (events: readonly PlanEvent[], options: PlanOptions = {}): readonly Upgrade[] =>
  after(events, options).at(-1) ?? []

describe('a plan of the operator’s own', () => {
  it('is scheduled once, and due at its height, without a vote', () => {
    const plans = [own('v2', 100)]
    expect(told([reading(90, plans), reading(91, plans), reading(100, plans)])).toStrictEqual([
      'scheduled v2',
      '',
      'due v2',
    ])
  })

  it('is marked as the operator’s own, with who added it', () => {
    expect(last([reading(90, [own('v2', 100, { labels: { team: 'core' }, ...added(90_000) })])])).toMatchObject([
      {
        key: `${chain}/plan/v2`,
        kind: 'coordinated',
        origin: 'operator',
        contract: '',
        proposalId: '',
        addedBy: 'ops@box',
        labels: { team: 'core' },
        status: 'scheduled',
      },
    ])
  })

  it('is wanted since its first reading, also if its height is changed meanwhile', () => {
    const [first, second] = after([reading(90, [own('v2', 100)]), reading(91, [own('v2', 110)])])
    expect([first?.[0]?.noticedAt, second?.[0]]).toMatchObject([90_000, { height: 110, noticedAt: 90_000 }])
  })

  it('waits anew if it was refused meanwhile for a plan that a vote decided', () => {
    const plans = [own('v2', 100, added(90_000))]
    const steps = after([
      reading(90, plans),
      reading(91, plans, [passed('1', 'v3', 100)]),
      reading(92, plans, [passed('1', 'v3', 100, { status: 'canceled' })]),
    ])
    const its = steps.map((all) => all.find(({ name }) => name === 'v2'))
    expect(its).toMatchObject([
      { status: 'scheduled', scheduledAt: genesis + 90n },
      { status: 'refused' },
      { status: 'scheduled', scheduledAt: genesis + 92n },
    ])
  })

  it('waits for minUpgradeDelay since it was added, not since its first reading', () => {
    const minUpgradeDelay = 60_000
    const seen = [reading(200, [own('v2', 190, added(100_000))], [], { caughtUpAt: { head: 180n, time: 180_000 } })]
    expect(told(seen, { minUpgradeDelay })).toStrictEqual(['scheduled v2, due v2'])
    expect(told([reading(100, [own('v2', 100, added(100_000))])], { minUpgradeDelay })).toStrictEqual(['scheduled v2'])
  })

  it('waits as long if it was added while the chain stood still', () => {
    const options = { minUpgradeDelay: 60_000 }
    const at = (head: number, second: number): PlanEvent =>
      reading(head, [own('v2', 91, added(later(3_600)))], [], {
        head: { ...block(head), timestamp: genesis + BigInt(head === 90 ? 0 : second) },
        hostTime: later(second),
      })
    const later = (second: number): number => (Number(genesis) + second) * 1_000
    const seen = [at(90, 3_601), at(91, 3_602), at(92, 3_659), at(93, 3_660)]
    expect(told(seen, options)).toStrictEqual(['scheduled v2', '', '', 'due v2'])
  })

  it('waits no longer than its delay if the host clock was a year ahead when it was added', () => {
    const year = 365 * 86_400
    const clock = (second: number): number => (Number(genesis) + second) * 1_000
    const at = (head: number, second: number, ahead = 0): PlanEvent =>
      reading(head, [own('v2', 91, added(clock(year)))], [], {
        head: { ...block(head), timestamp: genesis + BigInt(second) },
        hostTime: clock(second + ahead),
      })
    const seen = [at(90, 0, year), at(91, 1), at(92, 60), at(93, 61)]
    expect(told(seen, { minUpgradeDelay: 60_000 })).toStrictEqual(['scheduled v2', '', '', 'due v2'])
  })

  it('waits no longer if the clock of whoever added it was ahead', () => {
    expect(last([reading(90, [own('v2', 100, added(1e12))])])).toMatchObject([{ noticedAt: 90_000 }])
  })

  it('is rescheduled with its height, and cancelled when it is removed', () => {
    expect(told([reading(90, [own('v2', 100)]), reading(91, [own('v2', 110)]), reading(92, [])])).toStrictEqual([
      'scheduled v2',
      'rescheduled v2',
      'cancelled v2',
    ])
  })

  it('is scheduled again, with a new revision, when it is added once more', () => {
    const plans = [own('v2', 100)]
    expect(told([reading(90, plans), reading(91, []), reading(92, plans)])).toStrictEqual([
      'scheduled v2',
      'cancelled v2',
      'scheduled v2',
    ])
    expect(last([reading(90, plans), reading(91, []), reading(92, plans)])).toMatchObject([{ revision: 2 }])
  })

  it('stays scheduled while the own plans cannot be read', () => {
    expect(told([reading(90, [own('v2', 100)]), read(91, []), read(100, [])])).toStrictEqual([
      'scheduled v2',
      '',
      'due v2',
    ])
  })

  describe('once its upgrade is in progress', () => {
    const atIt: Upgrade = {
      ...last([reading(90, [own('v2', 100)])])[0]!,
      status: 'in_progress',
      triggeredAt: genesis + 100n,
    }
    const noted = (what: string): string =>
      `Your plan v2 was ${what} while its upgrade is in progress: the change is ignored, and it continues as it was, at height 100. If the node must not switch, stop its process manager; for a later plan use another name.`
    const step = (known: Upgrade, event: PlanEvent): ReturnType<typeof stepPlan> =>
      stepPlan({ upgrades: queued(known) }, event, resolvePlanOptions({ minUpgradeDelay: 0 }))

    it.each([
      { edit: 'taken back', plans: [] },
      { edit: 'moved to height 200', plans: [own('v2', 200)] },
      { edit: 'given another info', plans: [own('v2', 100, { plan: { name: 'v2', height: 100, info: 'new' } })] },
    ])('is not changed if it is $edit: that is recorded once, silently, with what to do', ({ edit, plans }) => {
      const first = step(atIt, reading(101, plans))
      expect(first.moves).toMatchObject([{ type: 'unheeded', silent: true, upgrade: { status: 'in_progress' } }])
      expect(first.moves[0]?.upgrade).toMatchObject({ height: 100, reasons: [noted(edit)], unheeded: noted(edit) })
      expect(step(first.moves[0]!.upgrade, reading(102, plans)).moves).toStrictEqual([])
    })

    it('records another edit, and clears the record when the edit is reverted', () => {
      const edited = step(atIt, reading(101, [own('v2', 200)])).moves[0]!.upgrade
      const again = step(edited, reading(102, [own('v2', 300)])).moves[0]!.upgrade
      expect(again.reasons).toStrictEqual([noted('moved to height 300')])
      const { moves } = step(again, reading(103, [own('v2', 100)]))
      expect(moves).toMatchObject([{ type: 'unheeded', silent: true }])
      expect(moves[0]?.upgrade).toStrictEqual(atIt)
    })

    it('is scheduled as edited once the upgrade is completed', () => {
      const edited = step(atIt, reading(101, [own('v2', 200)])).moves[0]!.upgrade
      const done: Upgrade = { ...edited, status: 'completed', completedAt: genesis + 102n }
      const { moves } = step(done, reading(103, [own('v2', 200)]))
      expect(moves).toMatchObject([{ type: 'scheduled', upgrade: { height: 200, revision: 2, reasons: [] } }])
      expect(moves[0]?.upgrade).not.toHaveProperty('unheeded')
    })

    it('is not changed either if it is bound to a proposal', () => {
      const bound = passed('12', 'v2', 100)
      const findPlan = (height: number) => ({
        minUpgradeDelay: 0,
        findPlan: () => ({ plan: { name: 'v2', height }, origin: 'operator' as const, problems: [] }),
      })
      const known = last([reading(90, [], [bound])], findPlan(100))[0]!
      const { moves } = stepPlan(
        { upgrades: queued({ ...known, status: 'in_progress', triggeredAt: genesis + 100n }) },
        reading(101, [], [bound]),
        resolvePlanOptions(findPlan(200)),
      )
      expect(moves).toMatchObject([{ type: 'unheeded', upgrade: { unheeded: noted('moved to height 200') } }])
    })
  })

  it('is refused, and announced, if its height had passed when it was added', () => {
    const plans = [own('v2', 80)]
    expect(told([reading(90, plans), reading(91, plans)])).toStrictEqual(['refused v2', ''])
    expect(last([reading(90, plans)])[0]?.reasons).toStrictEqual([
      "height already passed: the plan's height 80 was not ahead of the head 89 when it was first seen.",
    ])
  })

  it('is past, silently, if the first reading finds its height long passed', () => {
    const first = read(9_000, [], { ownPlans: [own('v2', 80)] })
    if (first.type !== 'read') throw new Error('This is a reading.')
    const { caughtUpAt: _none, ...firstLook } = first
    expect(told([firstLook])).toStrictEqual(['silent past v2'])
  })

  it('is refused for a name that could leave its directory', () => {
    expect(told([reading(90, [own('../v2', 100)])])).toStrictEqual(['refused ../v2'])
  })

  it.each([
    { wrong: 'an info that is empty', plan: { name: 'v2', height: 100, info: '' }, first: 'scheduled v2' },
    {
      wrong: 'an info that is too long',
      plan: { name: 'v2', height: 100, info: 'x'.repeat(70_000) },
      first: 'refused v2',
    },
    {
      wrong: 'an info that is nested too deeply',
      plan: { name: 'v2', height: 100, info: nested(200) },
      first: 'refused v2',
    },
    { wrong: 'a name with a bidirectional control', plan: { name: 'v\u202e2', height: 100 }, first: 'refused v2' },
    { wrong: 'a very long name', plan: { name: 'v'.repeat(500), height: 100 }, first: /^refused v+…?$/ },
  ])('is judged and announced once, not at each reading, with $wrong', ({ plan, first }) => {
    const plans = [{ chain, plan }]
    const [once, ...again] = told([reading(90, plans), reading(91, plans), reading(92, plans)])
    expect(once).toStrictEqual(typeof first === 'string' ? first : expect.stringMatching(first))
    expect(again).toStrictEqual(['', ''])
  })

  it('is announced at most at its first reading, whatever it holds', () => {
    const object = fc
      .jsonValue()
      .map((value): JsonObject => (isJsonObject(value) ? value : { value: JSON.stringify(value) }))
    const info = fc.oneof(fc.string(), object)
    const plan = fc.record(
      { name: fc.string({ unit: 'binary' }), height: fc.integer(), info },
      { requiredKeys: ['name', 'height'] },
    )
    fc.assert(
      fc.property(fc.array(plan, { maxLength: 4 }), (written) => {
        const plans = written.map((one) => ({ chain, plan: one }))
        expect(
          told([reading(90, plans), reading(90, plans), reading(91, plans)], {}, [])
            .slice(1)
            .join(''),
        ).not.toMatch(/refused|scheduled|cancelled/)
      }),
    )
  })

  it('is not displaced by maxWaiting, however many votes have lower heights', () => {
    const crowd = [passed('1', 'a', 95), passed('2', 'b', 96), passed('3', 'c', 97)]
    expect(last([reading(90, [own('v2', 100)], crowd)], { maxWaiting: 2 })).toContainEqual(
      expect.objectContaining({ name: 'v2', status: 'scheduled' }),
    )
  })

  it('says that no file is written with when: never', () => {
    expect(last([reading(90, [own('v2', 100)])], { when: 'never' })[0]?.reasons).toStrictEqual([
      'No file is written here (upgradeInfo.when is never), and no node writes one for a plan of your own: set upgradeInfo.when, or prepare the switch by hand.',
    ])
  })
})

describe('a plan of the operator’s own beside plans of proposals', () => {
  it('is refused if a proposal has the same name at another height, with which and what to do', () => {
    const events = [reading(90, [own('v2', 100)], [passed('12', 'v2', 200)])]
    expect(told(events)).toStrictEqual(['scheduled v2, refused v2'])
    expect(last(events)[1]?.reasons).toStrictEqual([
      'Proposal 12 already has an upgrade named v2 (scheduled, height 200). That one counts: remove yours, or correct it.',
    ])
  })

  it('is refused if a proposal has another name at the same height', () => {
    expect(last([reading(90, [own('v3', 100)], [passed('12', 'v2', 100)])])[1]?.reasons).toStrictEqual([
      'Proposal 12 already has the upgrade v2 at height 100. That one counts: remove yours, or correct it.',
    ])
  })

  it('is refused when a later proposal has another name at its height', () => {
    const plans = [own('v3', 100)]
    expect(told([reading(90, plans), reading(91, plans, [passed('12', 'v2', 100)]), reading(92, plans)])).toStrictEqual(
      ['scheduled v3', 'scheduled v2, refused v3', ''],
    )
  })

  it('never keeps a proposal from being scheduled, even when it is completed', () => {
    const done = queued({ ...last([reading(90, [own('v2', 100)])])[0]!, status: 'completed', completedAt: genesis })
    const step = stepPlan(
      { upgrades: done },
      reading(110, [own('v2', 100)], [passed('12', 'v2', 200)]),
      resolvePlanOptions({}),
    )
    expect(step.moves.map(({ type, upgrade }) => `${type} ${upgrade.proposalId}`)).toStrictEqual(['scheduled 12'])
  })

  it('is scheduled when the conflicting proposal is cancelled', () => {
    const plans = [own('v3', 100)]
    const off = passed('12', 'v2', 100, { status: 'canceled' })
    expect(told([reading(90, plans, [passed('12', 'v2', 100)]), reading(91, plans, [off])])).toStrictEqual([
      'scheduled v2, refused v3',
      'cancelled v2, scheduled v3',
    ])
  })

  it('is scheduled when the conflicting announcement is cancelled', () => {
    const announced = { announced: true, contract: '0xe' } as const
    const plans = [own('v3', 100)]
    const off = passed('announced-7', 'v2', 100, { ...announced, status: 'canceled' })
    const events = [reading(90, plans, [passed('announced-7', 'v2', 100, announced)]), reading(91, plans, [off])]
    expect(told(events)).toStrictEqual(['scheduled v2, refused v3', 'cancelled v2, scheduled v3'])
  })

  it('is announced as cancelled when it is removed while a file blocked it', () => {
    const key = `${chain}/plan/v2`
    const blocked = { ...last([reading(90, [own('v2', 100)])])[0]!, status: 'refused', blocked: true } as const
    expect(told([reading(100, [])], {}, [{ ...blocked, key }])).toStrictEqual(['cancelled v2'])
  })

  it('is announced as cancelled, once, when it is removed after a final refusal', () => {
    const late = [own('v2', 80)]
    const events = [reading(90, late), reading(91, []), reading(92, [])]
    expect(told(events)).toStrictEqual(['refused v2', 'cancelled v2', ''])
    expect(last(events)[0]?.reasons).toStrictEqual(['The operator took the plan back.'])
    // While the own plans cannot be read, it stays as it is.
    const unread = read(91, [])
    expect(told([reading(90, late), unread])).toStrictEqual(['refused v2', ''])
  })

  it('moves silently under a proposal with the same plan, and is due once', () => {
    const plans = [own('v2', 100)]
    const same = passed('12', 'v2', 100)
    expect(
      told([reading(90, plans), reading(91, plans, [same]), reading(92, plans, [same]), reading(100, plans, [same])]),
    ).toStrictEqual(['scheduled v2', 'scheduled v2, silent cancelled v2', '', 'due v2'])
  })

  it('keeps the delay it has served under a proposal with the same plan', () => {
    const [plans, same] = [[own('v2', 100)], passed('12', 'v2', 100)]
    const events = [reading(10, plans), reading(99, plans, [same]), reading(100, plans, [same])]
    expect(told(events, { minUpgradeDelay: 60_000 })).toStrictEqual([
      'scheduled v2',
      'scheduled v2, silent cancelled v2',
      'due v2',
    ])
    expect(last(events, { minUpgradeDelay: 60_000 })).toContainEqual(
      expect.objectContaining({ proposalId: '12', reasons: [] }),
    )
  })

  it('keeps its file, reminders, preflight and evidence under a proposal with the same plan', () => {
    const plans = [own('v2', 100)]
    const done: Partial<Upgrade> = {
      writtenAt: genesis + 80n,
      fileMark: '7.1',
      hook: 'done',
      reminded: ['1h'],
      preflight: { leads: ['1h'], verdict: 'ready' },
      evidence: { block: 80n, head: 80n, since: 80_000, movedAt: 80_000, nodeVersion: 'v1', outage: false },
    }
    const known = queued({ ...last([reading(10, plans)])[0]!, ...done })
    const step = stepPlan({ upgrades: known }, reading(81, plans, [passed('12', 'v2', 100)]), resolvePlanOptions({}))
    expect([...step.upgrades.values()]).toContainEqual(expect.objectContaining({ proposalId: '12', ...done }))
    expect(staleFile({ key: `${chain}/plan/v2`, name: 'v2', height: 100, revision: 1 }, step.upgrades, [], 81n)).toBe(
      undefined,
    )
  })

  it('is written again for a proposal with the same plan and another info', () => {
    const plans = [own('v2', 100, { plan: { name: 'v2', height: 100, info: 'mine' } })]
    const known = queued({ ...last([reading(10, plans)])[0]!, writtenAt: genesis + 80n })
    const { upgrades, due } = stepPlan(
      { upgrades: known },
      reading(81, plans, [passed('12', 'v2', 100)]),
      resolvePlanOptions({ minUpgradeDelay: 0, when: 'on-schedule' }),
    )
    expect(due).toMatchObject([{ proposalId: '12' }])
    const file = { key: `${chain}/plan/v2`, name: 'v2', height: 100, revision: 1 }
    expect(staleFile(file, upgrades, due, 81n)).toStrictEqual(file)
  })

  it.each([
    { when: 'at the height', head: 100 },
    { when: 'above the height', head: 101 },
  ])('makes a proposal with the same plan past, silently, if its vote ends $when', ({ head }) => {
    const plans = [own('v2', 100)]
    const atIt: Upgrade = { ...last([reading(90, plans)])[0]!, status: 'in_progress', triggeredAt: genesis + 100n }
    for (const known of [atIt, { ...atIt, status: 'completed' as const }, { ...atIt, status: 'failed' as const }]) {
      const events = [head, head + 1].map((at) => reading(at, plans, [passed('12', 'v2', 100)]))
      expect(told(events, {}, [known])).toStrictEqual(['silent past v2', ''])
    }
  })

  it('keeps its height against a later proposal once in progress, and says what to do', () => {
    const plans = [own('v2', 100)]
    const known: Upgrade = { ...last([reading(90, plans)])[0]!, status: 'in_progress', triggeredAt: genesis + 100n }
    const step = stepPlan(
      { upgrades: queued(known) },
      reading(100, plans, [passed('12', 'v3', 100)]),
      resolvePlanOptions({ minUpgradeDelay: 0 }),
    )
    expect(step.due).toStrictEqual([])
    expect(step.moves).toMatchObject([
      {
        type: 'refused',
        upgrade: {
          name: 'v3',
          reasons: [
            'A plan of your own already has the upgrade v2 at height 100, which is in progress: check what the other nodes run, and switch the binary by hand if needed.',
          ],
        },
      },
    ])
  })

  it.each<Partial<Upgrade>>([{ status: 'failed' }, { status: 'refused', scheduledAt: genesis }])(
    'is not scheduled again if the proposal with the same plan has ended with %o',
    (ended) => {
      const [plans, same] = [[own('v2', 100)], passed('12', 'v2', 100)]
      const known = last([reading(90, plans, [same])]).map((one) =>
        one.proposalId === '12' ? { ...one, ...ended } : one,
      )
      expect(told([reading(100, plans, [same]), reading(101, plans, [same])], {}, known)).toStrictEqual(['', ''])
    },
  )

  it('waits for minUpgradeDelay since its first reading, even if a proposal was in its way', () => {
    const plans = [own('v2', 100)]
    for (const voted of [passed('12', 'v2', 100), passed('12', 'v2', 200)]) {
      const off: typeof voted = { ...voted, status: 'canceled' }
      const events = [reading(10, plans, [voted]), reading(90, plans, [off]), reading(100, plans, [off])]
      expect(told(events, { minUpgradeDelay: 60_000 }).slice(1)).toStrictEqual(['cancelled v2, scheduled v2', 'due v2'])
    }
  })

  it('waits for minUpgradeDelay again if it was removed and added once more', () => {
    const options = { minUpgradeDelay: 60_000 }
    const plans = [own('v2', 100)]
    const taken = [reading(10, plans), reading(80, []), reading(90, plans), reading(100, plans)]
    expect(told(taken, options).at(-1)).toBe('')
    const moved = [own('v2', 200, added(10_000)), own('v2', 100, added(90_000))].map((one) => [one])
    expect(told([reading(10, moved[0]!), reading(90, moved[1]!), reading(100, moved[1]!)], options).at(-1)).toBe('')
  })

  it('is scheduled again when the proposal with the same plan is cancelled', () => {
    const plans = [own('v2', 100)]
    const off = passed('12', 'v2', 100, { status: 'canceled' })
    expect(told([reading(90, plans, [passed('12', 'v2', 100)]), reading(91, plans, [off])])).toStrictEqual([
      'scheduled v2, silent cancelled v2',
      'cancelled v2, scheduled v2',
    ])
  })

  it('is refused if another own plan has its height', () => {
    const plans = [own('v2', 100), own('v3', 100)]
    expect(told([reading(90, plans)])).toStrictEqual(['scheduled v2, refused v3'])
    expect(last([reading(90, plans)])[1]?.reasons[0]).toMatch(/^Another plan of your own already has the upgrade v2/)
  })

  it.each([
    { title: 'swap their heights', to: [200, 100] },
    { title: 'move, one to the former height of the other', to: [200, 300] },
  ])('is not refused if two own plans $title in one edit', ({ to: [a, b] }) => {
    const before = [own('a', 100), own('b', 200)]
    const now = [own('a', a!), own('b', b!)]
    expect(told([reading(10, before), reading(11, now), reading(12, now)])).toStrictEqual([
      'scheduled a, scheduled b',
      'rescheduled a, rescheduled b',
      '',
    ])
  })

  it('is refused if it is moved to the height of another own plan', () => {
    const now = [own('a', 200), own('b', 200)]
    expect(told([reading(10, [own('a', 100), own('b', 200)]), reading(11, now)]).at(-1)).toBe('refused a')
  })

  it('from the configuration wins over an added one at its height, even one re-added with its name', () => {
    const plans = [own('v2', 100), own('v3', 100, added(1)), own('v2', 300, added(2))]
    expect(told([reading(90, plans)])).toStrictEqual(['scheduled v2, refused v3'])
  })

  it('counts once if two have its name: the first, from the configuration', () => {
    const plans = [own('v2', 100), own('v2', 200, added(1))]
    expect(told([reading(90, plans), reading(91, plans)])).toStrictEqual(['scheduled v2', ''])
  })
})
