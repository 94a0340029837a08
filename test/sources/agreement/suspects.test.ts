import { describe, expect, it } from 'vitest'
import { keyOf, type Proposal } from '../../../src/domain/proposals/proposal.js'
import type { GoodReading } from '../../../src/domain/reading.js'
import { createSuspects, type HiddenProposal } from '../../../src/sources/agreement/suspects.js'
import { byKey, proposal, reading, upgradeProposal } from '../../support/builders.js'
import { fails, type GivenNode, nodesThatSay, nodeThat } from './nodesGiven.js'

const open = proposal('1')
const canceled = proposal('1', { status: 'canceled' })

interface Given {
  readonly witnesses: readonly GivenNode[]
  readonly known?: readonly Proposal[]
  readonly recorded?: Proposal
}

/** Suspects of which two witnesses must report the same; `wait` moves the clock. */
function given({ witnesses, known = [], recorded }: Given) {
  let time = 0
  const suspects = createSuspects({
    witnesses,
    agreement: 2,
    known: () => ({ proposals: byKey(...known), upgrades: new Map() }),
    recorded: (key) => (recorded !== undefined && keyOf(recorded) === key ? recorded : undefined),
    now: () => time,
  })
  return {
    add: (other: GoodReading, read: GoodReading, host?: string) => suspects.add(other, read, host),
    areOpen: suspects.areOpen,
    findHidden: (read: GoodReading, servedBy?: string) => suspects.findHidden(read, servedBy),
    wait: (ms: number) => void (time += ms),
  }
}

/** What is found if another node reports `other`, and the node `a` that is read reports `read`. */
function found(options: Given, other: GoodReading, read = reading(10)): Promise<readonly HiddenProposal[]> {
  const { add, findHidden } = given(options)
  add(other, read)
  return findHidden(read, 'a')
}
const asked = (witnesses: readonly GivenNode[]): readonly number[] => witnesses.map((one) => one.asked.length)

describe('a proposal that another node reports', () => {
  it('is found if enough nodes report the same and the reading lacks it, with the node that hides it', async () => {
    const witnesses = nodesThatSay(undefined, open, open)

    expect(await found({ witnesses }, reading(10, [open]))).toStrictEqual([{ proposal: open, hosts: ['a'] }])
    expect(asked(witnesses)).toStrictEqual([1, 1, 1])
  })

  it('is found to have passed if the reading reports its vote as still going on, and not the other way round', async () => {
    const [voting, passed] = [
      upgradeProposal('1', 'v2', 100, { status: 'voting' }),
      upgradeProposal('1', 'v2', 100, { status: 'passed' }),
    ]
    const read = reading(10, [voting])
    const witnesses = nodesThatSay(voting, passed, passed)
    expect(await found({ witnesses, known: [voting] }, reading(10, [passed]), read)).toStrictEqual([
      { proposal: passed, hosts: ['a'] },
    ])
    const twice = nodesThatSay(voting, voting, passed)
    expect(await found({ witnesses: twice, known: [voting] }, reading(10, [passed]), read)).toStrictEqual([])
    expect(await found({ witnesses, known: [passed] }, reading(10, [voting]), reading(10, [passed]))).toStrictEqual([])
  })

  it('is not found if only that node reports it', async () => {
    expect(await found({ witnesses: nodesThatSay(undefined, open) }, reading(10, [open]))).toStrictEqual([])
  })

  it.each<[string, GoodReading, readonly Proposal[]]>([
    ['reports it, too', reading(10, [open]), []],
    ['reported it before', reading(10), [open]],
  ])('is not asked for if the reading %s', async (_what, read, known) => {
    const witnesses = nodesThatSay(open, open)

    expect(await found({ witnesses, known }, reading(10, [open]), read)).toStrictEqual([])
    expect(asked(witnesses)).toStrictEqual([0, 0])
  })

  it('is found if the reading has retracted it', async () => {
    const read = reading(10, [], { retracted: [keyOf(open)] })

    expect(
      await found({ witnesses: nodesThatSay(undefined, open, open), known: [open] }, reading(10, [open]), read),
    ).toMatchObject([{ proposal: open }])
  })

  it('is not asked for before the reading has reached the head of the other node', async () => {
    const witnesses = nodesThatSay(undefined, open, open)
    const { add, findHidden } = given({ witnesses })
    add(reading(11, [open]), reading(10))

    expect(await findHidden(reading(10), 'a')).toStrictEqual([])
    expect(asked(witnesses)).toStrictEqual([0, 0, 0])
    expect(await findHidden(reading(11), 'a')).toMatchObject([{ proposal: open }])
  })

  it('is forgotten once the reading reports it', async () => {
    const witnesses = nodesThatSay(undefined, open, open)
    const { add, findHidden } = given({ witnesses })
    add(reading(11, [open]), reading(10))
    await findHidden(reading(11, [open]), 'a')

    expect(await findHidden(reading(12), 'a')).toStrictEqual([])
    expect(asked(witnesses)).toStrictEqual([0, 0, 0])
  })

  it('is asked for again after a minute if the nodes did not agree', async () => {
    const witnesses = nodesThatSay(undefined, open)
    const { add, findHidden, wait } = given({ witnesses })
    add(reading(10, [open]), reading(10))
    await findHidden(reading(10), 'a')
    wait(59_999)
    await findHidden(reading(10), 'a')
    expect(asked(witnesses)).toStrictEqual([1, 1])

    wait(1)
    await findHidden(reading(10), 'a')
    expect(asked(witnesses)).toStrictEqual([2, 2])
  })

  it('is found once', async () => {
    const { add, findHidden, wait } = given({ witnesses: nodesThatSay(undefined, open, open) })
    add(reading(10, [open]), reading(10))
    await findHidden(reading(10), 'a')
    wait(60_000)

    expect(await findHidden(reading(10), 'a')).toStrictEqual([])
  })
})

