import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { emptyBlockTime } from '../../../src/domain/blocks/blockTime.js'
import type { Head } from '../../../src/domain/blocks/head.js'
import type { KnownHead } from '../../../src/domain/blocks/headJump.js'
import { SourceError } from '../../../src/domain/errors.js'
import { cosmosTraits } from '../../../src/sources/governance/cosmos/reader.js'
import { governorTraits } from '../../../src/sources/governance/governor/reader.js'
import type { GovernanceReader } from '../../../src/sources/governance/GovernanceReader.js'
import { guardHeads } from '../../../src/sources/agreement/guardHeads.js'
import { block, queued, reading, steadyPace, upgrade } from '../../support/builders.js'
import { nodeThat } from './nodesGiven.js'

const known: KnownHead = { head: block(100), lastGoodAt: 100_000, blockTime: steadyPace(100) }
const far = block(100_000)
const unused = (): Promise<never> => Promise.reject(new Error('Not used.'))
type Answer =
  Head | undefined | 'down' | 'hangs' | { readonly newest: Head; readonly first?: Head; readonly isSyncing?: boolean }

/** A reader whose node is at `head`, guarded by nodes with these answers for its block; counts how often it asks. */
function guarded(
  head: Head,
  answers: readonly Answer[],
  {
    before = known,
    asks = true,
    traits = governorTraits,
    at = head,
    host = 'own:1',
    asksFor = head,
    agreement = 1,
    now = 101_000,
    anchors = [far].slice(1),
  } = {},
) {
  let asked = 0
  const reader: GovernanceReader = {
    chain: 'local',
    system: 'own',
    traits,
    async read({ vouch }) {
      const told = reading(Number(head.number), [], { head, at })
      if (asks) await vouch?.({ ...told, head: asksFor, host, anchors })
      return told
    },
    readProposal: unused,
    readBlock: unused,
    readProposals: unused,
    readParameters: unused,
    readMembers: unused,
    check: unused,
  }
  const nodes = answers.map((answer) => ({
    readBlock: (height: bigint) => {
      asked += 1
      if (typeof answer === 'object' && 'newest' in answer) {
        const { newest, first } = answer
        const own = height === first?.number ? first : height === newest.number ? newest : block(height)
        return Promise.resolve(height > newest.number ? undefined : own)
      }
      if (answer === 'hangs') return new Promise<never>(() => undefined)
      return answer === 'down' ? Promise.reject(new Error('Down.')) : Promise.resolve(answer)
    },
    readNodeState: () => {
      const head = typeof answer === 'object' && 'newest' in answer ? answer.newest : answer
      const isSyncing = typeof answer === 'object' && 'newest' in answer && answer.isSyncing === true
      return typeof head === 'object' ? Promise.resolve({ head, isSyncing }) : Promise.reject(new Error('Down.'))
    },
  }))
  const guard = guardHeads(reader, { nodes, known: () => before, agreement, now: () => now })
  const read = (signal = new AbortController().signal): Promise<unknown> => guard.read({ open: [], signal })
  return { read, asked: () => asked }
}
/** A node whose newest block is this one. */
const at = (newest: number) => ({ newest: block(newest) })
/** The time of a block, a second after a good reading. */
const timeOf = (number: number) => {
  const now = Number(block(number).timestamp) * 1_000
  return { now, before: { ...known, lastGoodAt: now - 1_000 } }
}
const { head: _head, ...nothing } = known

describe('a head at the usual pace of its chain', () => {
  it('is believed without a request', async () => {
    const { read, asked } = guarded(block(101), [block(101), block(101)])
    await expect(read()).resolves.toMatchObject({ head: { number: 101n }, host: 'own:1' })
    expect(asked()).toBe(0)
  })
})

