import { expect, it } from 'vitest'
import { keyOf, type Proposal } from '../../../src/domain/proposals/proposal.js'
import type { GoodReading } from '../../../src/domain/reading.js'
import { withSecondHistory } from '../../../src/sources/agreement/withSecondHistory.js'
import { byKey, proposal, queued, reading, upgrade, upgradeProposal } from '../../support/builders.js'
import { firstOf, nodeThat } from './nodesGiven.js'

const executed = upgradeProposal('1', 'v2', 100, { status: 'executed' })
const canceled = upgradeProposal('1', 'v2', 100, { status: 'canceled' })

/** What a node reports in a reading, and of the proposal of the scheduled upgrade. */
interface Told {
  readonly reports?: GoodReading
  readonly says?: Proposal
}

/** The nodes `a`, `b` and `c`, read in this order; two must agree, and an upgrade is scheduled. */
function given(...told: readonly Told[]) {
  const nodes = told.map(({ reports = reading(10), says }, index) =>
    nodeThat({
      host: 'abc'.charAt(index),
      reports: () => reports,
      says: (id) => (id === executed.id ? says : reports.proposals.find((one) => one.id === id)),
    }),
  )
  const reader = withSecondHistory(firstOf(nodes), {
    witnesses: nodes,
    agreement: 2,
    known: () => ({ proposals: byKey(executed), upgrades: queued(upgrade('1', 'v2', 100)) }),
    now: () => 0,
  })
  return { nodes, read: () => reader.read({ open: [], signal: new AbortController().signal }) }
}

/** A reading that can be told from that of the first node. */
const honest = reading(10, [], { warnings: ['It is not the first node.'] })
const ignorant: Told = { reports: honest }

it('a node that reports the proposal of an upgrade, which two others do not know, is read last', async () => {
  const { read } = given({ reports: reading(10, [executed]) }, ignorant, ignorant)
  const { proposals, retracted, warnings } = await read()
  expect(proposals).toStrictEqual([])
  expect(retracted).toStrictEqual([keyOf(executed)])
  expect(warnings.join()).toContain('2 nodes do not know proposal 1')
  expect((await read()).warnings).toStrictEqual(honest.warnings)
})

it.each<[string, Told]>([
  ['which two others do not know', ignorant],
  ['which two others know as canceled', { reports: honest, says: canceled }],
])(
  'a node that is asked for the proposal of an upgrade and claims that it passed, %s, is read last',
  async (_, other) => {
    const { read } = given({ says: executed }, other, other)
    expect((await read()).warnings).not.toContain(honest.warnings[0])
    expect((await read()).warnings).toContain(honest.warnings[0])
  },
)

it('the position from before is stored while the report of a single other node is neither agreed on nor refuted', async () => {
  const others: Told = { says: executed }
  expect((await given(others, others, others).read()).secondHistory).toMatchObject({ readTo: '10' })
  const told = { reports: reading(10, [proposal('9')]), says: executed }
  expect((await given(others, told, others).read()).secondHistory).toMatchObject({ readTo: '0' })
})

it('nothing is compared while a reading has a backlog', async () => {
  const { read, nodes } = given({ reports: { ...reading(10), backlog: 1n } }, ignorant, ignorant)
  await read()
  expect(nodes.map(({ requests, asked }) => [requests.length, asked.length])).toStrictEqual([
    [1, 0],
    [0, 0],
    [0, 0],
  ])
})
