import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyOf, type Proposal, type ProposalStatus } from '../../../src/domain/proposals/proposal.js'
import type { GoodReading } from '../../../src/domain/reading.js'
import { forgetDoubts } from '../../../src/sources/agreement/settleDoubts.js'
import { govBaseTraits } from '../../../src/sources/governance/govBase/reader.js'
import { governorTraits } from '../../../src/sources/governance/governor/reader.js'
import { entrypointTraits } from '../../../src/sources/governance/upgradeEntrypoint/reader.js'
import { wemixTraits } from '../../../src/sources/governance/wemix/reader.js'
import type { GovernanceReader } from '../../../src/sources/governance/GovernanceReader.js'
import { reading, upgradeProposal } from '../../support/builders.js'
import { at, chainThat } from './heldWithdrawalsGiven.js'
import { fails, firstOf, type GivenNode, nodeThat } from './nodesGiven.js'

describe('a withdrawal that the nodes contradict', () => {
  const says = (status: Proposal['status'], number = 10, host = 'a'): GivenNode =>
    nodeThat({ host, reports: () => reading(number, [at('7', status, number)]), says: () => at('7', status, number) })

  it('is not read, but the next endpoint is', async () => {
    const [liar, honest] = [says('rejected'), says('voting', 10, 'b')]
    const chain = chainThat(firstOf([liar, honest]), [liar, honest], [at('7', 'voting')])
    expect((await chain.read()).proposals).toStrictEqual([at('7', 'voting', 10)])
  })

  it('waits alone if the endpoints contradict each other', async () => {
    const nodes = (['rejected', 'canceled'] as const).map((status, index) =>
      nodeThat({
        host: 'ab'.charAt(index),
        reports: () => reading(10, [at('7', status, 10), at('8', 'voting', 10)]),
        says: () => at('7', status, 10),
      }),
    )
    const chain = chainThat(firstOf(nodes), nodes, [at('7', 'voting')])
    const { proposals, warnings, head } = await chain.read()
    expect(proposals.map(({ id, status }) => [id, status])).toStrictEqual([
      ['7', 'voting'],
      ['8', 'voting'],
    ])
    expect(warnings.join()).toContain('whose upgrade v7 is voted on, is rejected, and fewer than 2 nodes say so')
    expect(head.number).toBe(10n)
    // Each claim is asked about once, although the second endpoint was read twice.
    expect(nodes.map(({ asked }) => asked.length)).toStrictEqual([2, 2])
    expect((await chain.read()).warnings).toStrictEqual([])
  })

  it('is not read again if the reading was stopped while the nodes were asked', async () => {
    const stop = new AbortController()
    const liar = says('rejected')
    const honest = nodeThat({
      host: 'b',
      says() {
        stop.abort()
        return at('7', 'voting', 10)
      },
    })
    const chain = chainThat(liar, [liar, honest], [at('7', 'voting')])
    await expect(chain.read(stop.signal)).rejects.toThrow('fewer than 2 nodes say so')
    expect(liar.requests).toHaveLength(1)
  })

  it.each(['voting', 'passed'] as const)('is not contradicted by a node that stopped long ago (%s)', async (before) => {
    const [first, stopped] = [says('canceled', 200), says(before, 100, 'b')]
    const chain = chainThat(firstOf([first, stopped]), [first, stopped], [at('7', before, 100)])
    const { head, proposals } = await chain.read()
    expect(head.number).toBe(200n)
    expect(proposals.map(({ status, finding }) => [status, finding?.unsure])).toStrictEqual([
      [before, 'A node reports that proposal 7 is canceled, and fewer than 2 nodes confirm it.'],
    ])
  })
})

