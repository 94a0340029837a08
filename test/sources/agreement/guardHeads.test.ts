import { describe, expect, it } from 'vitest'
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
const unused = (): Promise<never> => Promise.reject(new Error('Not used.'))
type Answer = Head | undefined | 'down' | 'hangs' | { readonly newest: Head }

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
  } = {},
) {
  let asked = 0
  const reader: GovernanceReader = {
    chain: 'local',
    system: 'own',
    traits,
    async read({ vouch }) {
      const told = reading(Number(head.number), [], { head, at })
      if (asks) await vouch?.({ ...told, head: asksFor, host })
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
      if (typeof answer === 'object' && 'newest' in answer)
        return Promise.resolve(height > answer.newest.number ? undefined : block(Number(height)))
      if (answer === 'hangs') return new Promise<never>(() => undefined)
      return answer === 'down' ? Promise.reject(new Error('Down.')) : Promise.resolve(answer)
    },
  }))
  const guard = guardHeads(reader, { nodes, known: () => before, agreement, now: () => 101_000 })
  const read = (signal = new AbortController().signal): Promise<unknown> => guard.read({ open: [], signal })
  return { read, asked: () => asked }
}
const far = block(100_000)
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
  ])('is not believed from a node that has it if two must agree and %s', async (_, answers) => {
    await expect(guarded(far, answers, { agreement: 2 }).read()).rejects.toThrow(
      /newest block is 100000, after block 100 at the last reading.*2 nodes have block 100 and not that one/,
    )
  })

  const behind = { newest: block(99) }
  it.each<[string, readonly Answer[], number]>([
    ['only one node lacks it', [far, far, knows], 2],
    ['the others are down', [far, 'down', 'down'], 2],
    ['those without it are also behind the last block that was read', [far, behind, behind], 2],
    ['one node is enough', [far, knows, knows], 1],
  ])('is believed if %s, though others lack its block', async (_, answers, agreement) => {
    await expect(guarded(far, answers, { agreement }).read()).resolves.toMatchObject({ head: far })
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
})

describe('a head that runs ahead in small steps', () => {
  /** Heads of a node, ten minutes and a block apart by the pace of the chain, while the others have these. */
  function running(others: readonly (number | 'down')[], agreement = 2) {
    let [time, head] = [100_000, 100]
    let before: KnownHead = { ...known, head: block(head) }
    const newestOf = (other: number | 'down' | 'same'): Promise<number> =>
      other === 'down' ? Promise.reject(new Error('Down.')) : Promise.resolve(other === 'same' ? head : other)
    const nodes = (['same', ...others] as const).map((other) => ({
      readBlock: async (height: bigint) => (height > BigInt(await newestOf(other)) ? undefined : block(height)),
    }))
    const reader: GovernanceReader = {
      chain: 'local',
      system: 'own',
      async read({ vouch }) {
        await vouch?.({ ...reading(head), host: 'own:1' })
        return reading(head)
      },
      readProposal: unused,
      readBlock: unused,
      readProposals: unused,
      readParameters: unused,
      readMembers: unused,
      check: unused,
    }
    const guard = guardHeads(reader, { nodes, known: () => before, agreement, now: () => time })
    return async (blocks: number): Promise<string> => {
      time += 600_000
      head += blocks
      const told = await guard.read({ open: [], signal: new AbortController().signal }).catch(String)
      if (typeof told === 'string') return told
      before = { ...before, head: told.head, lastGoodAt: time }
      return 'believed'
    }
  }

  it('is not believed once enough nodes lack the block sixteen below it', async () => {
    const step = running([102, 102])
    expect(await step(16)).toBe('believed')
    expect(await step(16)).toMatch('2 nodes have block 100 and not block 116.')
    expect(await step(16)).toMatch('is not confirmed')
  })

  it.each<[string, readonly (number | 'down')[], number?]>([
    ['enough nodes have it', [132, 10]],
    ['the others are still catching up', [50, 60]],
    ['the others are down', ['down', 'down']],
    ['one node is trusted', [102, 102], 1],
  ])('is believed if %s', async (_why, others, agreement) => {
    const step = running(others, agreement)
    for (const _step of [1, 2]) expect(await step(16)).toBe('believed')
  })
})

describe('a head below the block at which a file is due', () => {
  /** The result of a reading whose node stays at block 100, while the others have these heads. */
  function stuck(others: readonly number[], height: number, agreement = 2): Promise<unknown> {
    const nodes = [100, ...others].map((newest) => ({
      readBlock: (number: bigint) => Promise.resolve(number > BigInt(newest) ? undefined : block(number)),
    }))
    const reader = nodeThat({ reports: () => reading(100) })
    const upgrades = queued(upgrade('1', 'v2', height))
    const guard = guardHeads(reader, { nodes, agreement, known: () => ({ ...known, upgrades }), now: () => 101_000 })
    return guard.read({ open: [], signal: new AbortController().signal })
  }

  it('is not believed if enough nodes have that block, because the node may stay below it for ever', async () => {
    await expect(stuck([105, 105], 105)).rejects.toThrow(
      '2 nodes have block 105, at which the file of an upgrade is due.',
    )
  })

  it.each<[string, readonly number[], number, number?]>([
    ['too few nodes have it', [105, 104], 105],
    ['the height is reached', [105, 105], 100],
    ['the height is far and the head has just been seen', [500, 500], 500],
    ['one node is trusted', [105, 105], 105, 1],
  ])('is believed if %s', async (_why, others, height, agreement) => {
    await expect(stuck(others, height, agreement)).resolves.toMatchObject({ head: { number: 100n } })
  })
})
