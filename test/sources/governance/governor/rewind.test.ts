import { describe, expect, it } from 'vitest'
import { keyOf, type Proposal } from '../../../../src/domain/proposals/proposal.js'
import type { GovernorRules } from '../../../../src/sources/governance/governor/context.js'
import { rewind } from '../../../../src/sources/governance/governor/rewind.js'

const seen: GovernorRules = {
  address: '0x00000000000000000000000000000000000000AA',
  flavour: 'a governor',
  clock: 'block',
  votesFrom: 'proposalVotes',
  extendsDeadline: false,
}
const summed: GovernorRules = { ...seen, address: '0x00000000000000000000000000000000000000bB', votesFrom: 'logs' }
const rules = new Map([seen, summed].map((one) => [one.address.toLowerCase(), one]))

const proposal = ({ address }: GovernorRules, id: string, block: bigint, readAt: bigint): Proposal => ({
  chain: 'local',
  contract: address,
  id,
  system: 'governor',
  title: id,
  description: '',
  type: 'text',
  status: 'voting',
  derived: false,
  actions: [],
  clock: 'block',
  origin: { block, hash: '0x', index: 0 },
  readAt,
})
const old = proposal(seen, 'old', 5n, 30n)
const settled = proposal(seen, 'settled', 5n, 8n)
const young = proposal(seen, 'young', 21n, 30n)
const counted = proposal(summed, 'counted', 12n, 30n)
const stranger = proposal({ ...seen, address: '0x00000000000000000000000000000000000000Cc' }, 'stranger', 29n, 30n)

describe('rewinding to the common ancestor', () => {
  it('keeps the proposals created below it, and has those read above it requested again', () => {
    const { known, again, orphans } = rewind([old, settled, young], 20n, rules)
    expect([...known.keys()]).toStrictEqual([keyOf(old), keyOf(settled)])
    expect([...again]).toStrictEqual([keyOf(old)])
    expect([...orphans]).toStrictEqual([keyOf(young)])
  })

  it('rebuilds proposals that are counted from logs, from their first block', () => {
    const { from, known, rebuilt } = rewind([old, counted], 20n, rules)
    expect(from).toBe(12n)
    expect([...rebuilt]).toStrictEqual([keyOf(counted)])
    expect([...known.keys()]).toStrictEqual([keyOf(old)])
    expect(rewind([old], 20n, rules).from).toBe(21n)
  })

  it('leaves alone a governor that is not read any more', () => {
    const { orphans, again } = rewind([stranger], 20n, rules)
    expect([...orphans, ...again]).toStrictEqual([])
  })

  it('keeps the times of unchanged blocks only', () => {
    const timed = { ...old, votingStart: 10n, votingEnd: 25n, votingStartsAt: 100n, votingEndsAt: 250n }
    const timesAfter = (ancestor: bigint, one: Proposal = timed): readonly unknown[] => {
      const [known] = [...rewind([one], ancestor, rules).known.values()]
      return [known?.votingStartsAt, known?.votingEndsAt]
    }
    expect([timesAfter(25n), timesAfter(24n), timesAfter(9n)]).toStrictEqual([
      [100n, 250n],
      [100n, undefined],
      [undefined, undefined],
    ])
    const untimed = { ...old, votingStart: 10n, votingEnd: 25n }
    expect(rewind([untimed], 24n, rules).known.get(keyOf(untimed))).toStrictEqual(untimed)
  })
})