describe('a withdrawal that too few nodes confirm', () => {
  const down = nodeThat({ host: 'b', says: fails })

  it('leaves the progress of the proposal, and takes nothing from another one with its id', async () => {
    const moved = { ...at('7', 'rejected', 10), votingEnd: 60n }
    const reader = nodeThat({ host: 'a', reports: () => reading(10, [moved]) })
    const chain = chainThat(reader, [reader, down], [at('7', 'voting')])
    expect((await chain.read()).proposals).toMatchObject([{ status: 'voting', votingEnd: 60n, readAt: 10n }])

    const reused = upgradeProposal('7', 'evil', 900, { status: 'voting', readAt: 10n })
    const forked = nodeThat({ host: 'a', reports: () => reading(10, [reused], { retracted: [keyOf(reused)] }) })
    const { proposals, retracted } = await chainThat(forked, [forked, down], [at('7', 'passed')]).read()
    expect(retracted).toStrictEqual([])
    expect(proposals).toMatchObject([{ status: 'passed', finding: { plan: { name: 'v7', height: 1_000 } } }])
  })

  it.each([
    ['governor', 'held', governorTraits],
    ['gov-base', 'held', govBaseTraits],
    ['wemix', 'refused', wemixTraits],
    ['upgrade-entrypoint', 'refused', entrypointTraits],
    ['a reader without traits', 'held', {}],
  ] as const)('is held back only by a reader that reports a removal again: %s', async (_system, expected, traits) => {
    const told = reading(10, [], { retracted: [keyOf(at('7', 'voting'))] })
    const reader = { ...nodeThat({ host: 'a', reports: () => told }), traits }
    const read = chainThat(reader, [down, down], [at('7', 'voting')]).read()
    expect(
      await read.then(
        ({ retracted }) => (retracted.length === 0 ? 'held' : 'believed'),
        () => 'refused',
      ),
    ).toBe(expected)
  })

  it.each([
    ['governor', governorTraits],
    ['gov-base', govBaseTraits],
    ['wemix', wemixTraits],
    ['a reader without traits', {}],
  ])(
    'is held back only while its proposal is open, because %s does not read a closed one again',
    async (_system, traits) => {
      for (const told of [
        reading(10, [at('7', 'voting', 10)]),
        reading(10, [], { retracted: [keyOf(at('7', 'voting'))] }),
      ]) {
        const reader = { ...nodeThat({ host: 'a', reports: () => told }), traits }
        await expect(chainThat(reader, [down, down], [at('7', 'executed')]).read()).rejects.toThrow(
          'fewer than 2 nodes say so: nothing of it is believed until they do.',
        )
      }
    },
  )

  it('is asked about also if the reading takes longer than the questions may', async () => {
    let clock = 0
    const says = (): Proposal => at('7', 'rejected', 10)
    const reader = nodeThat({
      host: 'a',
      says,
      reports: () => {
        clock += 30_000
        return reading(10, [says()])
      },
    })
    const chain = chainThat(reader, [reader, nodeThat({ host: 'b', says })], [at('7', 'voting')], { now: () => clock })
    await chain.read()
    expect(chain.status('7')).toBe('rejected')
  })

  it('takes neither the end of a plan nor an implied status, and warns again if it comes back', async () => {
    const ended = { key: keyOf(at('7', 'passed')), name: 'v7', height: 1_000, withdrawn: 'Proposal 8 cancelled it.' }
    let told = reading(10, [], { standings: [ended] })
    const reader = nodeThat({ host: 'a', reports: () => told })
    const chain = chainThat(reader, [down, down], [at('7', 'passed')])
    const { standings, proposals, warnings } = await chain.read()
    expect(warnings).toHaveLength(1)
    expect(standings).toStrictEqual([
      { key: ended.key, name: 'v7', height: 1_000, unsure: proposals[0]?.finding?.unsure },
    ])
    told = reading(11, [at('7', 'passed', 11)])
    expect((await chain.read()).warnings).toStrictEqual([])
    told = reading(12, [{ ...at('7', 'expired', 12), derived: true }])
    const again = await chain.read()
    expect(again.warnings).toHaveLength(1)
    expect(again.proposals).toMatchObject([{ status: 'passed', derived: false }])
    told = reading(13, [at('7', 'passed', 13)])
    await chain.read()
    told = reading(14, [at('7', 'expired', 14)])
    expect((await chain.read()).warnings).toHaveLength(1)
  })

  it('no longer marks a plan as unsure that the node does not report as over any more', async () => {
    let status: Proposal['status'] = 'rejected'
    const reader: GovernanceReader = {
      ...nodeThat({}),
      // Like the readers of contracts, it keeps the finding of a known proposal.
      async read({ open, ...request }) {
        const told = reading(
          10,
          open.map((one) => ({ ...one, status })),
        )
        await request.vouch?.({ ...told, host: 'a' })
        return told
      },
    }
    const chain = chainThat(reader, [down, down], [at('7', 'voting')])
    expect((await chain.read()).proposals[0]?.finding?.unsure).toBeDefined()
    status = 'voting'
    expect((await chain.read()).proposals[0]?.finding).not.toHaveProperty('unsure')
  })
})

