import { filter } from 'rxjs'
import { describe, expect } from 'vitest'
import { carry, pass, type People, upgradeDraft } from './upgradeStory.js'
import { chainOf, soon, watch } from './watching.js'
import { onSharedChain as it } from '../support/fixtures.js'

describe('finality', () => {
  it('given as a number delays a block until that many blocks follow it', async ({ chain }) => {
    const people = await chain.deploy()
    await using watching = watch({
      chains: [chainOf(chain.url, people.governor, { monitor: { pollInterval: '1h', finality: 5 } })],
    })
    await watching.settle()
    const id = await people.actor.propose({ description: 'Deep enough?' })
    await people.actor.mine(4)
    await watching.settle()
    expect(watching.events(id)).toStrictEqual([])
    await people.actor.mine(1)
    await watching.settle()

    expect(watching.events(id)).toStrictEqual(['new_proposal'])
  })
})

describe('a reorg', () => {
  it('that removes a scheduled proposal is announced, and the upgrade is cancelled before its file is written', async ({
    chain,
    place,
  }) => {
    const people = await chain.deploy()
    await using watching = watch({
      chains: [chainOf(chain.url, people.governor, { upgradeInfo: { home: place.home } })],
    })
    await watching.settle()
    const before = Number(await chain.client.getBlockNumber())
    const id = await pass(people, upgradeDraft(people, { name: 'v2', height: before + 60 }))
    await watching.told('upgrade_scheduled', id)
    await chain.reorg(Number(await chain.client.getBlockNumber()) - before)
    await people.actor.mine(1)
    await watching.told('proposal_retracted', id)
    await watching.told('upgrade_cancelled', id)
    await people.actor.mine(80)
    await watching.settle()

    expect(watching.events(id).slice(-3)).toStrictEqual([
      'upgrade_scheduled',
      'proposal_retracted',
      'upgrade_cancelled',
    ])
    expect(place.file()).toBeUndefined()
    const { proposals } = await soon(watching.monitor.proposals$, 'the proposals')
    expect([...proposals.values()].map((proposal) => proposal.id)).not.toContain(id.toString())
  })
})

describe('the first sync of a chain with a history', () => {
  it('announces what is open, once, and nothing that is closed', async ({ chain, place }) => {
    const people = await chain.deploy({ votingPeriod: 20 })
    const head = Number(await chain.client.getBlockNumber())
    const over = await people.actor.propose({ description: 'Over' })
    await people.actor.pastDeadline(over)
    const behind = await pass(people, upgradeDraft(people, { name: 'v1', height: head + 10 }))
    const scheduled = await pass(people, upgradeDraft(people, { name: 'v2', height: 900_000 }))
    // Two hours in blocks of a minute: longer than lateLimit.
    await chain.client.mine({ blocks: 120, interval: 60 })
    const open = await people.actor.propose({ description: 'Open' })
    const config = {
      state: place.state,
      chains: [chainOf(chain.url, people.governor, { upgradeInfo: { home: place.home } })],
    }
    const first = watch(config)
    await first.settle()
    await first.settle()
    await first.stop()

    expect(first.events(over)).toStrictEqual([])
    expect(first.events(behind)).not.toContain('upgrade_refused')
    expect(first.events(scheduled)).toStrictEqual(['new_proposal', 'upgrade_scheduled'])
    expect(first.events(open)).toStrictEqual(['new_proposal'])
    expect(place.file()).toBeUndefined()

    await using again = watch(config)
    await again.settle()
    expect(again.events()).toStrictEqual([])
    const { reasons } = await again.upgrade(behind, ({ status }) => status === 'past')
    expect(reasons.join(' ')).toContain('height already passed')
    expect(await again.upgrade(scheduled)).toMatchObject({ status: 'scheduled' })
  })
})

async function proposeMany({ actor }: People, title: string, count: number): Promise<readonly bigint[]> {
  const ids: bigint[] = []
  for (let index = 0; index < count; index += 1)
    ids.push(await actor.propose({ description: `${title} ${index}`, proposer: index % 5 }))
  return ids
}

describe('the cost of a poll', () => {
  it('is two requests with a new block, one without, however many proposals are open, and none for closed ones', async ({
    chain,
    proxy,
  }) => {
    const people = await chain.deploy({ votingPeriod: 200 })
    const past = await chain.deploy({ votingPeriod: 1 })
    const gone = await proposeMany(past, 'Closed', 3)
    await past.actor.mine(300)
    const [first] = await proposeMany(people, 'Open', 60)
    const chainInput = chainOf(proxy.url, people.governor, {
      governance: { system: 'governor', address: [people.governor, past.governor] },
      monitor: { pollInterval: '1h' },
    })
    await using watching = watch({ chains: [chainInput] })
    const pollCosts = async (): Promise<number> => {
      proxy.reset()
      await watching.settle()
      return proxy.requests.length
    }
    await watching.settle()
    await people.actor.mine(1)
    await watching.settle()

    expect(await pollCosts()).toBe(1)
    await carry(people.actor, first!)
    expect(await pollCosts()).toBeLessThanOrEqual(2)
    await people.actor.mine(1)
    expect(await pollCosts()).toBeLessThanOrEqual(2)
    const asked = JSON.stringify(proxy.requests)
    for (const id of gone) expect(asked).not.toContain(id.toString(16).padStart(64, '0'))
    const { proposals } = await soon(
      watching.monitor.proposals$.pipe(filter(({ proposals: all }) => all.size >= 63)),
      'all proposals',
    )
    expect(proposals.size).toBe(63)
  })
})
