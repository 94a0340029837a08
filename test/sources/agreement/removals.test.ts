import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { keyOf, type Proposal } from '../../../src/domain/proposals/proposal.js'
import type { GoodReading } from '../../../src/domain/reading.js'
import { governorTraits } from '../../../src/sources/governance/governor/reader.js'
import { entrypointTraits } from '../../../src/sources/governance/upgradeEntrypoint/reader.js'
import { wemixTraits } from '../../../src/sources/governance/wemix/reader.js'
import { block, proposal, reading } from '../../support/builders.js'
import { chainThat } from './heldWithdrawalsGiven.js'
import { fails, firstOf, type GivenNode, nodeThat } from './nodesGiven.js'

describe('the removal of a proposal without an upgrade', () => {
  const text = proposal('5', { status: 'voting', readAt: 9n })
  const gone = reading(10, [], { retracted: [keyOf(text)] })
  const stands = reading(10, [{ ...text, readAt: 10n }])
  const node = (host: string, told: GoodReading, says: () => Proposal | undefined | Promise<never>): GivenNode =>
    nodeThat({ host, reports: () => told, says })
  const hides = (host = 'a') => node(host, gone, () => undefined)
  const knows = (host = 'b') => node(host, stands, () => text)
  const down = (host = 'b') => node(host, stands, fails)

  it('is believed if two nodes say so', async () => {
    const nodes = [hides(), hides('b'), knows('c')]
    const { retracted, warnings } = await chainThat(firstOf(nodes), nodes, [], { others: [text] }).read()
    expect([retracted, warnings]).toStrictEqual([[keyOf(text)], []])
  })

  it('is not read if a node contradicts it, but the next endpoint is, whatever the reader repeats', async () => {
    for (const traits of [governorTraits, wemixTraits, entrypointTraits]) {
      const nodes = [hides(), knows(), down('c')]
      const chain = chainThat({ ...firstOf(nodes), traits }, nodes, [], { others: [text] })
      expect((await chain.read()).proposals).toStrictEqual([{ ...text, readAt: 10n }])
    }
  })

  it('is not read either if the node claims a block that no other has, and the one that contradicts it is at the head', async () => {
    const nodes = [node('a', reading(5_000, [], { retracted: gone.retracted }), () => undefined), knows(), down('c')]
    const reader = { ...firstOf(nodes), traits: wemixTraits }
    const chain = chainThat(reader, nodes, [], { others: [text], head: block(9) })
    expect((await chain.read()).retracted).toStrictEqual([])
  })

  it('is not read either if that node was believed a block of the far future before, while another failed', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const far = node('a', reading(5_001, [], { retracted: gone.retracted }), () => undefined)
    const hangs: GivenNode = { ...down('c'), readBlock: () => new Promise(() => undefined) }
    for (const last of [down('c'), hangs]) {
      const nodes = [far, knows(), last]
      const reader = { ...firstOf(nodes), traits: wemixTraits }
      const chain = chainThat(reader, nodes, [], { others: [text], head: block(5_000) })
      const read = chain.read()
      await vi.advanceTimersByTimeAsync(3_000)
      expect((await read).retracted).toStrictEqual([])
    }
  })

  it('is not read either if the proposal itself was last read at such a block', async () => {
    for (const number of [5_000, 5_001, 10_000]) {
      const far = node('a', reading(number, [], { retracted: gone.retracted }), () => undefined)
      const nodes = [far, knows(), down('c')]
      const reader = { ...firstOf(nodes), traits: wemixTraits }
      const chain = chainThat(reader, nodes, [], { others: [{ ...text, readAt: 5_000n }], head: block(5_000) })
      expect((await chain.read()).retracted).toStrictEqual([])
    }
  })

  it('is believed if enough nodes have left the one that contradicts it behind', async () => {
    const far = (host: string, says: GivenNode['readProposal']): GivenNode => ({
      ...node(host, reading(5_001, [], { retracted: gone.retracted }), () => undefined),
      readProposal: says,
    })
    const nodes = [far('a', () => Promise.resolve(undefined)), knows(), far('c', fails)]
    const reader = { ...firstOf(nodes), traits: wemixTraits }
    const chain = chainThat(reader, nodes, [], { others: [text], head: block(5_000) })
    expect((await chain.read()).retracted).toStrictEqual([keyOf(text)])
  })

  it('waits if too few nodes say so and the reader repeats it, and fails no reading', async () => {
    const nodes = [hides(), down()]
    const { retracted, proposals, warnings } = await chainThat(hides(), nodes, [], { others: [text] }).read()
    expect([retracted, proposals]).toStrictEqual([[], [text]])
    expect(warnings).toStrictEqual([
      'a of local says that proposal 5 has been removed by a reorg, and fewer than 2 nodes say so: the proposal keeps its status until they do. Check the other nodes in rpc.urls.',
    ])
    const once = { ...hides(), traits: wemixTraits }
    expect((await chainThat(once, nodes, [], { others: [text] }).read()).retracted).toStrictEqual([keyOf(text)])
  })

  it('waits for its turn if there are more than twenty, even if it is not reported again', async () => {
    const all = Array.from({ length: 25 }, (_, index) => proposal(String(index), { status: 'voting', readAt: 9n }))
    const retracted = all.map(keyOf)
    const removes = (host: string): GivenNode => node(host, reading(10, [], { retracted }), () => undefined)
    const nodes = [removes('a'), removes('b')]
    const reader = { ...firstOf(nodes.slice(0, 1)), traits: wemixTraits }
    const chain = chainThat(reader, nodes, [], { others: all })
    await expect(chain.read()).rejects.toThrow(
      'a of local says that proposal 20 has been removed by a reorg, and the other nodes have not been asked yet: it is read again.',
    )
    expect((await chain.read()).retracted).toStrictEqual(retracted)
    expect(nodes.map(({ asked }) => asked.length)).toStrictEqual([25, 25])
  })

  it('is asked about again after ten minutes if the reading was not used until then', async () => {
    const all = Array.from({ length: 21 }, (_, index) => proposal(String(index), { status: 'voting', readAt: 9n }))
    const told = reading(10, [], { retracted: all.map(keyOf) })
    const nodes = [node('a', told, () => undefined), node('b', told, () => undefined)]
    let time = 0
    const reader = { ...firstOf(nodes.slice(0, 1)), traits: wemixTraits }
    const chain = chainThat(reader, nodes, [], { others: all, now: () => time })
    await expect(chain.read()).rejects.toThrow('have not been asked yet')
    time = 600_000
    await expect(chain.read()).rejects.toThrow('have not been asked yet')
    expect(nodes[1]?.asked).toHaveLength(40)
  })

  it('is asked about only if it is reported, and the proposal is known and not reported again', async () => {
    for (const [told, others] of [
      [stands, [text]],
      [gone, []],
      [reading(10, [text], { retracted: [keyOf(text)] }), [text]],
    ] as const) {
      const witness = knows()
      const reader = node('a', told, () => undefined)
      const { retracted } = await chainThat(reader, [witness, witness], [], { others }).read()
      expect([retracted, witness.asked]).toStrictEqual([told.retracted, []])
    }
  })
})