type Saying = () => Proposal | undefined | Promise<Proposal | undefined>

describe('a doubt about a scheduled upgrade on a chain that has no further block', () => {
  const stands = at('7', 'passed')
  /** The first reading withdraws the plan; later ones have no new block. Then the nodes say this. */
  const after = (...sayings: readonly Saying[]) => afterBlock(10, ...sayings)
  async function afterBlock(number: number, ...sayings: readonly Saying[]) {
    let hasEnded = false
    const reader = nodeThat({
      host: 'a',
      reports: () => (hasEnded ? reading(10) : reading(number, [at('7', 'canceled', number)])),
    })
    let isUp = false
    const nodes = sayings.map((says, index) =>
      nodeThat({ host: 'abc'.charAt(index), says: () => (isUp ? says() : fails()) }),
    )
    const chain = chainThat(reader, nodes, [stands])
    await chain.read()
    hasEnded = true
    chain.restart()
    expect((await chain.read()).proposals).toStrictEqual([])
    isUp = true
    return (await chain.read()).proposals
  }
  const now = (status: ProposalStatus) => (): Proposal => at('7', status, 10)

  it('ends once two nodes report that its plan stands', async () => {
    expect(await after(now('passed'), now('passed'), now('canceled'))).toStrictEqual([{ ...stands, readAt: 10n }])
    expect(await after(now('executed'), now('passed'), fails)).toStrictEqual([{ ...stands, readAt: 10n }])
  })

  it('ends, though it began at a block that the chain never had', async () => {
    expect(await afterBlock(5_010, now('passed'), now('passed'))).toStrictEqual([{ ...stands, readAt: 5_010n }])
  })

  it.each([
    ['one node reports so', [now('passed'), now('canceled'), fails]],
    [
      'they report another plan',
      [1, 2, 3].map(() => (): Proposal => upgradeProposal('7', 'v8', 1_000, { status: 'passed' })),
    ],
    ['they do not know it', [1, 2, 3].map(() => () => undefined)],
  ])('lasts if %s', async (_what, sayings) => {
    expect(await after(...sayings)).toStrictEqual([])
  })
})

describe('a doubt of the time when two nodes had to agree', () => {
  const doubted: Proposal = {
    ...at('7', 'passed'),
    finding: { ...at('7', 'passed').finding!, unsure: 'A node says no.' },
  }
  const open = [doubted]
  const signal = new AbortController().signal

  it('ends once one node is trusted, also without a new block, and whether the reader keeps it or not', async () => {
    const without = nodeThat({ reports: () => reading(10) })
    expect((await forgetDoubts(without).read({ open, signal })).proposals).toStrictEqual([at('7', 'passed')])
    const given = nodeThat({})
    await forgetDoubts(given).read({ open, signal })
    expect(given.requests[0]?.open).toStrictEqual([at('7', 'passed')])
  })

  it('lasts where the reader itself may have it', async () => {
    for (const traits of [entrypointTraits, {}]) {
      const reader = { ...nodeThat({ reports: () => reading(10) }), traits }
      expect((await forgetDoubts(reader).read({ open, signal })).proposals).toStrictEqual([])
    }
  })
})

