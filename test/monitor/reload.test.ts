import { statSync } from 'node:fs'
import { join } from 'node:path'
import { filter, type Subscription } from 'rxjs'
import { describe, expect } from 'vitest'
import type { ConfigInput } from '../../src/config/schema.js'
import { ConfigError } from '../../src/domain/errors.js'
import { openStore } from '../../src/store/openStore.js'
import { onSharedChain, untilDone } from '../support/fixtures.js'
import { startWebhookServer } from '../support/servers/webhookServer.js'
import { chainOf, soon, watch } from './watching.js'

type Input = ConfigInput & { readonly state: string }

const it = onSharedChain
  .extend('webhook', ({}, cleaning) => untilDone(startWebhookServer(), cleaning))
  .extend('otherWebhook', ({}, cleaning) => untilDone(startWebhookServer(), cleaning))

describe('another configuration, taken up while a run is at work', () => {
  it('begins to read a chain that comes, and does not touch those that stay', async ({ chain, proxies }) => {
    const people = await chain.deploy()
    const [first, second] = proxies
    // A reader that begins polls at once.
    const local = chainOf(first.url, people.governor, { monitor: { pollInterval: '1h' } })
    await using watching = watch({ chains: [local] })
    await watching.settle()
    first.reset()

    const config: Input = {
      state: ':memory:',
      notifier: { handlers: [] },
      chains: [chainOf(second.url, people.governor, { name: 'second' }), local],
    }
    expect(watching.monitor.reload(config).chains).toStrictEqual({ added: ['second'], removed: [], changed: [] })
    await soon(watching.monitor.heads$.pipe(filter((head) => head.chain === 'second')), 'the second chain')
    watching.monitor.reload(config)

    expect(first.requests).toStrictEqual([])
    expect(await watching.monitor.sync()).toMatchObject([
      { chain: 'second', ok: true },
      { chain: 'local', ok: true },
    ])
  })

  it('begins a chain that it changes anew from the state, and tells nothing twice', async ({ chain, proxies }) => {
    const people = await chain.deploy()
    const [first, second] = proxies
    const id = await people.actor.propose({ description: 'Told once' })
    const config = (url: string): Input => ({
      state: ':memory:',
      notifier: { handlers: [] },
      chains: [chainOf(url, people.governor)],
    })
    await using watching = watch(config(first.url))
    await watching.told('new_proposal', id)
    expect(watching.monitor.reload(config(second.url)).chains.changed).toStrictEqual([
      { name: 'local', keys: ['rpc.urls'] },
    ])
    await watching.settle()
    first.reset()
    const next = await people.actor.propose({ description: 'Told, too' })
    await watching.told('new_proposal', next)

    expect(watching.events().filter((event) => event === 'new_proposal')).toHaveLength(2)
    expect(first.requests).toStrictEqual([])
  })

  it('ends a chain that leaves: it is asked no more, and a sync that waits for it hears so', async ({
    chain,
    proxies,
  }) => {
    const people = await chain.deploy()
    await people.actor.propose({ description: 'Known of both' })
    const [first, second] = proxies
    const local = chainOf(first.url, people.governor)
    const leaving = chainOf(second.url, people.governor, { name: 'leaving' })
    const config = (...chains: Input['chains']): Input => ({
      state: ':memory:',
      notifier: { handlers: [] },
      chains,
    })
    await using watching = watch(config(local, leaving))
    await watching.settle()
    const shown: number[] = []
    using view = subscribed(watching.monitor.proposals$.subscribe(({ proposals }) => shown.push(proposals.size)))
    second.behave({ fail: 'hang' })
    const synced = watching.monitor.sync()
    watching.monitor.reload(config(local))

    expect(await synced).toMatchObject([
      { chain: 'local', ok: true },
      {
        chain: 'leaving',
        ok: false,
        failure: { message: 'leaving left the configuration before it was read.' },
      },
    ])
    expect(watching.monitor.snapshot().heads.map((head) => head.chain)).toStrictEqual(['local'])
    expect([view.closed, ...shown]).toStrictEqual([false, 2, 1])
    second.behave({})
    second.reset()
    await watching.settle()
    expect(second.requests).toStrictEqual([])
  })

  it('has the file of an upgrade written once whose chain was away when its height came', async ({ chain, place }) => {
    const people = await chain.deploy()
    const height = await chain.heightIn(30)
    const other = chainOf(chain.url, people.governor, { name: 'other' })
    const local = chainOf(chain.url, people.governor, {
      plans: [{ name: 'patch', height }],
      upgradeInfo: { home: place.home },
    })
    const config = (...chains: Input['chains']): Input => ({ state: place.state, notifier: { handlers: [] }, chains })
    await using watching = watch(config(local, other))
    await watching.told('upgrade_scheduled')
    watching.monitor.reload(config(other))
    await chain.mineTo(height)
    await watching.settle()
    expect(place.file()).toBeUndefined()

    watching.monitor.reload(config(local, other))
    await watching.told('upgrade_triggered')
    const { ino } = statSync(join(place.home, 'data', 'upgrade-info.json'))
    for (let round = 0; round < 100; round += 1)
      watching.monitor.reload(config(...(round % 2 === 0 ? [other] : [local, other])))
    await chain.mineTo(height + 3)
    await watching.told('upgrade_completed')
    expect(place.file()).toStrictEqual({ name: 'patch', height })
    expect(statSync(join(place.home, 'data', 'upgrade-info.json')).ino).toBe(ino)
    expect(watching.events()).toStrictEqual(['upgrade_scheduled', 'upgrade_triggered', 'upgrade_completed'])
  })

  it('sends the next notification where it says, and has the change in the audit trail', async ({
    chain,
    webhook,
    otherWebhook,
    place,
  }) => {
    const people = await chain.deploy()
    const config = (url: string): Input => ({
      state: place.state,
      notifier: { handlers: [{ type: 'webhook', name: 'ops', url: `${url}/key-of-this-hook` }] },
      chains: [chainOf(chain.url, people.governor)],
    })
    await using watching = watch(config(webhook.url))
    await watching.settle()
    await people.actor.propose({ description: 'One' })
    await webhook.waitFor(1)
    watching.monitor.reload(config(otherWebhook.url), { by: 'root@validator' })
    const sent = webhook.requests.length
    await people.actor.propose({ description: 'Two' })
    const [request] = await otherWebhook.waitFor(1)

    expect(JSON.parse(request!.body)).toMatchObject({ event: 'new_proposal' })
    expect(webhook.requests).toHaveLength(sent)
    const store = openStore({ path: place.state, readOnly: true })
    expect(store.audit({ chain: '' })).toMatchObject([
      { kind: 'reload', detail: { by: 'root@validator', changes: 'handler ops changed (url)' } },
    ])
    store.close()
  })

  it('is refused as a whole where any of it is wrong, and the former one goes on', async ({ chain, proxies }) => {
    const people = await chain.deploy()
    const [first, second] = proxies
    const local = chainOf(first.url, people.governor)
    await using watching = watch({ chains: [local] })
    await watching.settle()
    const wrong: Input = {
      state: ':memory:',
      notifier: { handlers: [] },
      chains: [local, chainOf(second.url, 'nowhere', { name: 'second' })],
    }
    expect(() => watching.monitor.reload(wrong)).toThrow(ConfigError)
    expect(() => watching.monitor.reload({ ...wrong, state: './other.db', chains: [local] })).toThrow(
      'state: expected what it was at the start: restart govstream to change it',
    )

    expect(await watching.monitor.sync()).toMatchObject([{ chain: 'local', ok: true }])
    expect(second.requests).toStrictEqual([])
  })
})

function subscribed(subscription: Subscription): Subscription & Disposable {
  return Object.assign(subscription, { [Symbol.dispose]: () => subscription.unsubscribe() })
}
