import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../src/config/parseConfig.js'
import { unheededIn } from '../../src/monitor/unheededIn.js'
import { openStore } from '../../src/store/openStore.js'
import { queueing, state, turn, upgrade } from '../support/storeGiven.js'

const [first, second] = ['0x00000000000000000000000000000000000000aa', '0x00000000000000000000000000000000000000bb']

/**
 * What has no effect while the upgrade of proposal 1 of the second contract is in progress as
 * `v2` at 1,000.
 */
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

describe('the edits of operator plans that have no effect', () => {
  it('are none if the plan is unchanged', () => {
    expect(unheeded([{ contract: second, name: 'v2' }])).toStrictEqual([])
  })

  it('include a plan that was changed or removed while its upgrade is in progress', () => {
    expect(unheeded([{ contract: second, name: 'v3' }])[0]).toContain('was changed to v3 at height 1000')
    expect(unheeded([])[0]).toContain('was taken back')
  })

  it('distinguish proposals of two contracts with the same id', () => {
    const both = [
      { contract: first, name: 'other' },
      { contract: second, name: 'v2' },
    ]
    expect(unheeded(both)).toStrictEqual([])
  })
})
