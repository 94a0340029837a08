import { filter } from 'rxjs'
import { describe, expect } from 'vitest'
import { startChain } from '../support/chain.js'
import { carry, pass, upgradeDraft } from './upgradeStory.js'
import { chainOf, soon, watch } from './watching.js'
import { onSharedChain as it } from '../support/fixtures.js'

describe('a node that fails', () => {
  it('is told once when it is down and once when it is back, and nothing that happened meanwhile is lost', async ({
    chain,
    proxy,
  }) => {
    const people = await chain.deploy()
    proxy.behave({})
    await using watching = watch({
      chains: [chainOf(proxy.url, people.governor, { monitor: { pollInterval: '50ms', maxBackoff: '100ms' } })],
    })
    await watching.settle()
    proxy.behave({ fail: 'drop' })
    const { title } = await watching.told('source_down')
    const id = await pass(people, upgradeDraft(people, { name: 'v2', height: 900_000 }))
    proxy.behave({})
    await watching.told('source_recovered')
    await watching.told('upgrade_scheduled', id)
    await watching.settle()

    expect(title).toBe('local cannot be read')
    // That it is back is told once it has stayed so.
    expect(watching.events().filter((event) => event !== 'source_recovered')).toStrictEqual([
      'source_down',
      'new_proposal',
      'voting_ended',
      'proposal_passed',
      'upgrade_scheduled',
    ])
    expect(watching.events().filter((event) => event === 'source_recovered')).toHaveLength(1)
    expect(watching.changes.filter(({ type }) => type === 'voteCast')).toHaveLength(3)
  })

  it('that restarts completes an upgrade that waits for another version', async ({ chain, proxy, place }) => {
    const people = await chain.deploy()
    proxy.behave({})
    await using watching = watch({
      chains: [
        chainOf(proxy.url, people.governor, {
          monitor: { pollInterval: '50ms', maxBackoff: '100ms' },
          scheduler: { completion: 'version' },
          upgradeInfo: { home: place.home },
        }),
      ],
    })
    await watching.settle()
    const height = Number(await chain.client.getBlockNumber()) + 60
    const id = await pass(people, upgradeDraft(people, { name: 'v2', height }))
    await watching.told('upgrade_scheduled', id)
    await chain.client.mine({ blocks: height - Number(await chain.client.getBlockNumber()) })
    await watching.told('upgrade_triggered', id)
    await people.actor.mine(5)
    await watching.settle()
    expect(await watching.upgrade(id)).toMatchObject({ status: 'in_progress' })

    proxy.behave({
      rewrite: (call, answer) => (call.method === 'web3_clientVersion' ? { result: 'anvil/v2' } : answer),
    })
    await people.actor.mine(1)
    await watching.told('upgrade_completed', id)
    expect(watching.events(id).slice(-2)).toStrictEqual(['upgrade_triggered', 'upgrade_completed'])
  })

  it('that answers for another chain id changes the health and nothing else', async ({ chain, proxy }) => {
    const people = await chain.deploy()
    proxy.behave({ chainId: 5 })
    await using watching = watch({
      chains: [
        chainOf(proxy.url, people.governor, {
          rpc: { chainId: 31_337 },
          monitor: { pollInterval: '50ms', maxBackoff: '100ms' },
        }),
      ],
    })
    const { message } = await watching.told('source_down')
    expect(message).toMatch(/chain.*5/)
    expect(await watching.monitor.sync()).toMatchObject([{ chain: 'local', ok: false, failure: { kind: 'permanent' } }])
    const id = await people.actor.propose({ description: 'Unseen for now' })
    expect(watching.changes).toStrictEqual([])

    proxy.behave({})
    await watching.told('source_recovered')
    await watching.told('new_proposal', id)
    expect([...watching.events()].sort()).toStrictEqual(['new_proposal', 'source_down', 'source_recovered'])
  })

  it('that is replaced by one of another chain is refused, and nothing known is lost', async ({ chain, proxy }) => {
    const people = await chain.deploy()
    const other = await startChain('--chain-id', '4242')
    try {
      proxy.behave({})
      await using watching = watch({
        chains: [chainOf(proxy.url, people.governor, { monitor: { pollInterval: '50ms', maxBackoff: '100ms' } })],
      })
      await watching.settle()
      const id = await people.actor.propose({ description: 'Known' })
      await watching.told('new_proposal', id)
      proxy.retarget(other.url)
      await other.client.mine({ blocks: 500 })
      await watching.told('source_down')
      expect(await watching.proposal(id)).toMatchObject({ status: 'submitted' })
      proxy.retarget(chain.url)
      await watching.told('source_recovered')
      await watching.settle()

      expect(watching.events()).toStrictEqual(['new_proposal', 'source_down', 'source_recovered'])
    } finally {
      proxy.retarget(chain.url)
      await other.stop()
    }
  })

  it('does not keep the other chains from going on', async ({ chain, proxy }) => {
    const people = await chain.deploy()
    proxy.behave({})
    await using watching = watch({
      chains: [
        { ...chainOf('http://127.0.0.1:9', people.governor), name: 'dead' },
        { ...chainOf(proxy.url, people.governor), name: 'alive' },
      ],
    })
    await watching.told('source_down')
    const id = await people.actor.propose({ description: 'Seen all the same' })
    const { chain: where } = await watching.told('new_proposal', id)

    expect(where).toBe('alive')
    expect(await watching.monitor.sync()).toMatchObject([
      { chain: 'dead', ok: false },
      { chain: 'alive', ok: true },
    ])
    expect(
      watching
        .notifications()
        .filter(({ chain: name }) => name === 'dead')
        .map(({ event }) => event),
    ).toStrictEqual(['source_down'])
  })
})

