import { asyncScheduler, NEVER, Subject } from 'rxjs'
import { expect, it, onTestFinished } from 'vitest'
import { parseConfig } from '../../src/config/parseConfig.js'
import type { Turn } from '../../src/domain/chainState.js'
import { serverOf } from '../../src/monitor/serverOf.js'
import type { DeliveryReport } from '../../src/sinks/outbox/DeliveryReport.js'
import { openStore } from '../../src/store/openStore.js'
import { ask } from '../server/serving.js'
import { minimal } from '../support/configs.js'
import { state, turn } from '../support/storeGiven.js'

it('records what is read and delivered while the code of the server is being loaded', async () => {
  const turn$ = new Subject<Turn>()
  const delivery$ = new Subject<DeliveryReport>()
  const config = parseConfig(minimal({}, { http: { listen: '127.0.0.1:0' } }))
  const url = await new Promise<string>((resolve, reject) => {
    const told = (fields: object): void => {
      if ('url' in fields) resolve(String(fields.url))
    }
    const serve = serverOf(config, {
      setup: () => ({ config }),
      live: () => [],
      writability$: NEVER,
      unwritableSince: () => undefined,
      conceal: (text) => text,
      now: Date.now,
      scheduler: asyncScheduler,
      log: { info: told, warn: told, error: told },
    })
    const served = { store: openStore({ path: ':memory:' }), turn$, delivery$, stop$: NEVER }
    const serving = serve?.({ ...served, sync: () => Promise.resolve([]) }).subscribe({ error: reject })
    onTestFinished(() => serving?.unsubscribe())
    turn$.next(turn({ state: state({ chain: config.chains[0]!.name }) }))
    delivery$.next({ handler: 'log', id: '1', chain: 'local', attempt: 1, at: 0, result: 'delivered' })
  })

  expect((await ask(url, '/readyz')).status).toBe(200)
  const { text } = await ask(url, '/metrics')
  expect(text).toContain(`govstream_polls_total{chain="${config.chains[0]!.name}"} 1`)
  expect(text).toContain('govstream_deliveries_total{handler="log",outcome="delivered"} 1')
})

it('does not listen if the run is stopped while the code of the server is being loaded', async () => {
  const stop$ = new Subject<void>()
  const config = parseConfig(minimal({}, { http: { listen: '127.0.0.1:0' } }))
  const ended = new Promise<string>((resolve, reject) => {
    const told = (_fields: object, line: string): void => resolve(line)
    const serve = serverOf(config, {
      setup: () => ({ config }),
      live: () => [],
      writability$: NEVER,
      unwritableSince: () => undefined,
      conceal: (text) => text,
      now: Date.now,
      scheduler: asyncScheduler,
      log: { info: told, warn: told, error: told },
    })
    const served = { store: openStore({ path: ':memory:' }), turn$: NEVER, delivery$: NEVER, stop$ }
    const serving = serve?.({ ...served, sync: () => Promise.resolve([]) }).subscribe({
      error: reject,
      complete: () => resolve('ended'),
    })
    onTestFinished(() => serving?.unsubscribe())
  })
  stop$.next()
  expect(await ended).toBe('ended')
})
