import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it as plain } from 'vitest'
import type { ConfigInput } from '../../../../src/config/schema.js'
import { createMonitor } from '../../../../src/monitor.js'
import { watch } from '../../../monitor/watching.js'
import { cliHere } from '../../../support/cliHere.js'
import { aPlace, untilDone } from '../../../support/fixtures.js'
import { threshold } from '../../../support/servers/cosmos/signalRoute.js'
import { type SignalServer, startSignalServer } from '../../../support/servers/signalServer.js'

const it = plain.extend('server', ({}, cleaning) => untilDone(startSignalServer(), cleaning)).extend('place', aPlace)

const configOf = (server: SignalServer): ConfigInput['chains'][number] => ({
  name: 'celestia',
  rpc: { urls: [server.url], chainId: 'celestia' },
  governance: { system: 'signal', rest: [server.url] },
  monitor: { pollInterval: '50ms' },
  scheduler: { minUpgradeDelay: '0s', reminders: ['100 blocks'] },
})

describe('a monitor of a chain whose validators signal', () => {
  it('announces signals, quorum, schedule and switch, and counts down to it', async ({ server }) => {
    await using celestia = watch({ chains: [configOf(server)] })
    await celestia.settle()
    server.signal(11, 400_000_000)
    server.mine(1)
    await celestia.told('new_proposal', 11n)
    expect(await celestia.proposal(11n)).toMatchObject({
      contract: 'signal',
      title: 'App version 11',
      type: 'upgrade',
      status: 'voting',
      tally: { yes: 400_000_000n, quorum: BigInt(threshold), quorumReached: false, quorumMissing: 100_000_100n },
    })

    server.signal(11, threshold)
    server.mine(1)
    await celestia.told('quorum_reached', 11n)
    // Five sixths alone schedule nothing.
    expect(celestia.events(11n)).not.toContain('upgrade_scheduled')

    server.schedule(11, 1_200)
    server.mine(1)
    await celestia.told('upgrade_scheduled', 11n)
    expect(await celestia.upgrade(11n)).toMatchObject({
      key: 'celestia/signal/11',
      name: 'v11',
      height: 1_201,
      origin: 'chain',
      status: 'scheduled',
    })
    server.mine(1_150 - server.height())
    await celestia.told('upgrade_imminent', 11n)
    server.mine(1_200 - server.height())
    await celestia.settle()
    expect((await celestia.upgrade(11n)).status).toBe('scheduled')
    server.mine(1)
    expect(await celestia.told('upgrade_completed', 11n)).toMatchObject({ data: { evidence: 'chain_applied' } })
    expect(celestia.events(11n).filter((event) => event.startsWith('upgrade'))).toStrictEqual([
      'upgrade_scheduled',
      'upgrade_imminent',
      'upgrade_triggered',
      'upgrade_completed',
    ])
    expect((await celestia.proposal(11n)).status).toBe('executed')
  })

  it('announces once a schedule from before the start, and nothing of past versions', async ({ server }) => {
    server.schedule(11, 5_000)
    await using celestia = watch({ chains: [configOf(server)] })
    await celestia.told('upgrade_scheduled', 11n)
    await celestia.settle()
    expect(celestia.events().filter((event) => event.startsWith('upgrade'))).toStrictEqual(['upgrade_scheduled'])
  })

  it('cancels nothing because a server no longer reports the schedule', async ({ server }) => {
    server.schedule(11, 5_000)
    await using celestia = watch({ chains: [configOf(server)] })
    await celestia.told('upgrade_scheduled', 11n)
    server.answer('/signal/v1/upgrade', { status: 200, body: {} })
    server.mine(1)
    await celestia.settle()
    expect((await celestia.upgrade(11n)).status).toBe('scheduled')
    expect(celestia.events()).not.toContain('upgrade_cancelled')
    server.answer('/signal/v1/upgrade', undefined)
    server.mine(5_001 - server.height())
    await celestia.told('upgrade_completed', 11n)
  })

  it('completes a switch if the nodes are compared after it', async ({ server }) => {
    await using other = { ...(await startSignalServer()), [Symbol.asyncDispose]: () => other.stop() }
    const both = [server, other]
    for (const node of both) node.schedule(11, 1_100)
    await using celestia = watch({
      chains: [{ ...configOf(server), rpc: { urls: [server.url, other.url], chainId: 'celestia' } }],
    })
    await celestia.told('upgrade_scheduled', 11n)
    for (const node of both) node.mine(200)
    expect(await celestia.told('upgrade_completed', 11n)).toMatchObject({ data: { evidence: 'chain_applied' } })
  })

  it('reports in the preflight that the binary cannot be checked, and looks for no staged one', async ({
    server,
    place,
  }) => {
    server.schedule(11, 5_000)
    const chain = { ...configOf(server), upgradeInfo: { home: place.home } }
    const config = { state: place.state, notifier: { handlers: [] }, chains: [chain] }
    writeFileSync(join(place.home, 'govstream.yaml'), JSON.stringify(config))
    await createMonitor(config).sync()
    const { code, out } = await cliHere(['preflight', '--json'], place.home)
    expect(code).toBe(75)
    expect(JSON.parse(out)).toMatchObject([
      {
        name: 'v11',
        verdict: 'unknown',
        checks: [
          {
            id: 'binary',
            verdict: 'unknown',
            reason:
              'The program of the node holds several versions and switches by itself: whether it knows this one is not seen from here.',
            todo: 'Run a release whose notes name this version, before the height.',
          },
          { id: 'disk' },
          { id: 'node', verdict: 'ready' },
          { id: 'clock' },
        ],
      },
    ])
  })

  it.for<[string, number, number, 'upgrade_rescheduled' | 'upgrade_cancelled']>([
    ['a height that is moved', 11, 6_000, 'upgrade_rescheduled'],
    ['another version instead', 12, 5_000, 'upgrade_cancelled'],
  ])(
    'does not believe one answer with %s, because the chain cannot do that',
    async ([, version, height, told], { server }) => {
      server.schedule(11, 5_000)
      await using celestia = watch({ chains: [configOf(server)] })
      await celestia.told('upgrade_scheduled', 11n)

      server.schedule(version, height)
      server.mine(1)
      await celestia.settle()
      expect(celestia.events()).toStrictEqual(['new_proposal', 'upgrade_scheduled'])
      expect(await celestia.upgrade(11n)).toMatchObject({ status: 'scheduled', height: 5_001 })

      server.mine(30)
      await celestia.told(told, 11n)
      expect(await celestia.upgrade(BigInt(version))).toMatchObject({ status: 'scheduled', height: height + 1 })
    },
  )

  it('cancels a switch that the blocks themselves contradict', async ({ server }) => {
    server.schedule(11, 1_100)
    await using celestia = watch({ chains: [configOf(server)] })
    await celestia.told('upgrade_scheduled', 11n)
    server.unschedule()
    server.mine(200)
    await celestia.told('upgrade_cancelled', 11n)
    expect((await celestia.upgrade(11n)).reasons).toStrictEqual([
      'The chain went past the height without switching: its blocks are still of version 10.',
    ])
  })
})
