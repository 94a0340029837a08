import { describe, expect } from 'vitest'
import { onOwnChain as it, untilDone } from '../support/fixtures.js'
import { startChain } from '../support/chain.js'
import { urlsOf } from '../support/servers/countingProxy.js'
import { pass, upgradeDraft } from './upgradeStory.js'
import { chainOf, hostClock, watch } from './watching.js'

/** Tests with more nodes, `branch()` and `behind()`: each shares the blocks so far, and goes on by its own. */
const onBranches = it
  .extend(
    'branch',
    ({ chain }, cleaning) =>
      () =>
        untilDone(startChain('--fork-url', chain.url), cleaning),
  )
  .extend(
    'behind',
    ({ chain }, cleaning) =>
      () =>
        untilDone(startChain('--fork-url', chain.url), cleaning),
  )

describe('a node on a branch without the proposal of a scheduled upgrade, where two nodes must agree', () => {
  onBranches(
    'does not take the upgrade back alone, and does with another one',
    async ({ chain, branch, proxies, place }) => {
      const people = await chain.deploy()
      await using watching = watch({
        chains: [
          chainOf(urlsOf(proxies), people.governor, { rpc: { agreement: 2 }, upgradeInfo: { home: place.home } }),
        ],
      })
      await watching.settle()
      const other = await branch()
      const id = await pass(people, upgradeDraft(people, { name: 'v2', height: 900_000 }))
      await watching.told('upgrade_scheduled', id)
      await other.mineTo((await chain.heightIn(0)) + 2)

      proxies[0].retarget(other.url)
      await watching.settle()
      await watching.settle()
      expect(watching.events(id)).not.toContain('proposal_retracted')
      expect(await watching.upgrade(id)).toMatchObject({ status: 'scheduled' })

      for (const proxy of proxies) proxy.retarget(other.url)
      await other.client.mine({ blocks: 1 })
      await watching.told('upgrade_cancelled', id)
      expect(watching.events(id)).toContain('proposal_retracted')
    },
  )
})

describe('a node on a branch without that proposal, and nodes that are behind it', () => {
  onBranches('do not take the upgrade back together', async ({ chain, branch, behind, proxies, place }) => {
    const people = await chain.deploy()
    await using watching = watch({
      chains: [chainOf(urlsOf(proxies), people.governor, { rpc: { agreement: 2 }, upgradeInfo: { home: place.home } })],
    })
    await watching.settle()
    const [other, late] = [await branch(), await behind()]
    const id = await pass(people, upgradeDraft(people, { name: 'v2', height: 900_000 }))
    await watching.told('upgrade_scheduled', id)
    await other.mineTo((await chain.heightIn(0)) + 2)

    for (const [at, proxy] of proxies.entries()) proxy.retarget(at === 0 ? other.url : late.url)
    await watching.settle()
    await watching.settle()
    expect(watching.events(id)).not.toContain('proposal_retracted')
    expect(await watching.upgrade(id)).toMatchObject({ status: 'scheduled' })
  })
})

describe('two nodes that follow different branches', () => {
  onBranches('are told before the height, though one of them is enough', async ({ chain, branch, proxies }) => {
    const people = await chain.deploy()
    const { scheduler, forward } = hostClock()
    const two = proxies.slice(0, 2)
    await using watching = watch({ chains: [chainOf(urlsOf(two), people.governor)] }, { scheduler })
    await watching.settle()
    const other = await branch()
    for (const one of [chain, other]) await one.client.mine({ blocks: 3, interval: one === chain ? 1 : 2 })
    await watching.settle()
    proxies[1].retarget(other.url)

    for (const seconds of [300, 60]) {
      forward(seconds * 1000)
      await watching.settle()
    }
    expect(watching.events()).not.toContain('endpoints_disagree')
    forward(60_000)
    const { data, title } = await watching.told('endpoints_disagree')
    expect(title).toBe('The nodes of local follow different branches')
    expect(data).toMatchObject({ about: 'branch', key: null, odd: [], height: String(await chain.heightIn(0)) })
    forward(300_000)
    await watching.settle()
    expect(watching.events().filter((event) => event === 'endpoints_disagree')).toHaveLength(1)
  })
})