describe('a head that jumps', () => {
  it.each<[string, readonly Answer[]]>([
    ['one node has its block', [undefined, far]],
    ['one node has its block, and the other is down', ['down', far]],
    ['one has it with a time that is an hour off', [block(100_000, { timestamp: far.timestamp + 3_600n }), undefined]],
  ])('is believed if %s', async (_, answers) => {
    await expect(guarded(far, answers).read()).resolves.toMatchObject({ head: far })
  })

  it.each<[string, readonly Answer[], RegExp]>([
    ['no node has its block', [undefined, undefined], /newest block is 100000, after block 100 at the last reading/],
    ['all are down', ['down', 'down'], /not confirmed\. Down\. It is ignored/],
    ['another block is reported for it', [block(99_999), undefined], /another block 100000/],
    [
      'its block is reported with a time more than an hour off',
      [block(100_000, { timestamp: far.timestamp + 3_601n }), undefined],
      /another block 100000/,
    ],
  ])('fails the reading if %s', async (_, answers, words) => {
    const failed = guarded(far, answers).read()
    await expect(failed).rejects.toThrow(words)
    await expect(failed).rejects.toBeInstanceOf(SourceError)
  })

  const knows = { newest: block(101) }
  it.each<[string, readonly Answer[]]>([
    ['two others lack its block but have the last one that was read', [far, knows, knows]],
    ['two others do, and one is down', [far, 'down', knows, knows]],
    ['two others lack it and are a few blocks behind the last one', [far, knows, { newest: block(84) }]],
  ])('is not believed from a node that has it if two must agree and %s', async (_, answers) => {
    await expect(guarded(far, answers, { agreement: 2 }).read()).rejects.toThrow(
      /newest block is 100000, after block 100 at the last reading.*2 nodes have block 84, or are synced, and lack block 99984\./,
    )
  })

  it('is believed if the others are just some blocks behind it', async () => {
    const [fast, near] = [block(148), { newest: block(147) }]
    await expect(guarded(fast, [fast, near, near], { agreement: 2 }).read()).resolves.toMatchObject({ head: fast })
  })

  it.each<[string, readonly Answer[], number]>([
    ['two others are synced and far below the last one, which was also invented', [far, at(80), at(78)], 2],
    ['one is, and another one is a few blocks behind the last one', [far, at(80), at(84)], 2],
  ])('is not believed if %s', async (_, answers, agreement) => {
    await expect(guarded(far, answers, { agreement, ...timeOf(81) }).read()).rejects.toThrow(
      /2 nodes have block 84, or are synced, and lack block 99984\./,
    )
  })

  const behind = at(83)
  const timeless = { newest: { ...far, number: 83n, hash: 'height-83' } }
  it.each<[string, readonly Answer[], number]>([
    ['only one node lacks it', [far, far, knows], 2],
    ['the others are down', [far, 'down', 'down'], 2],
    ['those without it are catching up from far behind the last block that was read', [far, behind, behind], 2],
    ['those without it report no times', [far, timeless, timeless], 2],
    ['one node is enough', [far, knows, knows], 1],
  ])('is believed if %s, though others lack its block', async (_, answers, agreement) => {
    const read = guarded(far, answers, { agreement, ...timeOf(100_000) }).read()
    await expect(read).resolves.toMatchObject({ head: far })
  })

  it('is checked if its reader does not ask for that, as a custom reader may not', async () => {
    await expect(guarded(far, [undefined, undefined], { asks: false }).read()).rejects.toThrow('not confirmed')
  })

  it('is checked if its reader asked about another head', async () => {
    const sly = guarded(far, [undefined, undefined], { asksFor: block(101) })
    await expect(sly.read()).rejects.toThrow('not confirmed')
  })

  it('is checked once if its reader asks for that', async () => {
    const { read, asked } = guarded(far, [far])
    await read()
    expect(asked()).toBe(0)
    const two = guarded(far, [undefined, far])
    await two.read()
    expect(two.asked()).toBe(2)
  })

  it('of the only node is requested again unless the system has already read the block by its number', async () => {
    const [evm, cosmos, below] = [
      guarded(far, [undefined]),
      guarded(far, [undefined], { traits: cosmosTraits }),
      guarded(far, [undefined], { at: block(99_990) }),
    ]
    await expect(evm.read()).resolves.toMatchObject({ head: far })
    await expect(cosmos.read()).rejects.toThrow('not confirmed')
    await expect(below.read()).rejects.toThrow('not confirmed')
  })

  it('fails at once if the reading is aborted while nodes are asked', async () => {
    const controller = new AbortController()
    const stopped = guarded(far, ['hangs', 'hangs']).read(controller.signal)
    controller.abort()
    await expect(stopped).rejects.toThrow('The read of local was stopped.')
  })
})

