import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { watch, type Watching } from '../../monitor/watching.js'
import { corpusFaults } from '../../support/servers/faults/corpusFaults.js'
import { type Fault, httpFaults, rpcFaults } from '../../support/servers/faults/faults.js'
import { type FaultyProxy, startFaultyProxy } from '../../support/servers/faults/startFaultyProxy.js'
import { seeded } from '../../support/seeded.js'
import { type StoryChain, storyChains } from './storyChains.js'

const real = corpusFaults()

describe.each(Object.entries(storyChains))('a node of %s that fails', (system, start) => {
  let chain: StoryChain
  let proxy: FaultyProxy

  beforeAll(async () => {
    chain = await start(seeded(1))
    proxy = await startFaultyProxy({ target: chain.url, stranger: chain.stranger, seed: 2 })
  })
  afterAll(() => Promise.all([proxy.stop(), chain.stop()]))

  /** The chain goes on while each request meets one of these faults; then all requests succeed again. */
  const goThrough = async (faulty: Watching, control: Watching, faults: Readonly<Record<string, Fault>>) => {
    proxy.trouble(1, faults)
    await chain.step()
    await catchUp(control)
    for (let time = 0; time < 2; time += 1) await faulty.monitor.sync()
    const told = toldBy(faulty)
    proxy.heal()
    await catchUp(faulty)
    return told
  }

  const { ...faults }: Readonly<Record<string, Fault>> = system.startsWith('cosmos')
    ? httpFaults
    : { ...httpFaults, ...rpcFaults }

  it.each(Object.entries(faults))(
    'by %s causes no false notification, and after its recovery the state of a healthy node',
    async (name, fault) => {
      await using faulty = watchAt(chain, proxy.url)
      await using control = watchAt(chain, chain.url)
      await Promise.all([catchUp(faulty), catchUp(control)])
      const told = await goThrough(faulty, control, { [name]: fault })

      expect(toldBy(control)).toStrictEqual(expect.arrayContaining([...told]))
      expect(stateOf(faulty)).toStrictEqual(stateOf(control))
      expect(proxy.met.all).toContain(name)
    },
  )

  it.runIf(Object.keys(real).length > 0)(
    'with recorded real answers causes no false notification, and recovers to the state of a healthy node',
    async () => {
      await using faulty = watchAt(chain, proxy.url)
      await using control = watchAt(chain, chain.url)
      await Promise.all([catchUp(faulty), catchUp(control)])
      for (const [name, fault] of Object.entries(real)) {
        const told = await goThrough(faulty, control, { [name]: fault })
        expect([name, toldBy(control)]).toStrictEqual([name, expect.arrayContaining([...told])])
        expect([name, stateOf(faulty)]).toStrictEqual([name, stateOf(control)])
      }
    },
  )
})

// On a busy machine a healthy answer is slow too, and an optional one must not be given up.
function watchAt(chain: StoryChain, url: string): Watching {
  const { rpc, scheduler: own, ...rest } = chain.configured(url)
  const monitor = { pollInterval: '1h', downAfter: '1h' }
  const scheduler = { minUpgradeDelay: '0s', reminders: [], completion: 'height', ...own } as const
  return watch({ chains: [{ ...rest, rpc: { ...rpc, timeout: '2s' }, monitor, scheduler }] })
}

/** Reads until every chain could be read, and once more for the effects of the answers of the writer. */
async function catchUp({ monitor }: Watching): Promise<void> {
  while (!(await monitor.sync()).every(({ ok }) => ok)) await nextTurn()
  await monitor.sync()
}

/** Ids of the notifications, except those of the health, sorted. */
function toldBy({ notifications }: Watching): readonly string[] {
  return notifications()
    .filter(({ event }) => event !== 'source_down' && event !== 'source_recovered')
    .map(({ id }) => id)
    .sort()
}

/** What is known and was announced, without the times of reading. */
function stateOf(watching: Watching): object {
  const { monitor } = watching
  const { upgrades } = monitor.snapshot()
  return {
    proposals: monitor.find().map(({ id, status, tally, finding }) => ({ id, status, tally, finding })),
    upgrades: upgrades.map(({ proposalId, status, name, height }) => ({ proposalId, status, name, height })),
    told: toldBy(watching),
  }
}
