import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../src/config/parseConfig.js'
import { unheededIn } from '../../src/monitor/unheededIn.js'
import { openStore } from '../../src/store/openStore.js'
import { queueing, state, turn, upgrade } from '../support/storeGiven.js'

const [first, second] = ['0x00000000000000000000000000000000000000aa', '0x00000000000000000000000000000000000000bb']

/** What is not taken up while the upgrade of proposal 1 of the second contract is in progress as `v2` at 1,000. */
function unheeded(plans: readonly { contract: string; name: string }[]): readonly string[] {
  const { chains } = parseConfig({
    chains: [
      {
        name: 'local',
        rpc: { urls: ['http://127.0.0.1:8545'] },
        governance: { system: 'governor', address: [first, second] },
        plans: plans.map((plan) => ({ ...plan, proposal: '1', height: 1_000 })),
      },
    ],
  })
  const store = openStore({ path: ':memory:' })
  const inProgress = upgrade('1', { contract: second, name: 'v2', origin: 'operator', status: 'in_progress' })
  store.commit(turn({ state: state({ upgrades: queueing(inProgress) }) }), () => [])
  return chains.flatMap((chain) => unheededIn(chain, store))
}

describe('what of the operator’s plans is not taken up', () => {
  it('is nothing where the plan is as it was', () => {
    expect(unheeded([{ contract: second, name: 'v2' }])).toStrictEqual([])
  })

  it('is a plan that was changed or taken back while its upgrade is in progress', () => {
    expect(unheeded([{ contract: second, name: 'v3' }])[0]).toContain('was changed to v3 at height 1000')
    expect(unheeded([])[0]).toContain('was taken back')
  })

  it('is told from the plan of a proposal of another contract that has the same id', () => {
    const both = [
      { contract: first, name: 'other' },
      { contract: second, name: 'v2' },
    ]
    expect(unheeded(both)).toStrictEqual([])
  })
})