describe('finality', () => {
  it('as a number sees a block only when so many are on top of it', async ({ chain }) => {
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
  it('that removes a scheduled proposal is told, and its upgrade is cancelled before it is written', async ({
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
  it('announces what is open, once, and nothing that was over', async ({ chain, place }) => {
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

describe('the cost of a poll', () => {
  it('is two requests with a new block and one without, however many proposals are open, and none asks for closed ones', async ({
    chain,
    proxy,
  }) => {
    const people = await chain.deploy({ votingPeriod: 200 })
    const closed = await chain.deploy({ votingPeriod: 1 })
    proxy.behave({})
    const gone: bigint[] = []
    for (let index = 0; index < 3; index += 1) gone.push(await closed.actor.propose({ description: `Closed ${index}` }))
    await closed.actor.mine(300)
    const ids: bigint[] = []
    for (let index = 0; index < 60; index += 1)
      ids.push(await people.actor.propose({ description: `Proposal ${index}`, proposer: index % 5 }))
    await using watching = watch({
      chains: [
        chainOf(proxy.url, people.governor, {
          governance: { system: 'governor', address: [people.governor, closed.governor] },
          monitor: { pollInterval: '1h' },
        }),
      ],
    })
    await watching.settle()
    await people.actor.mine(1)
    await watching.settle()
    proxy.reset()
    await watching.settle()
    expect(proxy.requests).toHaveLength(1)

    await carry(people.actor, ids[0]!)
    proxy.reset()
    await watching.settle()
    expect(proxy.requests.length).toBeLessThanOrEqual(2)
    await people.actor.mine(1)
    proxy.reset()
    await watching.settle()
    expect(proxy.requests.length).toBeLessThanOrEqual(2)
    const asked = JSON.stringify(proxy.requests)
    for (const id of gone) expect(asked).not.toContain(id.toString(16).padStart(64, '0'))
    const { proposals } = await soon(
      watching.monitor.proposals$.pipe(filter(({ proposals: all }) => all.size === 63)),
      'all proposals',
    )
    expect(proposals.size).toBe(63)
  })
})
