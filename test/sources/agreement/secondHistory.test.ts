import { expect, it } from 'vitest'
import { createSecondHistory } from '../../../src/sources/agreement/secondHistory.js'
import type { GoodReading } from '../../../src/domain/reading.js'
import { reading } from '../../support/builders.js'
import { type GivenNode, nodeThat } from './nodesGiven.js'

/** A second history of the nodes `a`, `b` and `c`, each at its own block. */
function given(heads: readonly number[], everyMs = 600_000) {
  let time = 0
  const at = [...heads]
  const witnesses: readonly GivenNode[] = at.map((_, index) =>
    nodeThat({ host: 'abc'.charAt(index), reports: () => reading(at[index] ?? 0) }),
  )
  const history = createSecondHistory({
    witnesses,
    agreement: 2,
    known: () => ({ proposals: new Map(), upgrades: new Map() }),
    now: () => time,
  })
  const request = { open: [], signal: new AbortController().signal }
  history.begin(request)
  /** The hosts that are read one interval later, when all nodes are at this block. */
  return async (servedBy: string | undefined, head: number): Promise<readonly string[]> => {
    time += everyMs
    at.fill(head)
    const before = witnesses.map(({ requests }) => requests.length)
    const read: GoodReading = reading(head)
    await history.readOn(request, { reading: read, servedBy }, () => undefined)
    return witnesses.flatMap(({ host, requests }, index) => {
      const from = requests[before[index] ?? 0]?.cursor
      return requests.length > (before[index] ?? 0) ? [`${host} from ${JSON.stringify(from)}`] : []
    })
  }
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
  const readOn = given([5, 5, 5], 60_000)
  expect(await readOn('a', 5)).toStrictEqual(['b from undefined'])
  for (const host of ['a', 'b', 'c']) expect(await readOn(host, 6)).toStrictEqual([])
  for (let poll = 0; poll < 6; poll += 1) await readOn('a', 7)
  const reads = [await readOn('a', 8), await readOn('a', 9), await readOn('a', 9)]
  expect(reads).toStrictEqual([['c from {"block":5}'], ['b from {"block":5}'], []])
  for (let poll = 0; poll < 8; poll += 1) await readOn('a', 10)
  expect(await readOn('a', 10)).toStrictEqual(['c from {"block":8}'])
})