describe('a proposal that another node reports as closed', () => {
  it.each<[Proposal['status'], Proposal['status']]>([
    ['canceled', 'voting'],
    ['executed', 'queued'],
  ])('is found as %s if it is known as %s', async (status, before) => {
    const over = proposal('1', { status })

    expect(
      await found(
        { witnesses: nodesThatSay(open, over, over), known: [proposal('1', { status: before })] },
        reading(10, [over]),
      ),
    ).toStrictEqual([{ proposal: over, hosts: ['a'] }])
  })

  const ended = (status: Proposal['status']): Proposal => upgradeProposal('1', 'v2', 100, { status })

  it.each<[Proposal['status'], Proposal['status']]>([
    ['executed', 'canceled'],
    ['canceled', 'executed'],
    ['expired', 'queued'],
    ['rejected', 'passed'],
  ])('is found as %s if it has a plan and is known as %s', async (status, before) => {
    const witnesses = nodesThatSay(ended(before), ended(status), ended(status))
    expect(await found({ witnesses, known: [ended(before)] }, reading(10, [ended(status)]))).toStrictEqual([
      { proposal: ended(status), hosts: ['a'] },
    ])
  })

  it('is not asked for if its plan is over', async () => {
    const witnesses = nodesThatSay(ended('executed'), ended('executed'))
    const [told, read] = [reading(101, [ended('executed')]), reading(101)]
    expect(await found({ witnesses, known: [ended('canceled')] }, told, read)).toStrictEqual([])
  })

  it.each<[string, Proposal, Proposal]>([
    ['rejected, which a node that is behind reports as open', proposal('1', { status: 'rejected' }), open],
    ['closed with another status than the known one', proposal('1', { status: 'executed' }), canceled],
    ['open and we took it for expired', open, proposal('1', { status: 'expired', derived: true })],
  ])('is not asked for if it is %s', async (_what, told, known) => {
    const witnesses = nodesThatSay(told, told)

    expect(await found({ witnesses, known: [known] }, reading(10, [told]))).toStrictEqual([])
    expect(asked(witnesses)).toStrictEqual([0, 0])
  })

  it.each<[string, Proposal, number]>([
    ['executed, with a plan that is still ahead', upgradeProposal('1', 'v2', 10, { status: 'executed' }), 1],
    [
      'passed, with a plan that is still ahead',
      upgradeProposal('1', 'v2', 10, { status: 'passed', carriedOut: true }),
      1,
    ],
    ['executed, with a plan of the past', upgradeProposal('1', 'v2', 9, { status: 'executed' }), 0],
    ['executed without a plan', proposal('1', { status: 'executed' }), 0],
    ['canceled', canceled, 0],
  ])('is found only with a plan that is still ahead if it is unknown: %s', async (_what, told, times) => {
    const witnesses = nodesThatSay(told, told)
    const hidden = await found({ witnesses }, reading(10, [told]))

    expect([hidden.length, ...asked(witnesses)]).toStrictEqual([times, times, times])
  })

  it('is compared with the archive if it is not tracked any more', async () => {
    const witnesses = nodesThatSay(open, open)

    expect(await found({ witnesses, recorded: canceled }, reading(10, [open]))).toMatchObject([{ proposal: open }])
    expect(await found({ witnesses, recorded: open }, reading(10, [open]))).toStrictEqual([])
  })
})

