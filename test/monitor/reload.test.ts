import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { filter, type Subscription, take } from 'rxjs'
import { describe, expect } from 'vitest'
import type { ConfigInput } from '../../src/config/schema.js'
import { ConfigError } from '../../src/domain/errors.js'
import type { UpgradeStatus } from '../../src/domain/upgrades/upgrade.js'
import { openStore } from '../../src/store/openStore.js'
import { onSharedChain, untilDone } from '../support/fixtures.js'
import { startWebhookServer } from '../support/servers/webhookServer.js'
import { startNtfy } from '../support/services/ntfyServer.js'
import { chainOf, hostClock, soon, watch } from './watching.js'

type Input = ConfigInput & { readonly state: string }

const it = onSharedChain
  .extend('webhook', ({}, cleaning) => untilDone(startWebhookServer(), cleaning))
  .extend('otherWebhook', ({}, cleaning) => untilDone(startWebhookServer(), cleaning))

describe('a new configuration loaded during a run', () => {
  it('starts reading an added chain, and does not touch the unchanged ones', async ({ chain, proxies }) => {
    const people = await chain.deploy()
    const [first, second] = proxies
    // A reader that starts polls at once.
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

  it('restarts a changed chain from its state, and announces nothing twice', async ({ chain, proxies }) => {
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

  it('stops a removed chain: it gets no requests, and a sync that waits for it fails with that reason', async ({
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

  it('writes the file once if the chain was removed at the upgrade height and added again', async ({
    chain,
    place,
  }) => {
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

  it('sends the next notification to the new receiver, and records the change in the audit trail', async ({
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

  it('is rejected as a whole if any part is invalid, and the former one stays in use', async ({ chain, proxies }) => {
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

describe('a reload in the middle of an operation', () => {
  it('lets each file be written once, and its command run once, at any moment of the write', async ({
    chain,
    place,
  }) => {
    const people = await chain.deploy()
    const first = await chain.heightIn(30)
    const ran = join(place.home, 'ran')
    const moments = [(then: () => void) => then(), queueMicrotask, setImmediate]
    const plans = moments.map((_moment, at) => ({ name: `v${at + 1}`, height: first + at * 10 }))
    const config = (pollInterval: string): Input => ({
      state: place.state,
      notifier: { handlers: [] },
      chains: [
        chainOf(chain.url, people.governor, {
          monitor: { pollInterval },
          plans,
          upgradeInfo: {
            home: place.home,
            afterWrite: { command: ['/bin/sh', '-c', `echo $GOVSTREAM_NAME >> ${ran}`] },
          },
        }),
      ],
    })
    await using watching = watch(config('50ms'))
    await watching.settle()
    for (const [at, moment] of moments.entries()) {
      const { name, height } = plans[at]!
      using _reloading = subscribed(
        watching.monitor.heads$
          .pipe(
            filter(({ number }) => number >= BigInt(height)),
            take(1),
          )
          .subscribe(() => moment(() => watching.monitor.reload(config(`${60 + at}ms`)))),
      )
      const is = (wanted: UpgradeStatus): Promise<unknown> =>
        soon(
          watching.monitor.upgrades$.pipe(
            filter(({ upgrades }) =>
              upgrades.some((one) => one.name === name && one.status === wanted && one.hook === 'done'),
            ),
          ),
          name,
        )
      await chain.mineTo(height)
      await is('in_progress')
      await chain.mineTo(height + 3)
      await is('completed')
      expect(place.file()).toStrictEqual({ name, height })
    }

    expect(readFileSync(ran, 'utf8')).toBe('v1\nv2\nv3\n')
    const each = (event: string): readonly string[] => watching.events().filter((told) => told === event)
    expect(
      [each('upgrade_triggered'), each('upgrade_completed'), each('hook_ran')].map(({ length }) => length),
    ).toEqual([3, 3, 3])
  })

  it('waits for a running afterWrite command, which is not run again', async ({ chain, place }) => {
    const people = await chain.deploy()
    const height = await chain.heightIn(30)
    const [ran, goOn] = [join(place.home, 'ran'), join(place.home, 'go-on')]
    const script = `echo ran >> ${ran}; until [ -e ${goOn} ]; do sleep 0.05; done`
    const config = (pollInterval: string): Input => ({
      state: place.state,
      notifier: { handlers: [] },
      chains: [
        chainOf(chain.url, people.governor, {
          monitor: { pollInterval },
          plans: [{ name: 'patch', height }],
          upgradeInfo: { home: place.home, afterWrite: { command: ['/bin/sh', '-c', script] } },
        }),
      ],
    })
    await using watching = watch(config('50ms'))
    await watching.settle()
    await chain.mineTo(height)
    await watching.told('upgrade_triggered')
    watching.monitor.reload(config('60ms'))
    writeFileSync(goOn, '')
    await watching.told('hook_ran')
    await watching.settle()

    expect(readFileSync(ran, 'utf8')).toBe('ran\n')
    expect(watching.events().filter((event) => event === 'hook_ran')).toHaveLength(1)
  })

  it('aborts a running preflight, which runs again and is notified once', async ({ chain, place }) => {
    const people = await chain.deploy()
    const height = await chain.heightIn(60)
    const begun = join(place.home, 'begun')
    const binary = (directory: string, script: string): void => {
      const path = join(place.home, 'wemixvisor', directory, 'bin/noded')
      mkdirSync(join(path, '..'), { recursive: true })
      writeFileSync(path, `#!/bin/sh\n${script}\n`)
      chmodSync(path, 0o755)
    }
    binary('genesis', 'exit 0')
    // Hangs at the first request for its version.
    binary('upgrades/patch', `if [ -e ${begun} ]; then echo v2; else touch ${begun}; exec sleep 60; fi`)
    const config = (pollInterval: string): Input => ({
      state: place.state,
      notifier: { handlers: [] },
      chains: [
        chainOf(chain.url, people.governor, {
          monitor: { pollInterval },
          plans: [{ name: 'patch', height }],
          preflight: { runVersion: true },
          upgradeInfo: { home: place.home },
        }),
      ],
    })
    await using watching = watch(config('50ms'))
    await watching.told('upgrade_scheduled')
    while (!existsSync(begun)) await watching.settle()
    watching.monitor.reload(config('60ms'))
    await watching.told('preflight_passed')
    await watching.settle()

    expect(watching.events().filter((event) => event.startsWith('preflight'))).toStrictEqual(['preflight_passed'])
  })

  it('delivers held notifications to their former receiver and at their former time, even if the routes changed', async ({
    chain,
    place,
  }) => {
    const people = await chain.deploy()
    const phone = await startNtfy()
    const { scheduler, forward } = hostClock()
    const ops = { type: 'ntfy', name: 'ops', url: `${phone.url}/votes`, events: ['proposal_canceled'] } as const
    const config = (...routes: NonNullable<Input['notifier']>['routes'] & object): Input => ({
      state: place.state,
      notifier: { handlers: [ops], routes },
      chains: [chainOf(chain.url, people.governor)],
    })
    const grouped = config({ to: ['ops'], group: { by: ['chain'], wait: '1h', interval: '5h' } })
    await using watching = watch(grouped, { scheduler })
    await watching.settle()
    for (const description of ['One', 'Two']) {
      const id = await people.actor.propose({ description })
      await watching.told('new_proposal', id)
      await people.actor.cancel(id)
      await watching.told('proposal_canceled', id)
    }
    watching.monitor.reload(config({ to: ['ops'], quietHours: ['00:00-23:59'] }))
    watching.monitor.reload(config())
    await watching.settle()
    expect(phone.shown).toStrictEqual([])
    forward(3_600_000)
    await watching.settle()
    await phone.calls.waitFor(1)
    await watching.settle()
    await watching.stop()

    expect(phone.shown.map(({ message }) => message)).toStrictEqual([expect.stringMatching(/One[^]*Two/)])
  })
})

function subscribed(subscription: Subscription): Subscription & Disposable {
  return Object.assign(subscription, { [Symbol.dispose]: () => subscription.unsubscribe() })
}
