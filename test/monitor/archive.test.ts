import { describe, expect, it } from 'vitest'
import { createMonitor } from '../../src/monitor.js'
import type { MonitorDeps } from '../../src/monitor/Monitor.js'
import type { Proposal } from '../../src/domain/proposals/proposal.js'
import type { GoodReading } from '../../src/domain/reading.js'
import { block, proposal, reading, upgradeProposal } from '../support/builders.js'
import { readerOver } from '../support/readerOver.js'
import { scratch } from '../support/scratch.js'

const governance = { system: 'governor', address: `0x${'12'.repeat(20)}` } as const
const plan = { name: 'v2', height: 900_000 }

const closed = (id: number, at: number, parts: Partial<Proposal> = {}): Proposal =>
  proposal(String(id), {
    status: 'canceled',
    closedAt: { block: BigInt(at), timestamp: block(at).timestamp },
    origin: { block: BigInt(at), hash: block(at).hash, index: id },
    ...parts,
  })

/** More proposals closed at one block than memory holds. */
const flood = (first: number, at: number): readonly Proposal[] =>
  Array.from({ length: 200 }, (_, index) => closed(first + index, at))

/** Runs one poll for each reading, with a new monitor. */
async function poll(
  readings: readonly GoodReading[],
  state: string,
  { more = {}, ...deps }: MonitorDeps & { readonly more?: object } = {},
) {
  const monitor = createMonitor(
    { state, notifier: { handlers: [] }, chains: [{ name: 'local', governance, ...more }] },
    { ...deps, readers: { local: readerOver(readings) } },
  )
  const listening = monitor.upgrades$.subscribe()
  for (const _ of readings) await monitor.sync()
  listening.unsubscribe()
  return monitor.snapshot()
}

describe('a plan that becomes known after its proposal was archived', () => {
  const archived = [
    reading(10),
    reading(1_000, [closed(12, 900, { status: 'executed' })]),
    reading(2_000, flood(1_000, 1_500)),
    reading(3_000, flood(2_000, 2_500)),
  ]

  it.each<readonly [string, MonitorDeps & { readonly more?: object }]>([
    ['that the operator binds to it', { more: { plans: [{ proposal: '12', ...plan }] } }],
    ['that the host extracts from it', { extractPlan: ({ id }) => (id === '12' ? plan : undefined) }],
  ])('is scheduled after a restart: a plan %s', async (_, deps) => {
    using place = scratch()
    const before = await poll(archived, place.state)
    expect(before.proposals.has(`local/${proposal('12').contract}/12`)).toBe(false)

    const { upgrades } = await poll([reading(3_001), reading(3_002)], place.state, deps)
    expect(upgrades).toMatchObject([{ ...plan, status: 'scheduled', proposalId: '12' }])
  })
})

describe('a plan of a proposal that was executed within a long backlog', () => {
  const backlog = [
    reading(1_000, [], { head: block(5_000), backlog: 4_000n }),
    reading(2_000, [upgradeProposal('12', plan.name, plan.height, { ...closed(12, 1_500), status: 'executed' })], {
      head: block(5_000),
      backlog: 3_000n,
    }),
    reading(3_000, flood(1_000, 2_500), { head: block(5_000), backlog: 2_000n }),
    reading(4_000, flood(2_000, 3_500), { head: block(5_000), backlog: 1_000n }),
  ]

  it('is scheduled when the chain has caught up, however many proposals closed after it', async () => {
    using place = scratch()
    await poll([reading(10)], place.state)
    const { upgrades } = await poll([...backlog, reading(5_000)], place.state)

    expect(upgrades).toMatchObject([{ ...plan, status: 'scheduled', proposalId: '12' }])
  })

  it('is scheduled after a restart in the middle of the backlog', async () => {
    using place = scratch()
    await poll([reading(10)], place.state)
    await poll(backlog.slice(0, 3), place.state)
    const { upgrades } = await poll([...backlog.slice(3), reading(5_000)], place.state)

    expect(upgrades).toMatchObject([{ ...plan, status: 'scheduled', proposalId: '12' }])
  })
})

describe('a chain that is catching up', () => {
  it('archives proposals that cannot lead to an upgrade, also across a restart', async () => {
    using place = scratch()
    const far = { head: block(9_000), backlog: 1_000n }
    await poll([reading(10)], place.state)
    await poll([reading(2_000, flood(1_000, 1_500), far), reading(3_000, flood(2_000, 2_500), far)], place.state)
    const { proposals, counts } = await poll([reading(4_000, flood(3_000, 3_500), far)], place.state)

    expect(proposals.size).toBeLessThan(400)
    expect(counts.byStatus).toStrictEqual({ canceled: 600 })
  })
})

describe('a plan with a future height, voted on longer ago than proposals are remembered', () => {
  const now = 4_000_000
  const long = upgradeProposal('12', plan.name, now + 500_000, { ...closed(12, 1_500), status: 'executed' })
  const far = { head: block(now), backlog: 1_000n }
  const first = [reading(1_000, [], far), reading(2_000, [long], far), reading(now)]
  const drowned = [
    reading(2_000, [{ ...long, closedAt: { block: 2_000n, timestamp: block(now - 100).timestamp } }], far),
    reading(
      3_000,
      Array.from({ length: 5_001 }, (_, index) => closed(1_000 + index, now)),
      far,
    ),
    reading(now),
  ]

  it.each([
    ['at a first sync in portions', [first]],
    ['at a first sync, before more proposals than are remembered', [drowned]],
    ['after a long absence', [[reading(10)], [reading(now, [long])]]],
    ['after a long absence, in portions', [[reading(10)], first]],
    ['in portions, each after a restart', first.map((one) => [one])],
  ])('is scheduled %s', async (_, runs) => {
    using place = scratch()
    for (const readings of runs) await poll(readings, place.state)

    const { upgrades } = await poll([reading(now + 1)], place.state)
    expect(upgrades).toMatchObject([{ name: plan.name, status: 'scheduled', proposalId: '12' }])
  })
})
