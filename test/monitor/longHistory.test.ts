import { describe, expect } from 'vitest'
import { onOwnChain as it } from '../support/fixtures.js'
import { urlsOf } from '../support/servers/countingProxy.js'
import { scheduleV2, upgradeDraft } from './upgradeStory.js'
import { chainOf, watch } from './watching.js'

// To read all of them, a node that accepts single blocks needs eight seconds, like 400,000 at one that accepts 1,000.
const blocks = 400
const delayMs = 20
const slowly = {
  rpc: { agreement: 2, maxLogRange: 1 },
  monitor: { pollInterval: '50ms' as const, maxBackoff: '50ms' as const },
}

describe('two of three nodes that must agree, of a chain whose history takes longer to read than they may take to answer', () => {
  it('confirm the end of a vote, the cancellation of an upgrade and the plan of another', async ({
    chain,
    proxies,
    place,
  }) => {
    const people = await chain.deploy()
    await chain.client.mine({ blocks })
    await using watching = watch({
      chains: [chainOf(urlsOf(proxies), people.governor, { ...slowly, upgradeInfo: { home: place.home } })],
    })
    await watching.settle()
    for (const proxy of proxies) proxy.behave({ delayMs })

    const rejected = await people.actor.propose(upgradeDraft(people, { name: 'v1', height: await chain.heightIn(400) }))
    await watching.told('new_proposal', rejected)
    await people.actor.pastDeadline(rejected)
    await watching.told('proposal_rejected', rejected)

    const canceled = await people.actor.propose(upgradeDraft(people, { name: 'v1', height: await chain.heightIn(300) }))
    await watching.told('new_proposal', canceled)
    await people.actor.cancel(canceled)
    await watching.told('proposal_canceled', canceled)

    const { id, height } = await scheduleV2(watching, people, chain, 60)
    await chain.mineTo(height)
    await watching.told('upgrade_triggered', id)
    expect(place.file()).toStrictEqual({ name: 'v2', height })
  })
})
