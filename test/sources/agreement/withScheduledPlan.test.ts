import { describe, expect, it } from 'vitest'
import { keyOf, type Proposal } from '../../../src/domain/proposals/proposal.js'
import type { GoodReading, KeyedPlanStanding } from '../../../src/domain/reading.js'
import { withScheduledPlan } from '../../../src/sources/agreement/withScheduledPlan.js'
import { reading, upgradeProposal } from '../../support/builders.js'
import { firstOf, type GivenNode, nodeThat } from './nodesGiven.js'

const v2 = upgradeProposal('v2@100', 'v2', 100, { status: 'passed', contract: 'upgrade', readAt: 10n })
const stands: KeyedPlanStanding = { key: keyOf(v2), name: 'v2', height: 100 }
const hiding = (at: number): GoodReading => reading(at, [], { standings: [] })
const patienceMs = 90_000

/** What a server says is scheduled, at which of its blocks. */
type Told = (at: number) => Proposal | undefined
const holds: Told = (at) => ({ ...v2, readAt: BigInt(at) })
const hides: Told = () => undefined
const fails: Told = (at) => {
  if (at % 10 === 5) throw new Error('Down.')
  return holds(at)
}

/**
 * Two servers, read in this order, of which `a` reports what `tells` returns; two must agree. `wait` moves the clock.
 */
function given(tells: (at: number) => GoodReading, told: readonly Told[], proposals: readonly Proposal[] = []) {
  let [time, at] = [0, 10]
  const asked: string[] = []
  const witnesses = told.map((planAt, index): GivenNode => ({
    ...nodeThat({ host: 'abcd'.charAt(index) }),
    readScheduled() {
      asked.push('abcd'.charAt(index))
      return Promise.resolve(planAt(at))
    },
  }))
  const b = nodeThat({ host: 'b', reports: () => reading(at, [], { standings: [stands] }) })
  const endpoints = firstOf([nodeThat({ host: 'a', reports: () => tells(at) }), b])
  const state = { proposals: new Map(proposals.map((one) => [keyOf(one), one])), upgrades: new Map() }
  const reader = withScheduledPlan(endpoints, { witnesses, agreement: 2, known: () => state, now: () => time })
  return {
    asked,
    b,
    wait: (ms: number) => void (time += ms),
    readAt: (block: number): Promise<GoodReading> => {
      at = block
      return reader.read({ open: [], signal: new AbortController().signal })
    },
  }
}