describe('the very first head', () => {
  it('is checked like a jump, and the error names no earlier block', async () => {
    const failed = guarded(far, [undefined, undefined], { before: { ...nothing, blockTime: emptyBlockTime } }).read()
    await expect(failed).rejects.toThrow('newest block is 100000, and that is not confirmed')
  })

  const first = { before: { ...nothing, blockTime: emptyBlockTime }, agreement: 2 }
  it.each<[string, readonly Answer[]]>([
    ['one other node is far below it', [far, { newest: block(100) }]],
    [
      'the others are catching up',
      [far, { newest: block(100), isSyncing: true }, { newest: block(90), isSyncing: true }],
    ],
    ['the others are down', [far, 'down', 'down']],
    ['the others are a few blocks below it', [far, { newest: block(99_990) }, { newest: block(99_991) }]],
  ])('is believed if %s', async (_why, answers) => {
    await expect(guarded(far, answers, first).read()).resolves.toMatchObject({ head: far })
  })

  const anchor = block(1, { hash: 'ab' })
  const liar = { newest: far, first: anchor }
  it.each<[string, readonly Answer[]]>([
    ['one other node has another old block', [at(100_000), liar]],
    ['the others have two different old blocks', [at(100_000), { newest: far, first: block(1, { hash: 'cd' }) }]],
    ['the others report no hashes', [{ newest: far, first: block(1, { hash: 'height-1' }) }, at(100_000)]],
    ['the others are down', ['down', 'down']],
  ])('is believed if %s', async (_why, others) => {
    const read = guarded(far, [liar, ...others], { ...first, anchors: [anchor] }).read()
    await expect(read).resolves.toMatchObject({ head: far })
  })

  it('is not believed if two nodes that must agree have another old block, which would make them look like another chain', async () => {
    const answers = [liar, at(100_000), at(100_000)]
    await expect(guarded(far, answers, { ...first, anchors: [anchor] }).read()).rejects.toThrow(
      '2 nodes have another block 1. It is ignored.',
    )
  })

  it('is not believed if two nodes that must agree are synced far below it, because it could never be left', async () => {
    const answers = [far, { newest: block(100) }, { newest: block(101), isSyncing: false }]
    await expect(guarded(far, answers, first).read()).rejects.toThrow(
      '2 nodes are synced and lack block 99984. It is ignored.',
    )
  })
})

/** The newest block of another node at a step of the test, or how it fails. */
type Other = number | 'down' | { readonly behind: number } | { readonly synced: number } | ((step: number) => Other)

