import { expect, it } from 'vitest'
import { createSecondHistory } from '../../../src/sources/agreement/secondHistory.js'
import { defined } from '../../../src/domain/defined.js'
import type { Json } from '../../../src/domain/text/json.js'
import { reading } from '../../support/builders.js'
import { type GivenNode, nodeThat } from './nodesGiven.js'

/** A second history of the nodes `a`, `b` and `c`, each at its own block. */
function given(
  heads: readonly number[],
  {
    everyMs = 600_000,
    agreement = 2,
    stored,
  }: { everyMs?: number; agreement?: number; stored?: Json | undefined } = {},
) {
  let time = 0
  const at = [...heads]
  const witnesses: readonly GivenNode[] = at.map((_, index) =>
    nodeThat({ host: 'abcd'.charAt(index), reports: () => reading(at[index] ?? 0) }),
  )
  const history = createSecondHistory({
    witnesses,
    agreement,
    known: () => ({ proposals: new Map(), upgrades: new Map(), ...defined({ secondHistory: stored }) }),
    now: () => time,
  })
  const request = { open: [], signal: new AbortController().signal }
  history.begin(request)
  /** The hosts that are read one interval later, when all nodes are at this block. */
  const readOn = async (servedBy: string | undefined, head: number, read = head): Promise<readonly string[]> => {
    time += everyMs
    at.fill(head)
    const before = witnesses.map(({ requests }) => requests.length)
    await history.readOn(request, { reading: reading(read), servedBy }, () => undefined)
    return witnesses.flatMap(({ host, requests }, index) => {
      const from = requests[before[index] ?? 0]?.cursor
      return requests.length > (before[index] ?? 0) ? [`${host} from ${JSON.stringify(from)}`] : []
    })
  }
  return Object.assign(readOn, { stored: (isOpen: boolean) => history.stored(isOpen) })
}

it('a part is not read again from the node that served it, also if that is not the first one', async () => {
  const readOn = given([5, 5, 5])
  expect(await readOn('a', 5)).toStrictEqual(['b from undefined'])
  expect(await readOn('b', 6)).toStrictEqual(['a from {"block":5}'])
  expect(await readOn('b', 7)).toStrictEqual(['c from {"block":6}'])
})

it('a node that is not named counts as the first one', async () => {
  const readOn = given([5, 5, 5])
  expect(await readOn(undefined, 5)).toStrictEqual(['b from undefined'])
  expect(await readOn(undefined, 6)).toStrictEqual(['c from {"block":5}'])
})

it('a part of which every node has served something is read from two of them, as far as both have it', async () => {
  const readOn = given([5, 5, 5], { everyMs: 60_000 })
  expect(await readOn('a', 5)).toStrictEqual(['b from undefined'])
  for (const host of ['a', 'b', 'c']) expect(await readOn(host, 6)).toStrictEqual([])
  for (let poll = 0; poll < 6; poll += 1) await readOn('a', 7)
  const reads = [await readOn('a', 8), await readOn('a', 9), await readOn('a', 9)]
  expect(reads).toStrictEqual([['c from {"block":5}'], ['b from {"block":5}'], []])
  for (let poll = 0; poll < 8; poll += 1) await readOn('a', 10)
  expect(await readOn('a', 10)).toStrictEqual(['c from {"block":8}'])
})

it('with three that must agree, two other nodes read a part', async () => {
  const readOn = given([5, 5, 5, 5], { agreement: 3 })
  expect(await readOn('a', 5)).toStrictEqual(['b from undefined'])
  expect(await readOn('a', 5)).toStrictEqual(['d from undefined'])
  expect(await readOn('a', 6)).toStrictEqual(['d from {"block":5}'])
})

it('after a restart it continues from the stored position, with the hosts that served readings beyond it', async () => {
  const before = given([5, 5, 5], { everyMs: 60_000 })
  await before('a', 5)
  for (const host of ['a', 'b', 'c']) await before(host, 6)
  const after = given([6, 6, 6], { stored: before.stored(false) })
  expect(await after('a', 7)).toStrictEqual(['b from {"block":5}'])
  expect(await after('a', 7)).toStrictEqual(['a from {"block":5}'])
  expect(await after('a', 8)).toStrictEqual(['b from {"block":7}'])
})

it('while something is open, the position from before is stored, for a day at most', async () => {
  const readOn = given([5, 5, 5])
  await readOn('a', 5)
  const before = readOn.stored(false)
  await readOn('a', 6)
  expect(readOn.stored(true)).toMatchObject({ cursor: { block: 5 } })
  for (let hours = 0; hours < 6 * 24; hours += 1) await readOn('a', 7)
  expect(before).toMatchObject({ cursor: { block: 5 } })
  expect(readOn.stored(true)).toMatchObject({ cursor: { block: 7 } })
})

it('a stored position that cannot be read, or of which a host is gone, does no harm', async () => {
  for (const stored of ['odd', { v: 2 }, { v: 1, readTo: '5', servedBy: [['gone', '7']], cursor: { block: 5 } }]) {
    const readOn = given([6, 6, 6], { stored })
    expect((await readOn('a', 6))[0]).toMatch(/^b from/)
  }
})

it('a part that a node reads before the readings have reached it is read again if that node then serves it', async () => {
  const readOn = given([5, 5, 5])
  expect(await readOn('c', 5)).toStrictEqual(['b from undefined'])
  expect(await readOn('c', 9, 6)).toStrictEqual(['a from {"block":5}'])
  expect(await readOn('a', 9)).toStrictEqual(['b from {"block":5}'])
})