describe('a plan that two of three servers say is scheduled', () => {
  it('is not hidden by the first one: it is named, and read last for an hour', async () => {
    const { readAt, wait, b } = given(hiding, [hides, holds, holds])
    for (const at of [10, 11, 12]) expect((await readAt(at)).warnings).toStrictEqual([])
    wait(patienceMs)
    const { warnings, disagreements } = await readAt(13)
    expect(warnings).toStrictEqual([
      'a of local does not report the upgrade v2 at height 100 as 2 servers say that the chain has scheduled it. For an hour it is read only if no other answers: check it.',
    ])
    expect(disagreements).toMatchObject([{ about: 'hidden', odd: ['a'] }])
    expect(b.requests).toHaveLength(0)
    expect((await readAt(14)).standings).toStrictEqual([stands])
    wait(3_600_000)
    expect((await readAt(15)).standings).toStrictEqual([])
  })

  it.each([
    ['that stays two minutes behind the others', 10, holds, 5],
    ['while another one fails every other minute', 0, fails, 4],
  ])('is not hidden by a first server %s either', async (_what, lag, other, found) => {
    const { readAt, wait } = given((at) => hiding(at - lag), [hides, other, holds])
    const accusedIn: number[] = []
    for (const minute of [0, 1, 2, 3, 4, 5]) {
      const { warnings } = await readAt(30 + 5 * minute)
      if (warnings.length > 0) accusedIn.push(minute)
      wait(60_000)
    }
    expect(accusedIn).toStrictEqual([found])
  })

  const finding = v2.finding!
  it.each<[string, (at: number) => GoodReading]>([
    ['says that it was cancelled', (at) => reading(at, [], { standings: [{ ...stands, withdrawn: 'Cancelled.' }] })],
    ['says that it is due at another height', (at) => reading(at, [], { standings: [{ ...stands, height: 101 }] })],
    [
      'reports it as cancelled',
      (at) => reading(at, [{ ...v2, finding: { ...finding, withdrawn: 'Cancelled.' } }], { standings: [] }),
    ],
    ['reports the vote on it as open', (at) => reading(at, [{ ...v2, status: 'voting' }], { standings: [] })],
  ])('is not hidden by a first server that %s', async (_what, tells) => {
    const { readAt, wait } = given(tells, [hides, holds, holds])
    for (const at of [10, 11, 12]) expect((await readAt(at)).warnings).toStrictEqual([])
    wait(patienceMs)
    expect((await readAt(13)).disagreements).toMatchObject([{ about: 'hidden', odd: ['a'] }])
  })

  it('is not hidden by the first one, although a dishonest one names a block that nobody has', async () => {
    const { readAt, wait } = given(hiding, [hides, holds, holds, (at) => holds(at + 1_000)])
    for (const at of [10, 11]) await readAt(at)
    wait(patienceMs)
    expect((await readAt(12)).disagreements).toMatchObject([{ about: 'hidden', odd: ['a'] }])
  })

  it('is not hidden by a first server that reports it with other info', async () => {
    const key = keyOf(v2)
    const told = upgradeProposal('5', 'v2', 100, { status: 'passed' })
    const former = { ...told, finding: { ...told.finding!, plan: { ...told.finding!.plan, info: 'former' } } }
    const standing = { ...stands, key: keyOf(former) }
    const { readAt, wait } = given((at) => reading(at, [], { standings: [standing] }), [hides, holds, holds], [former])
    for (const at of [10, 11]) expect((await readAt(at)).warnings).toStrictEqual([])
    wait(patienceMs)
    expect((await readAt(12)).disagreements).toMatchObject([{ key, about: 'hidden', odd: ['a'] }])
  })

  it.each<[string, (at: number) => GoodReading]>([
    ['reports it', (at) => reading(at, [], { standings: [stands] })],
    ['reports it first', (at) => reading(at, [v2])],
    ['reports it later than the others', (at) => (at <= 11 ? hiding(at) : reading(at, [v2], { standings: [] }))],
    ['has no newer block', () => hiding(10)],
    ['has passed its height', () => hiding(101)],
    ['reads nothing, because there is no new block', (at) => reading(at)],
    ['still has a backlog', (at) => ({ ...hiding(at), backlog: 1n })],
    ['answers from a block that was read before', (at) => ({ ...hiding(at), lagging: true })],
    [
      'reads its proposal with another plan before it',
      (at) => {
        const plan = { ...finding.plan, info: 'former' }
        return reading(at, [{ ...v2, finding: { ...finding, plan, problems: ['It has two plans.'] } }], {
          standings: [],
        })
      },
    ],
  ])('is not missed by a first server that %s', async (_what, tells) => {
    const { readAt, wait } = given(tells, [hides, holds, holds])
    for (const at of [10, 11, 12]) expect((await readAt(at)).warnings).toStrictEqual([])
    wait(patienceMs)
    for (const at of [13, 14]) expect((await readAt(at)).warnings).toStrictEqual([])
  })

  it('is not missed by a first server that is the first to know that it was cancelled', async () => {
    const late: Told = (at) => (at <= 12 ? holds(10) : undefined)
    const { readAt, wait } = given(
      (at) => (at < 11 ? reading(at, [], { standings: [stands] }) : hiding(at)),
      [hides, late, late],
    )
    for (const at of [10, 11]) expect((await readAt(at)).warnings).toStrictEqual([])
    wait(patienceMs)
    for (const at of [12, 13]) {
      expect((await readAt(at)).warnings).toStrictEqual([])
      wait(patienceMs)
    }
  })

  it('is not missed at once by a first server that was accused before it was cancelled and scheduled again', async () => {
    const twice: Told = (at) => (at <= 12 || at >= 20 ? holds(at <= 12 ? 10 : at) : undefined)
    const { readAt, wait } = given(
      (at) => (at < 11 || at > 20 ? reading(at, [], { standings: [stands] }) : hiding(at)),
      [hides, twice, twice],
    )
    for (const at of [10, 11, 12, 13, 20, 21]) {
      expect((await readAt(at)).warnings).toStrictEqual([])
      wait(patienceMs)
    }
  })

  it('is not hidden by a first server that is ahead of the others', async () => {
    const late: Told = (at) => holds(at - 3)
    const { readAt, wait } = given(hiding, [hides, late, late])
    for (const at of [10, 11]) expect((await readAt(at)).warnings).toStrictEqual([])
    wait(patienceMs)
    for (const at of [12, 13]) {
      expect((await readAt(at)).warnings).toStrictEqual([])
      wait(patienceMs)
    }
    expect((await readAt(14)).disagreements).toMatchObject([{ about: 'hidden', odd: ['a'] }])
  })

  it('is not missed by a first server that is behind the others, if a dishonest one names it too early', async () => {
    const early: Told = (at) => ({ ...v2, readAt: BigInt(at === 10 ? 5 : at) })
    const ahead: Told = (at) => holds(at + 5)
    const { readAt, wait } = given((at) => (at < 15 ? hiding(at) : reading(at, [v2])), [hides, early, ahead])
    for (const at of [10, 11, 12]) {
      expect((await readAt(at)).warnings).toStrictEqual([])
      wait(patienceMs)
    }
  })

  it('is asked for once a minute', async () => {
    const { readAt, wait, asked } = given((at) => reading(at, [], { standings: [stands] }), [holds, holds, holds])
    await readAt(10)
    wait(59_000)
    await readAt(11)
    expect(asked).toStrictEqual(['a', 'b', 'c'])
    wait(1_000)
    await readAt(12)
    expect(asked).toHaveLength(6)
  })

  it('is asked for once a minute also while the others have not reached the block of the reading', async () => {
    const { readAt, wait, asked } = given(hiding, [hides, () => holds(10), () => holds(10)])
    for (const at of [10, 11]) await readAt(at)
    wait(patienceMs)
    for (const at of [12, 13, 14]) await readAt(at)
    expect(asked).toHaveLength(6)
  })
})

it('a plan that a single server says is scheduled accuses nobody', async () => {
  const { readAt, wait } = given(hiding, [hides, holds, hides])
  for (const at of [10, 11, 12]) {
    expect((await readAt(at)).warnings).toStrictEqual([])
    wait(patienceMs)
  }
})
