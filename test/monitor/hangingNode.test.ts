import { describe, expect } from 'vitest'
import { scheduleV2 } from './upgradeStory.js'
import { chainOf, watch } from './watching.js'
import { urlsOf } from '../support/servers/countingProxy.js'
import { onSharedChain as it } from '../support/fixtures.js'

describe('a node that hangs', () => {
  it('delays no reading, and no write that the other nodes confirm', async ({ chain, proxies, place }) => {
    const people = await chain.deploy()
    await using watching = watch({
      chains: [
        chainOf(urlsOf(proxies), people.governor, {
          rpc: { agreement: 2, timeout: '60s' },
          upgradeInfo: { home: place.home },
        }),
      ],
    })
    const { id, height } = await scheduleV2(watching, people, chain)
    proxies[2].behave({ fail: 'hang' })
    await chain.mineTo(height)
    await watching.told('upgrade_triggered', id)
    expect(place.file()).toStrictEqual({ name: 'v2', height })
  })

  it('and whose confirmation is needed delays the write, but no reading', async ({ chain, proxies, place }) => {
    const people = await chain.deploy()
    await using watching = watch({
      chains: [
        chainOf(urlsOf(proxies, 2), people.governor, {
          rpc: { agreement: 2, timeout: '60s' },
          upgradeInfo: { home: place.home },
        }),
      ],
    })
    const { height } = await scheduleV2(watching, people, chain)
    proxies[1].behave({ fail: 'hang' })
    await chain.mineTo(height)
    await proxies[1].waitFor(proxies[1].requests.length + 1)
    const other = await people.actor.propose({ description: 'Seen while the write waits' })
    await watching.told('new_proposal', other)
    expect(place.file()).toBeUndefined()
  })
})