describe('a hundred votes on upgrades that end in one block', () => {
  const ids = Array.from({ length: 100 }, (_, index) => String(index + 1))
  const votes = ids.map((id) => at(id, 'voting'))
  const ended = (): GoodReading =>
    reading(
      10,
      ids.map((id) => at(id, 'rejected', 10)),
    )

  it('are all confirmed within five readings, twenty in each, across restarts', async () => {
    const nodes = ['a', 'b'].map((host) => nodeThat({ host, reports: ended, says: (id) => at(id, 'rejected', 10) }))
    const chain = chainThat(nodes[0]!, nodes, votes)
    for (const left of [80, 60, 40, 20, 0]) {
      await chain.read()
      expect(ids.filter((id) => chain.status(id) === 'voting')).toHaveLength(left)
      chain.restart()
    }
  })

  it('are asked about in turn, so that those that are never confirmed do not hold up the others', async () => {
    const never = new Set(ids.slice(0, 50))
    const says = (id: string) => (never.has(id) ? fails() : at(id, 'rejected', 10))
    const nodes = ['a', 'b'].map((host) => nodeThat({ host, reports: ended, says }))
    const chain = chainThat(nodes[0]!, nodes, votes)
    for (let poll = 0; poll < 6; poll++) await chain.read()
    expect(ids.filter((id) => chain.status(id) === 'voting')).toStrictEqual([...never])
  })

  it('delay a reading by at most two rounds of questions if a node is slow', async () => {
    let clock = 0
    const slow = nodeThat({
      host: 'b',
      says: async () => {
        await new Promise(setImmediate)
        clock += 3_000 / 4
        return fails()
      },
    })
    const reader = nodeThat({ host: 'a', reports: ended, says: (id) => at(id, 'rejected', 10) })
    const chain = chainThat(reader, [reader, slow], votes, { now: () => clock })
    await chain.read()
    expect(slow.asked).toHaveLength(8)
    expect(ids.every((id) => chain.status(id) === 'voting')).toBe(true)
  })
})

describe('withdrawals that nodes confirm, deny or do not answer, in any order', () => {
  const words = ['rejected', 'canceled', 'voting', 'passed', 'down'] as const
  const ids = ['1', '2', '3']
  const round = fc.record({
    nodes: fc.array(fc.tuple(...ids.map(() => fc.constantFrom(...words))), { minLength: 3, maxLength: 3 }),
    restarts: fc.boolean(),
  })

  it('are believed only if two nodes say so, never fail the reading, and are believed once all say so', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 8 }), async (rounds) => {
        let said: readonly (readonly string[])[] = []
        const wordOf = (node: number, id: string): string => said[node]?.[ids.indexOf(id)] ?? 'down'
        const statusAt = (node: number, id: string): Proposal['status'] => {
          const word = words.find((one) => one === wordOf(node, id))
          return word === undefined || word === 'down' ? 'voting' : word
        }
        const nodes = [0, 1, 2].map((node) =>
          nodeThat({
            host: 'abc'.charAt(node),
            reports: () => reading(10, [...ids.map((id) => at(id, statusAt(node, id), 10)), at('9', 'voting', 10)]),
            says: (id) => (wordOf(node, id) === 'down' ? fails() : at(id, statusAt(node, id), 10)),
          }),
        )
        const chain = chainThat(
          firstOf(nodes),
          nodes,
          ids.map((id) => at(id, 'voting')),
        )
        for (const one of [...rounds, { nodes: [0, 1, 2].map(() => ids.map(() => 'rejected')), restarts: true }]) {
          said = one.nodes
          if (one.restarts) chain.restart()
          const before = new Map(ids.map((id) => [id, chain.status(id)]))
          const { proposals } = await chain.read()
          expect(proposals.find(({ id }) => id === '9')?.status).toBe('voting')
          for (const id of ids) {
            const [now, was] = [chain.status(id), before.get(id)]
            if (now === was || now === 'passed' || now === 'voting' || was === 'rejected' || was === 'canceled')
              continue
            expect([0, 1, 2].filter((node) => wordOf(node, id) === now).length).toBeGreaterThan(1)
          }
        }
        for (const id of ids) expect(['rejected', 'canceled']).toContain(chain.status(id))
      }),
      { numRuns: 200 },
    )
  })
})
