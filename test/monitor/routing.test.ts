import { describe, expect } from 'vitest'
import type { Handler } from '../../src/channels/Handler.js'
import { createMonitor } from '../../src/monitor.js'
import { openStore } from '../../src/store/openStore.js'
import { temporaryDirectory } from '../support/storeGiven.js'
import { startChain } from '../support/chain.js'
import { onSharedChain as it, untilDone } from '../support/fixtures.js'
import { startNtfy } from '../support/services/ntfyServer.js'
import { chainOf } from './watching.js'

/** Handlers that record what they get. */
function noting(...types: readonly string[]): { readonly handlers: readonly Handler[]; readonly got: string[] } {
  const got: string[] = []
  const handlers = types.map((type) => ({
    type,
    handle: ({ event }: { readonly event: string }) => {
      got.push(`${type}: ${event}`)
      return Promise.resolve()
    },
  }))
  return { handlers, got }
}

describe('a monitor', () => {
  it('delivers notifications to the handlers that the routes name', async ({ chain }) => {
    const people = await chain.deploy()
    const { handlers, got } = noting('pager', 'ops')
    const routes = [{ match: { event: 'new_*', chain: 'lo*' }, to: ['ops'] }, { to: ['pager'] }]
    const config = {
      state: ':memory:',
      notifier: { handlers: [], routes },
      chains: [chainOf(chain.url, people.governor)],
    }
    const monitor = createMonitor(config, { handlers })
    const listening = monitor.notifications$.subscribe()
    await monitor.sync()
    const id = await people.actor.propose({ description: 'Hello' })
    await monitor.sync()
    await people.actor.cancel(id)
    await monitor.sync()
    listening.unsubscribe()

    expect(got).toStrictEqual(['ops: new_proposal', 'pager: proposal_canceled'])
  })

  it('holds back silenced notifications, and reports at the end of the silence that it did', async ({ chain }) => {
    using directory = temporaryDirectory()
    const people = await chain.deploy()
    const { handlers, got } = noting('ops')
    const state = `${directory.path}/state.db`
    const config = { state, notifier: { handlers: [] }, chains: [chainOf(chain.url, people.governor)] }
    await using monitor = createMonitor(config, { handlers })
    const listening = monitor.notifications$.subscribe()
    await monitor.sync()

    const beside = openStore({ path: state })
    const wanted = { match: { event: 'new_proposal' }, comment: 'we move', by: 'ann' }
    const silence = beside.addSilence({ ...wanted, until: Date.now() + 3_600_000 }, Date.now())
    const id = await people.actor.propose({ description: 'Hello' })
    await monitor.sync()
    expect(got).toStrictEqual([])
    expect(beside.notifications({})).toMatchObject([{ event: 'new_proposal', silenced: silence.id }])

    await people.actor.cancel(id)
    await monitor.sync()
    beside.endSilence(silence.id, Date.now())
    await monitor.sync()
    await monitor.sync()
    beside.close()
    listening.unsubscribe()

    expect(got).toStrictEqual(['ops: proposal_canceled', 'ops: silence_ended'])
  })

  it('routes the end of a silence by the labels of its chain and the configured priority', async ({ chain }) => {
    using directory = temporaryDirectory()
    const people = await chain.deploy()
    const { handlers, got } = noting('ops', 'others')
    const state = `${directory.path}/state.db`
    const routes = [{ match: { 'label.team': 'core', priority: 'high' }, to: ['ops'] }, { to: ['others'] }]
    const config = {
      state,
      notifier: { handlers: [], routes, priorities: { silence_ended: 'high' as const } },
      chains: [{ ...chainOf(chain.url, people.governor), labels: { team: 'core' } }],
    }
    await using monitor = createMonitor(config, { handlers })
    const listening = monitor.notifications$.subscribe()
    await monitor.sync()
    const beside = openStore({ path: state })
    const wanted = { match: { event: 'new_proposal' }, comment: 'we move', by: 'ann' }
    const silence = beside.addSilence({ ...wanted, until: Date.now() + 3_600_000 }, Date.now())
    await people.actor.propose({ description: 'Hello' })
    await monitor.sync()
    beside.endSilence(silence.id, Date.now())
    await monitor.sync()
    beside.close()
    listening.unsubscribe()

    expect(got).toStrictEqual(['ops: silence_ended'])
  })

  it('words a late notification for the time of its delivery', async ({ onTestFinished }) => {
    const twoHoursAgo = Math.floor(Date.now() / 1_000) - 7_200
    const chain = await untilDone(startChain('--timestamp', String(twoHoursAgo)), { onCleanup: onTestFinished })
    const people = await chain.deploy()
    const phone = await startNtfy()
    const config = {
      state: ':memory:',
      notifier: {
        handlers: [{ type: 'ntfy' as const, url: `${phone.url}/votes`, events: ['new_proposal' as const] }],
      },
      chains: [chainOf(chain.url, people.governor)],
    }
    // The time of the end is known from the pace of the chain.
    await chain.client.mine({ blocks: 2, interval: 12 })
    await using monitor = createMonitor(config)
    await monitor.sync()
    const id = await people.actor.propose({ description: 'Hello' })
    await people.actor.toVotingStart(id)
    await monitor.sync()

    expect(phone.shown.map(({ title }) => title)).toStrictEqual(['New proposal: Hello'])
    expect(phone.shown[0]?.message).toMatch(/^Voting was to close \w{3} \d/m)
  })
})
