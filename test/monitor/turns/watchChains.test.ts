import { asyncScheduler, EMPTY, NEVER, Observable } from 'rxjs'
import { expect, it, onTestFinished } from 'vitest'
import { parseConfig } from '../../../src/config/parseConfig.js'
import { differenceOf } from '../../../src/config/differenceOf.js'
import { assembleChain } from '../../../src/monitor/chain/assembleChain.js'
import { composerOf } from '../../../src/monitor/composerOf.js'
import { createCurrentSetup } from '../../../src/monitor/currentSetup.js'
import { createServerAccess } from '../../../src/monitor/createServerAccess.js'
import type { Setup } from '../../../src/monitor/setUp.js'
import { watchChains } from '../../../src/monitor/turns/watchChains.js'
import { openStore } from '../../../src/store/openStore.js'
import { pipeStages, stagesOf } from '../../../src/streams/pipeStages.js'
import { contract } from '../../support/builders.js'
import { silentLog } from '../../../src/monitor/monitorLog.js'
import { chainOf } from '../watching.js'

it('a reload is recorded also while the rebuild of a damaged state is still being reported', () => {
  const own = openStore({ path: ':memory:' })
  onTestFinished(() => own.close())
  const config = parseConfig({ chains: [chainOf('http://127.0.0.1:1', contract)] })
  const chain = assembleChain(config.chains[0]!, { ...createServerAccess(config), now: Date.now })
  const first: Setup = {
    config,
    chains: new Map([[chain.name, chain]]),
    lanes: new Map(),
    sent: new Map(),
    route: () => [],
    compose: composerOf(config, { now: Date.now }),
    stagesOf: () => pipeStages(stagesOf()),
  }
  const { setup, setup$, replace } = createCurrentSetup(first)
  const turns = watchChains({
    store: {
      ...own,
      rebuilt: () => ({ movedTo: 'a.db.damaged', problem: 'torn' }),
      commit: () => new Observable<never>(),
    },
    setup,
    setup$,
    onGone: () => undefined,
    readAll: () => EMPTY,
    now: Date.now,
    steady: Date.now,
    log: silentLog,
    scheduler: asyncScheduler,
    random: () => 0.5,
    force$: NEVER,
    stopping$: NEVER,
    isAtWork: () => false,
    onSeed: () => undefined,
    onKeptBack: () => undefined,
  }).subscribe()
  onTestFinished(() => turns.unsubscribe())

  const next = parseConfig({ chains: [chainOf('http://127.0.0.1:2', contract)] })
  replace({ ...first, change: { by: 'root@validator', difference: differenceOf(config, next) } })

  expect(own.audit({ chain: '' })).toMatchObject([{ kind: 'reload', detail: { by: 'root@validator' } }])
})