describe('a head that runs ahead in small steps', () => {
  /** Heads of a node, ten minutes apart and by the pace of the chain, while the others have these. */
  function running(others: readonly Other[], agreement = 2) {
    let [time, head, steps] = [100_000, 100, 0]
    let before: KnownHead = { ...known, head: block(head) }
    function newestOf(other: Other): number {
      if (other === 'down') throw new Error('Down.')
      if (typeof other === 'function') return newestOf(other(steps))
      if (typeof other === 'number') return other
      return 'synced' in other ? other.synced : head - other.behind
    }
    const nodes = [{ behind: 0 }, ...others].map((other) => ({
      ...(typeof other === 'object' &&
        'synced' in other && { readNodeState: () => Promise.resolve({ head: block(other.synced) }) }),
      readBlock: async (height: bigint) =>
        Promise.resolve(height > BigInt(newestOf(other)) ? undefined : block(Number(height))),
    }))
    const reader = nodeThat({ reports: () => reading(head) })
    const guard = guardHeads(reader, { nodes, known: () => before, agreement, now: () => time })
    return async (blocks: number, seconds = 600): Promise<string> => {
      time += seconds * 1000
      head += blocks
      steps += 1
      // A head that jumps is asked for in another way.
      before = { ...before, lastGoodAt: time, blockTime: steadyPace(100), head: block(head - 16) }
      const told = await guard.read({ open: [], signal: new AbortController().signal }).catch(String)
      if (typeof told === 'string') return told
      before = { ...before, head: told.head }
      return 'believed'
    }
  }

  it('is not believed once enough nodes still lack, after five minutes, the block that was sixteen below it', async () => {
    const step = running([102, 102])
    expect(await step(16)).toBe('believed')
    expect(await step(16)).toBe('believed')
    expect(await step(16, 299)).toBe('believed')
    expect(await step(16, 1)).toMatch('2 nodes have block 100, or are synced, and lack block 116.')
    expect(await step(16, 1)).toMatch('is not confirmed')
  })

  it('is not believed either if synced nodes lack it, though the head before it was invented as well', async () => {
    const step = running([{ synced: 60 }, { synced: 61 }])
    for (const seconds of [600, 600, 299]) expect(await step(16, seconds)).toBe('believed')
    expect(await step(16, 1)).toMatch('2 nodes have block 100, or are synced, and lack block 116.')
  })

  it('is not believed either after a head far above it was given up', async () => {
    const step = running([41, 41])
    for (const blocks of [16, -80, 16, 16]) expect(await step(blocks)).toBe('believed')
    expect(await step(16)).toMatch('lack block 52.')
  })

  it('does not make a node look like one that runs ahead after it was given up', async () => {
    const other: Other = (step) => 100 + 16 * step
    const step = running([other, other])
    expect(await step(16)).toBe('believed')
    expect(await step(5_000)).toBe('believed')
    expect(await step(-4_968)).toBe('believed')
    for (const seconds of [600, 1, 600]) expect(await step(16, seconds)).toBe('believed')
  })

  it.each<[string, readonly Other[], number?]>([
    ['enough nodes have it', [132, 10]],
    ['the others are still catching up', [50, 60]],
    ['the others are down', ['down', 'down']],
    ['one node is trusted', [102, 102], 1],
  ])('is believed if %s', async (_why, others, agreement) => {
    const step = running(others, agreement)
    for (const _step of [1, 2, 3]) expect(await step(16)).toBe('believed')
  })

  it('is believed if the others are a steady number of blocks behind it, as on a chain with several blocks a second', async () => {
    const step = running([{ behind: 200 }, { behind: 40 }])
    for (const _step of [1, 2, 3, 4, 5, 6]) expect(await step(1_200, 300)).toBe('believed')
  })

  it('is compared again a minute after too few nodes answered', async () => {
    const other: Other = (step) => (step < 3 ? 'down' : 102)
    const step = running([other, other])
    for (const seconds of [600, 600, 60, 299]) expect(await step(16, seconds)).toBe('believed')
    expect(await step(16, 1)).toMatch('lack block 132.')
  })

  it('is compared again a minute after nodes were slow to follow it, because it may have gone on without them', async () => {
    const other: Other = (step) => (step < 3 ? 102 : 116)
    const step = running([other, other])
    for (const seconds of [600, 600, 300, 60, 299]) expect(await step(16, seconds)).toBe('believed')
    expect(await step(16, 1)).toMatch('2 nodes have block 116, or are synced, and lack block 148.')
  })

  it('is not believed for more than an hour after nodes are back, however long they were down', async () => {
    const other: Other = (step) => (step < 20 ? 'down' : 102)
    const step = running([other, other])
    for (let tens = 1; tens <= 20; tens += 1) expect(await step(16)).toBe('believed')
    expect(await step(16, 3_599)).toBe('believed')
    expect(await step(16, 1)).toMatch('lack block 404.')
  })

  it('is believed while nodes that were down for an hour catch up for no longer than they were', async () => {
    const back: Other = (step) => (step < 2 ? { behind: 0 } : step < 8 ? 'down' : { behind: step < 12 ? 300 : 0 })
    const step = running([back, (at) => back(at)])
    for (const _step of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]) expect(await step(50)).toBe('believed')
  })
})

