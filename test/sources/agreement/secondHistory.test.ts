import { expect, it } from 'vitest'
import { createSecondHistory } from '../../../src/sources/agreement/secondHistory.js'
import { defined } from '../../../src/domain/defined.js'
import { SourceError } from '../../../src/domain/errors.js'
import type { Proposal } from '../../../src/domain/proposals/proposal.js'
import type { GoodReading } from '../../../src/domain/reading.js'
import type { Json } from '../../../src/domain/text/json.js'
import { proposal, reading } from '../../support/builders.js'
import { type GivenNode, nodeThat } from './nodesGiven.js'

interface Given {
  readonly everyMs?: number
  readonly agreement?: number
  readonly stored?: Json | undefined
  /** What a node reports at a block. @defaultValue that block */
  readonly reports?: (at: number, host: string) => GoodReading
  /** The open proposals of the first request. @defaultValue none */
  readonly open?: readonly Proposal[]
}

/** A second history of the nodes `a`, `b` and `c`, each at its own block. */
function given(
  heads: readonly number[],
  { everyMs = 600_000, agreement = 2, stored, reports = (at) => reading(at), open = [] }: Given = {},
) {
  let time = 0
  const at = [...heads]
  const witnesses: readonly GivenNode[] = at.map((_, index) => {
    const host = 'abcd'.charAt(index)
    return nodeThat({ host, reports: () => reports(at[index] ?? 0, host) })
  })
  const history = createSecondHistory({
    witnesses,
    agreement,
    known: () => ({ proposals: new Map(), upgrades: new Map(), ...defined({ secondHistory: stored }) }),
    now: () => time,
  })
  const request = { open, signal: new AbortController().signal }
  history.begin(request)
  /** The hosts that are read one interval later, when all nodes are at this block. */
  const readOn = async (
    servedBy: string | undefined,
    head: number,
    read = head,
    known = open,
  ): Promise<readonly string[]> => {
    time += everyMs
    at.fill(head)
    const before = witnesses.map(({ requests }) => requests.length)
    await history.readOn({ ...request, open: known }, { reading: reading(read), servedBy }, () => undefined)
    return witnesses.flatMap(({ host, requests }, index) => {
      const from = requests[before[index] ?? 0]?.cursor
      return requests.length > (before[index] ?? 0) ? [`${host} from ${JSON.stringify(from)}`] : []
    })
  }
  return Object.assign(readOn, {
    stored: (isOpen: boolean) => history.stored(isOpen),
    /** The proposals that the last request to a node named. */
    askedOf: (host: string) =>
      witnesses
        .find((one) => one.host === host)
        ?.requests.at(-1)
        ?.open.map(({ id }) => id),
  })
}

const submitted = (id: string, block: bigint): Proposal => proposal(id, { origin: { block, hash: '0x1', index: 0 } })

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

it('a history with a backlog is read on with each reading', async () => {
  const readOn = given([5, 5, 5], { everyMs: 1_000, reports: (at) => ({ ...reading(at), backlog: 1n }) })
  expect(await readOn('a', 5)).toStrictEqual(['b from undefined'])
  expect(await readOn('a', 6)).toStrictEqual(['c from {"block":5}'])
})

it('a node that fails is followed by another one after a minute', async () => {
  const readOn = given([5, 5, 5], {
    everyMs: 30_000,
    reports: () => {
      throw new Error('Down.')
    },
  })
  expect(await readOn('a', 5)).toStrictEqual(['b from undefined'])
  expect(await readOn('a', 5)).toStrictEqual([])
  expect(await readOn('a', 5)).toStrictEqual(['c from undefined'])
})

it('after a node that cannot serve the history, the next one is read from the present on, ten minutes later', async () => {
  const readOn = given([5, 5, 5], {
    everyMs: 300_000,
    reports: () => {
      throw new SourceError('permanent', 'It keeps no logs.')
    },
  })
  expect(await readOn('a', 5)).toStrictEqual(['b from undefined'])
  expect(await readOn('a', 6)).toStrictEqual([])
  expect(await readOn('a', 6)).toStrictEqual(['c from {"block":5}'])
})

it('a part that is read, but that the readings have not reached, is read by nobody else', async () => {
  const readOn = given([9, 9, 9])
  expect(await readOn('a', 9, 6)).toStrictEqual(['b from undefined'])
  expect(await readOn('a', 9, 7)).toStrictEqual([])
})

it('the next part begins where the read ended that covers least, whichever came first', async () => {
  const readOn = given([7, 7, 7, 7], { agreement: 3 })
  expect(await readOn('a', 7)).toStrictEqual(['b from undefined'])
  expect(await readOn('a', 6)).toStrictEqual(['d from undefined'])
  expect(await readOn('a', 8)).toStrictEqual(['d from {"block":6}'])
})

it('a node is asked about the proposals of the readings that were submitted in the parts before', async () => {
  const readOn = given([5, 5, 5])
  const { origin: _nowhere, ...unplaced } = proposal('3')
  await readOn('a', 5)
  await readOn('a', 9, 9, [submitted('1', 5n), submitted('2', 6n), unplaced])
  expect(readOn.askedOf('c')).toStrictEqual(['1'])
})

it('after a restart a node is asked about the open proposals that were submitted before the stored position', async () => {
  const stored = { v: 1, readTo: '5', servedBy: [], cursor: { block: 5 } }
  const readOn = given([9, 9, 9], { stored, open: [submitted('1', 5n), submitted('2', 6n)] })
  await readOn('a', 9, 9, [])
  expect(readOn.askedOf('b')).toStrictEqual(['1'])
})

it('the position that is stored while something is open names the hosts that have served readings since', async () => {
  const readOn = given([5, 5, 5])
  await readOn('a', 5)
  readOn.stored(false)
  await readOn('b', 6)
  expect(readOn.stored(true)).toMatchObject({ cursor: { block: 5 }, servedBy: [['b', '6']] })
})
