import { describe, expect } from 'vitest'
import type { ConfigInput } from '../../../../src/config/schema.js'
import { watch } from '../../../monitor/watching.js'
import { upgradeMessage } from '../../../support/servers/cosmos/messages.js'
import type { CosmosServer } from '../../../support/servers/cosmosServer.js'
import { onCosmos as it } from './onCosmos.js'
import { configOf as cosmosAt, pass, upgradesOf } from './monitorGiven.js'

function configOf(server: CosmosServer, chain: Partial<ConfigInput['chains'][number]> = {}) {
  const { scheduler, ...rest } = cosmosAt(server)
  return { ...rest, scheduler: { ...scheduler, reminders: ['10 blocks'] }, ...chain }
}

// Names that no path can hold: a client removes the dots, and a gateway does not find a route with more parts.
const unaskable = {
  'a dot': '.',
  'two dots': '..',
  'a slash': 'a/b',
  'dots and slashes': '../..',
  '1,001 characters': 'v'.repeat(1_001),
  '5,000 characters': 'v'.repeat(5_000),
  'half a character': 'v\ud800',
}

describe('a plan whose name cannot be used in a request', () => {
  it.for(Object.entries(unaskable))(
    'is reminded of, triggered and completed: %s',
    async ([_what, name], { server, place }) => {
      await using hub = watch({
        chains: [configOf(server, { upgradeInfo: { home: place.home, profile: 'cosmovisor', when: 'at-height' } })],
      })
      await hub.settle()
      pass(server, 5, name, 1_050)
      await hub.settle()
      server.mine(1_045 - server.height())
      await hub.settle()
      server.mine(1_050 - server.height())
      server.apply(name)
      await hub.settle()
      await hub.settle()
      server.mine(3)
      await hub.settle()
      expect(upgradesOf(hub, 5n)).toEqual([
        'upgrade_scheduled',
        'upgrade_refused',
        'upgrade_imminent',
        'upgrade_triggered',
        'upgrade_completed',
      ])
      expect(place.file()).toBeUndefined()
    },
  )

  it('is completed after a restart if the servers report no height', async ({ server, place }) => {
    const config = { state: place.state, chains: [configOf(server)] }
    server.behave({ hidesHeight: true })
    {
      await using hub = watch(config)
      await hub.settle()
      pass(server, 5, '..', 1_050)
      await hub.told('upgrade_scheduled', 5n)
    }
    server.mine(1_050 - server.height())
    server.apply('..')
    await using hub = watch(config)
    await hub.told('upgrade_triggered', 5n)
    server.mine(3)
    await hub.told('upgrade_completed', 5n)
    expect(upgradesOf(hub, 5n)).toEqual(['upgrade_triggered', 'upgrade_completed'])
  })

  it('is cancelled if the chain drops it before its height', async ({ server }) => {
    await using hub = watch({ chains: [configOf(server)] })
    await hub.settle()
    pass(server, 5, '..', 1_050)
    await hub.settle()
    server.schedule(null)
    server.mine(1)
    await hub.settle()
    server.mine(100)
    await hub.settle()
    expect(upgradesOf(hub, 5n)).toEqual(['upgrade_scheduled', 'upgrade_cancelled'])
  })
})

it.for([' ', '\u200b'])('a plan whose name cannot be displayed is one upgrade: %j', async (name, { server }) => {
  await using hub = watch({ chains: [configOf(server)] })
  await hub.settle()
  pass(server, 5, name, 1_050)
  await hub.settle()
  server.mine(1_050 - server.height())
  server.apply(name)
  await hub.settle()
  expect(upgradesOf(hub)).toEqual(['upgrade_scheduled', 'upgrade_triggered', 'upgrade_completed'])
})

it('a proposal with an impossible height does not hide the others', async ({ server }) => {
  await using hub = watch({ chains: [configOf(server)] })
  await hub.settle()
  server.put(4, { status: 'PASSED', messages: [upgradeMessage('v2', 1_050.5)] })
  pass(server, 5, 'v3', 1_050)
  expect(await hub.told('upgrade_scheduled', 5n)).toMatchObject({ data: { name: 'v3' } })
  expect(await hub.told('upgrade_refused', 4n)).toMatchObject({ priority: 'critical' })
})
