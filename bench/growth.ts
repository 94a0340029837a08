import type { Proposal } from '../src/domain/proposals/proposal.js'
import { newChain } from '../src/domain/newChain.js'
import { chain, proposal, reading, upgradeProposal } from '../test/support/builders.js'
import { stepLine } from '../test/support/line.js'
import type { Row } from './measure.js'

/** Measures a poll without changes at growing sizes of the state, each compared with the size before. */
export function benchGrowth(): readonly Row[] {
  return [
    ...growthOf('closed proposals', [100, 1_000, 10_000, 100_000], (id) => proposal(id, { status: 'rejected' })),
    // No such name can be a directory.
    ...growthOf('refused plans', [10, 100, 1_000, 3_000], (id) =>
      upgradeProposal(id, `../${id}`, 1_000 + Number(id), { status: 'executed' }),
    ),
  ]
}

function growthOf(what: string, sizes: readonly number[], make: (id: string) => Proposal): readonly Row[] {
  const measured = sizes.map((size) => ({
    size,
    us: quietStep(Array.from({ length: size }, (_, id) => make(String(id)))),
  }))
  return measured.slice(1).map(({ size, us }, index) => ({
    name: `a poll without news, ${size.toLocaleString('en')} ${what} (to ${sizes[index]?.toLocaleString('en')})`,
    unit: 'µs',
    ours: us,
    baseline: measured[index]?.us ?? Number.NaN,
    ratio: us / (measured[index]?.us ?? Number.NaN),
    goal: 2,
    details: {},
  }))
}

/** CPU time of a step in microseconds: the best of several rounds. */
function quietStep(proposals: readonly Proposal[]): number {
  const step = stepLine({ retention: { maxAge: 1e12, maxCount: Infinity } })
  let at = 60
  let { state } = step(newChain(chain, 0), { type: 'reading', reading: reading(at, proposals) })
  const rounds = Array.from({ length: 12 }, () => {
    const { user, system } = process.cpuUsage()
    for (let poll = 0; poll < steps; poll += 1)
      ({ state } = step(state, { type: 'reading', reading: reading((at += 1)) }))
    const spent = process.cpuUsage({ user, system })
    return (spent.user + spent.system) / steps
  })
  return Math.min(...rounds)
}

const steps = 200