describe('a head below the block at which a file is due', () => {
  /**
   * Results of readings at these seconds. The node stays at block 100, or has the heads given, while the others have
   * these.
   */
  async function stuck(
    others: readonly number[],
    height: number,
    { agreement = 2, at = [0, 60], heads = [100], leadBlocks = 0 } = {},
  ): Promise<readonly unknown[]> {
    let [time, head] = [101_000, 100]
    const nodes = [100, ...others].map((newest) => ({
      readBlock: (number: bigint) => Promise.resolve(number > BigInt(newest) ? undefined : block(Number(number))),
    }))
    const reader = nodeThat({ reports: () => reading(head) })
    const upgrades = queued(upgrade('1', 'v2', height))
    const before = { ...known, upgrades }
    const guard = guardHeads(reader, { nodes, agreement, leadBlocks, known: () => before, now: () => time })
    const results: unknown[] = []
    for (const [place, seconds] of at.entries()) {
      ;[time, head] = [101_000 + seconds * 1000, heads[place] ?? head]
      const read = guard.read({ open: [], signal: new AbortController().signal })
      results.push(await read.then(({ head: { number } }) => Number(number), String))
    }
    return results
  }

  it('is not believed if enough nodes have had that block for a minute, because the node may stay below it for ever', async () => {
    const [first, second, third] = await stuck([105, 105], 105, { at: [0, 59, 60] })
    expect([first, second]).toEqual([100, 100])
    expect(third).toMatch('2 nodes have block 105, at which the file of an upgrade is due.')
  })

  it('is not believed either if it moves, but more than a minute later than the others', async () => {
    const [first, second, third] = await stuck([105, 105], 105, { at: [0, 30, 61], heads: [100, 101, 102] })
    expect([first, second]).toEqual([100, 101])
    expect(third).toMatch('2 nodes have block 105')
  })

  it.each<[string, number, { at: number[]; heads?: number[]; leadBlocks?: number }]>([
    ['that is far, and stands still for a minute', 500, { at: [0, 59, 60] }],
    ['that is far, and stands still while the clock is set back', 500, { at: [0, 59, -3_600] }],
    ['that is 64 blocks away, a minute after the others', 164, { at: [0, 30, 61], heads: [100, 101, 102] }],
    ['that comes some blocks before the height', 600, { at: [0, 59, 60], leadBlocks: 495 }],
  ])('is not believed below a block %s', async (_what, height, options) => {
    const [first, second, third] = await stuck([600, 600], height, options)
    expect([first, second]).toEqual([100, options.heads?.[1] ?? 100])
    expect(third).toMatch(`2 nodes have block ${height - (options.leadBlocks ?? 0)}, at which`)
  })

  it('is believed if the block is far and the node moves, also after another one was read in its place', async () => {
    const heads = [104, 100, 101, 102, 103]
    expect(await stuck([600, 600], 500, { at: [0, 1, 20, 40, 61], heads })).toEqual(heads)
  })

  it.each([
    ['lack that block', 104],
    ['have that block, and may have been reached within the minute', 105],
  ])('is compared once a minute with nodes that %s', async (_what, newest) => {
    let [time, head, asked] = [101_000, 100, 0]
    const readBlock = (height: bigint): Promise<Head | undefined> => {
      asked += 1
      return Promise.resolve(height > BigInt(newest) ? undefined : block(Number(height)))
    }
    const reader = nodeThat({ reports: () => reading(head) })
    const before = { ...known, upgrades: queued(upgrade('1', 'v2', 105)) }
    const nodes = [{ readBlock }, { readBlock }]
    const guard = guardHeads(reader, { nodes, agreement: 2, known: () => before, now: () => time })
    for (const seconds of [0, 20, 40, 59]) {
      ;[time, head] = [101_000 + seconds * 1_000, 100 + Math.floor(seconds / 20)]
      await guard.read({ open: [], signal: new AbortController().signal })
    }
    expect(asked).toBe(2)
  })

  it('is believed after three seconds if a node hangs, because nothing may delay a reading for long', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const reader = nodeThat({ reports: () => reading(100) })
    const further = { readBlock: (height: bigint) => Promise.resolve(block(Number(height))) }
    const hanging = { readBlock: () => new Promise<never>(() => undefined) }
    const before = { ...known, upgrades: queued(upgrade('1', 'v2', 105)) }
    const guard = guardHeads(reader, {
      nodes: [reader, further, hanging],
      agreement: 2,
      known: () => before,
      now: Date.now,
    })
    let isRead = false
    const read = guard.read({ open: [], signal: new AbortController().signal }).then(() => (isRead = true))
    await vi.advanceTimersByTimeAsync(3_000)
    expect(isRead).toBe(true)
    await read
  })

  it('is believed if the node moves, also while it is below a head that another one had in its place', async () => {
    const heads = [104, 100, 101, 102, 103, 105]
    expect(await stuck([105, 105], 105, { at: [0, 1, 20, 40, 59, 61], heads })).toEqual(heads)
  })

  it('is believed if the node is a few blocks behind, and has the block within a minute', async () => {
    expect(await stuck([105, 105], 105, { at: [0, 30, 59, 61], heads: [103, 104, 104, 105] })).toEqual([
      103, 104, 104, 105,
    ])
  })

  it.each<[string, readonly number[], number, number?]>([
    ['too few nodes have it', [105, 104], 105],
    ['the height is reached', [105, 105], 100],
    ['the height is far and the head has just been seen', [99, 99], 500],
    ['one node is trusted', [105, 105], 105, 1],
  ])('is believed if %s', async (_why, others, height, agreement = 2) => {
    expect(await stuck(others, height, { agreement })).toEqual([100, 100])
  })
})
