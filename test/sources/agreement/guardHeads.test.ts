import { describe, expect, it } from 'vitest'
import { emptyBlockTime } from '../../../src/domain/blocks/blockTime.js'
import type { Head } from '../../../src/domain/blocks/head.js'
import type { KnownHead } from '../../../src/domain/blocks/headJump.js'
import { SourceError } from '../../../src/domain/errors.js'
import { cosmosTraits } from '../../../src/sources/governance/cosmos/reader.js'
import { governorTraits } from '../../../src/sources/governance/governor/reader.js'
import type { GovernanceReader } from '../../../src/sources/governance/GovernanceReader.js'
import { guardHeads } from '../../../src/sources/agreement/guardHeads.js'
import { block, reading, steadyPace } from '../../support/builders.js'

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
