import { describe, expect } from 'vitest'
import { chainOf, watch } from '../../../monitor/watching.js'
import { deployGovBase } from './govBaseChain.js'
import { onSharedChain as it } from '../../../support/fixtures.js'

describe('the monitor on contracts of the family', () => {
  it("schedules the operator's plan once its proposal is executed, and writes the file at its height", async ({
    chain,
    place,
  }) => {
    const validators = await deployGovBase(chain, 'GovBaseValidator')
    const minter = await deployGovBase(chain, 'GovBaseMinter')
    const height = Number(await chain.client.getBlockNumber()) + 40
    await using watching = watch({
      chains: [
        chainOf(chain.url, '', {
          governance: { system: 'gov-base', address: [validators.address, minter.address] },
          plans: [{ proposal: '1', contract: validators.address, name: 'boho', height }],
          upgradeInfo: { home: place.home },
        }),
      ],
    })
    await watching.settle()
    await minter.propose(0, 'proposePause')
    const id = await validators.propose(0, 'proposeGasTip', 5_000_000_000n)
    await watching.told('emergency_proposal')
    await watching.told('voting_started', id)
    for (const member of [1, 2]) await validators.approve(member, id)
    await watching.told('upgrade_scheduled')
    expect((await watching.upgrade(id)).contract).toBe(validators.address)
    expect(await watching.upgrade(id)).toMatchObject({ name: 'boho', height, origin: 'operator', status: 'scheduled' })
    expect(place.file()).toBeUndefined()

    await chain.client.mine({ blocks: height - Number(await chain.client.getBlockNumber()) })
    await watching.told('upgrade_triggered')
    expect(place.file()).toMatchObject({ name: 'boho', height })
    expect(watching.changes.filter(({ type }) => type === 'voteCast')).toHaveLength(4)
  })

  it('refuses with a notification a plan whose height was passed before the first poll', async ({ chain, place }) => {
    const validators = await deployGovBase(chain, 'GovBaseValidator')
    const height = Number(await chain.client.getBlockNumber()) + 20
    const id = await validators.propose(0, 'proposeGasTip', 5_000_000_000n)
    for (const member of [1, 2]) await validators.approve(member, id)
    await chain.client.mine({ blocks: height + 1 - Number(await chain.client.getBlockNumber()) })
    await using watching = watch({
      chains: [
        chainOf(chain.url, '', {
          governance: { system: 'gov-base', address: validators.address },
          plans: [{ proposal: id.toString(), contract: validators.address, name: 'boho', height }],
          upgradeInfo: { home: place.home },
        }),
      ],
    })
    const { message } = await watching.told('upgrade_refused')
    expect(message).toMatch(/Height already passed: .* before the first look/)
    expect(place.file()).toBeUndefined()
  })

  it('announces no proposal that was closed at the start, but later ones', async ({ chain }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil', { quorum: 1 })
    await council.propose(0, 'proposeChangeMaxProposals', 9n)
    await using watching = watch({
      chains: [chainOf(chain.url, '', { governance: { system: 'gov-base', address: council.address } })],
    })
    await watching.settle()
    expect(watching.notifications()).toStrictEqual([])

    const next = await council.propose(0, 'proposeRemoveBlacklist', council.stranger)
    await watching.told('proposal_passed', next)
    await council.act(1, 'executeWithFailure', next)
    await watching.told('proposal_failed', next)
    expect(watching.events()).not.toContain('upgrade_scheduled')
  })
})

describe('a rejected proposal with a plan of the operator, where two nodes must agree and one is down', () => {
  it('waits alone, also across a restart, until the node is back', async ({ chain, proxy, place }) => {
    const validators = await deployGovBase(chain, 'GovBaseValidator')
    const height = Number(await chain.client.getBlockNumber()) + 4_000
    const config = {
      state: place.state,
      chains: [
        chainOf([chain.url, proxy.url], '', {
          rpc: { agreement: 2 },
          governance: { system: 'gov-base', address: validators.address },
          plans: [
            { proposal: '1', contract: validators.address, name: 'boho', height },
            { proposal: '2', contract: validators.address, name: 'coho', height: height + 1 },
          ],
          upgradeInfo: { home: place.home },
        }),
      ],
    }
    const first = watch(config)
    await first.settle()
    const lost = await validators.propose(0, 'proposeGasTip', 5_000_000_000n)
    await first.told('voting_started', lost)
    proxy.behave({ fail: { status: 503 } })
    for (const member of [1, 2, 3]) await validators.reject(member, lost)
    const won = await validators.propose(0, 'proposeGasTip', 6_000_000_000n)
    for (const member of [1, 2]) await validators.approve(member, won)
    await first.told('upgrade_scheduled', won)
    expect((await first.proposal(lost)).status).toBe('voting')
    await first.stop()

    await using second = watch(config)
    await chain.client.mine({ blocks: 1 })
    await second.settle()
    expect(second.events(lost)).toStrictEqual([])
    proxy.behave({})
    await chain.client.mine({ blocks: 1 })
    await second.told('proposal_rejected', lost)
  })
})

describe('a reorg that undoes the end of an executed proposal, where two nodes must agree and one is down', () => {
  it.for([
    ['its last approval', 1],
    ['all of it', 3],
  ] as const)(
    'cancels its upgrade once the node is back, because the proposal is not read again: %s',
    async ([_what, blocks], { chain, proxy, place }) => {
      const validators = await deployGovBase(chain, 'GovBaseValidator')
      await using watching = watch({
        chains: [
          chainOf([chain.url, proxy.url], '', {
            rpc: { agreement: 2 },
            governance: { system: 'gov-base', address: validators.address },
            plans: [{ proposal: '1', contract: validators.address, name: 'boho', height: 900_000 }],
            upgradeInfo: { home: place.home },
          }),
        ],
      })
      await watching.settle()
      const id = await validators.propose(0, 'proposeGasTip', 5_000_000_000n)
      await watching.told('voting_started', id)
      for (const member of [1, 2]) await validators.approve(member, id)
      await watching.told('upgrade_scheduled', id)
      proxy.behave({ fail: { status: 503 } })
      await chain.reorg(blocks)
      await chain.client.mine({ blocks: 1 })
      await watching.settle()
      expect((await watching.upgrade(id)).status).toBe('scheduled')
      proxy.behave({})
      await chain.client.mine({ blocks: 1 })
      await watching.told('upgrade_cancelled', id)
    },
  )
})