describe('the hosts that hide a proposal', () => {
  it('are all that deny it if the node that was read is unknown', async () => {
    const { add, findHidden } = given({ witnesses: nodesThatSay(undefined, canceled, open, open) })
    add(reading(10, [open]), reading(10))

    expect(await findHidden(reading(10))).toStrictEqual([{ proposal: open, hosts: ['a', 'b'] }])
  })

  it('are only the node that was read if it is known', async () => {
    const witnesses = nodesThatSay(undefined, undefined, open, open)
    expect(await found({ witnesses }, reading(10, [open]))).toStrictEqual([{ proposal: open, hosts: ['a'] }])
  })

  it('are none if the node that was read reports it when it is asked', async () => {
    expect(await found({ witnesses: nodesThatSay(open, open) }, reading(10, [open]))).toStrictEqual([
      { proposal: open, hosts: [] },
    ])
  })

  it('are none if the node that was read does not answer', async () => {
    const witnesses = [nodeThat({ host: 'a', says: fails }), ...nodesThatSay(undefined, open, open).slice(1)]

    expect(await found({ witnesses }, reading(10, [open]))).toStrictEqual([{ proposal: open, hosts: [] }])
  })
})

describe('the limits', () => {
  const many = (count: number): readonly Proposal[] =>
    Array.from({ length: count }, (_, index) => proposal(String(index)))

  it('are twenty requests per reading, the others with the next readings', async () => {
    const witnesses = nodesThatSay(undefined, undefined)
    const { add, findHidden } = given({ witnesses })
    add(reading(10, many(30)), reading(10))

    await findHidden(reading(10), 'a')
    expect(asked(witnesses)).toStrictEqual([20, 20])
    await findHidden(reading(10), 'a')
    expect(asked(witnesses)).toStrictEqual([30, 30])
  })

  it('are three hundred suspects of one node, and those of the others do not wait for them', async () => {
    const witnesses = nodesThatSay(undefined, undefined)
    const { add, findHidden } = given({ witnesses })
    add(reading(10, many(1_005)), reading(10), 'liar')
    add(reading(10, [proposal('9999')]), reading(10), 'b')

    await findHidden(reading(10), 'a')
    expect(witnesses[0]?.asked).toContain('9999')
    for (let round = 0; round < 60; round += 1) await findHidden(reading(10), 'a')
    expect(asked(witnesses)).toStrictEqual([301, 301])
  })

  it('take turns if the readings are as far apart as the questions', async () => {
    const witnesses = nodesThatSay(undefined, undefined)
    const { add, findHidden, wait } = given({ witnesses })
    add(reading(10, many(30)), reading(10))
    for (let round = 0; round < 2; round += 1) {
      await findHidden(reading(10), 'a')
      wait(60_000)
    }
    expect(new Set(witnesses[0]?.asked).size).toBe(30)
  })
})

describe('a report that enough nodes contradict', () => {
  const invented = proposal('1', { readAt: 9n })

  it('is dropped after an hour, when no reorg can explain it', async () => {
    const { add, findHidden, areOpen, wait } = given({ witnesses: nodesThatSay(invented, undefined, undefined) })
    add(reading(10, [invented]), reading(10))
    await findHidden(reading(10), 'b')
    expect(areOpen()).toBe(true)
    wait(3_600_000)
    await findHidden(reading(10), 'b')
    expect(areOpen()).toBe(false)
  })

  it('is dropped an hour after the first report, however often it is repeated', async () => {
    const { add, findHidden, areOpen, wait } = given({ witnesses: nodesThatSay(invented, undefined, undefined) })
    for (let tens = 0; tens <= 6; tens += 1) {
      add(reading(10, [invented]), reading(10))
      await findHidden(reading(10), 'b')
      expect(areOpen()).toBe(tens < 6)
      wait(600_000)
    }
  })

  it.each([
    ['is kept while those that report it otherwise are', 9n, true],
    ['is dropped once those that report it otherwise are not', 10n, false],
  ])('%s behind the node that reported it', async (_what, readAt, isKept) => {
    const others = (['canceled', 'rejected'] as const).map((status) => proposal('1', { status, readAt }))
    const { add, findHidden, areOpen, wait } = given({ witnesses: nodesThatSay(invented, ...others) })
    add(reading(10, [invented]), reading(10))
    wait(3_600_000)
    await findHidden(reading(10), 'b')
    expect(areOpen()).toBe(isKept)
  })

  it('is kept while too few nodes answer', async () => {
    const down = nodeThat({ host: 'c', says: fails })
    const { add, findHidden, areOpen, wait } = given({ witnesses: [...nodesThatSay(invented, undefined), down] })
    add(reading(10, [invented]), reading(10))
    wait(3_600_000)
    await findHidden(reading(10), 'b')
    expect(areOpen()).toBe(true)
  })
})

it('a proposal that is known from another block than the one that enough nodes report is found', async () => {
  const from = (at: bigint): Proposal => proposal('1', { origin: { block: at, hash: '0x1', index: 0 } })
  const witnesses = nodesThatSay(from(4n), from(5n), from(5n))
  const hidden = await found({ witnesses, known: [from(4n)] }, reading(10, [from(5n)]))
  expect(hidden).toMatchObject([{ proposal: from(5n) }])
})
