import { asyncScheduler, NEVER, type Observable, Subject } from 'rxjs'
import { expect, it, onTestFinished } from 'vitest'
import type { LogWriter } from '../../src/channels/Channel.js'
import { parseConfig } from '../../src/config/parseConfig.js'
import type { Turn } from '../../src/domain/chainState.js'
import { type Serve, serverOf } from '../../src/monitor/serverOf.js'
import type { DeliveryReport } from '../../src/sinks/outbox/DeliveryReport.js'
import { openStore } from '../../src/store/openStore.js'
import { ask } from '../server/serving.js'
import { minimal } from '../support/configs.js'
import { state, turn } from '../support/storeGiven.js'

const config = parseConfig(minimal({}, { http: { listen: '127.0.0.1:0' } }))

/** The server of a run, subscribed until the test is done. */
function serving(run: Partial<Parameters<Serve>[0]>, told: LogWriter['info']): Observable<never> {
  const ended$ = new Subject<never>()
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
  const rest = { turn$: NEVER, delivery$: NEVER, stop$: NEVER, sync: () => Promise.resolve([]) }
  const subscription = serve?.({ store: openStore({ path: ':memory:' }), ...rest, ...run }).subscribe(ended$)
  onTestFinished(() => subscription?.unsubscribe())
  return ended$
}

it('records what is read and delivered while the code of the server is being loaded', async () => {
  const turn$ = new Subject<Turn>()
  const delivery$ = new Subject<DeliveryReport>()
  const chain = config.chains[0]!.name
  const url = await new Promise<string>((resolve, reject) => {
    serving({ turn$, delivery$ }, (fields) => {
      if (typeof fields['url'] === 'string') resolve(fields['url'])
    }).subscribe({ error: reject })
    turn$.next(turn({ state: state({ chain }) }))
    delivery$.next({ handler: 'log', id: '1', chain, attempt: 1, at: 0, result: 'delivered' })
  })

  expect((await ask(url, '/readyz')).status).toBe(200)
  const { text } = await ask(url, '/metrics')
  expect(text).toContain(`govstream_polls_total{chain="${chain}"} 1`)
  expect(text).toContain('govstream_deliveries_total{handler="log",outcome="delivered"} 1')
})

it('does not listen if the run is stopped while the code of the server is being loaded', async () => {
  const stop$ = new Subject<void>()
  const ended = new Promise<string>((resolve, reject) => {
    serving({ stop$ }, (_fields, line) => resolve(line)).subscribe({
      error: reject,
      complete: () => resolve('ended'),
    })
  })
  stop$.next()
  expect(await ended).toBe('ended')
})
