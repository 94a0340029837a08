import { describe, expect } from 'vitest'
import type { Notification } from '../../src/domain/notifications/notification.js'
import type { Proposal } from '../../src/domain/proposals/proposal.js'
import { createMonitor } from '../../src/monitor.js'
import type { MonitorDeps } from '../../src/monitor/Monitor.js'
import type { Chain } from '../support/chain.js'
import { chainOf } from './watching.js'
import { onSharedChain as it } from '../support/fixtures.js'

const monitorOf = (chain: Chain, governor: string, deps?: MonitorDeps) =>
  createMonitor({ state: ':memory:', notifier: { handlers: [] }, chains: [chainOf(chain.url, governor)] }, deps)
const titleOf = ({ title }: Proposal): string => title

describe('a monitor', () => {
  it('can be iterated with for await, and the loop can be left with break', async ({ chain }) => {
    const people = await chain.deploy()
    await people.actor.propose({ description: '# Thank you' })
    const titles: string[] = []
    for await (const change of monitorOf(chain, people.governor).changes$) {
      if (change.type === 'proposalAppeared') titles.push(change.proposal.title)
      if (titles.length > 0) break
    }
    expect(titles).toStrictEqual(['Thank you'])
  })

  it('stops its run at the end of an `await using`, which also ends a loop over its streams', async ({ chain }) => {
    const { governor } = await chain.deploy()
    let ended = false
    let loop: Promise<unknown> = Promise.resolve()
    {
      await using monitor = monitorOf(chain, governor)
      void monitor.run().then(() => (ended = true))
      loop = (async () => {
        for await (const _head of monitor.heads$);
      })()
      for await (const _head of monitor.heads$) break
    }
    expect(ended).toBe(true)
    await loop
  })

  it('completes a sync in progress when disposed, and may be disposed twice or unused', async ({ chain }) => {
    const { governor } = await chain.deploy()
    const monitor = monitorOf(chain, governor)
    const synced = monitor.sync()
    await monitor[Symbol.asyncDispose]()
    await monitor[Symbol.asyncDispose]()

    expect(await synced).toMatchObject([{ ok: true }])
    await expect(monitorOf(chain, governor)[Symbol.asyncDispose]()).resolves.toBeUndefined()
  })

  it('keeps what it read and sent in memory as long as it exists', async ({ chain }) => {
    const people = await chain.deploy()
    await people.actor.propose({ description: '# Thank you' })
    const told: string[] = []
    const handlers = [{ type: 'own', handle: ({ event }: Notification) => Promise.resolve(void told.push(event)) }]
    const monitor = monitorOf(chain, people.governor, { handlers })
    const known = () => [monitor.find(), [...monitor.snapshot().proposals.values()]].map((all) => all.map(titleOf))
    expect(known()).toStrictEqual([[], []])
    for (let round = 0; round < 2; round++) {
      expect(await monitor.sync()).toMatchObject([{ ok: true }])
      expect(known()).toStrictEqual([['Thank you'], ['Thank you']])
      expect(told).toStrictEqual(['new_proposal'])
    }
    expect(monitor.snapshot().heads).toHaveLength(1)
    expect(monitorOf(chain, people.governor).find()).toStrictEqual([])
  })

  it('runs again after it was disposed', async ({ chain }) => {
    const { governor } = await chain.deploy()
    const monitor = monitorOf(chain, governor)
    for (let round = 0; round < 2; round++) {
      const running = monitor.run()
      for await (const _head of monitor.heads$) break
      await monitor[Symbol.asyncDispose]()
      await expect(running).resolves.toBeUndefined()
    }
  })
})
