import { describe, expect } from 'vitest'
import { hostClock, watch } from '../../../monitor/watching.js'
import { upgradeMessage } from '../../../support/servers/cosmos/messages.js'
import { bad, configOf, file, mineTo, onThree as it, pass, settled } from './agreementGiven.js'
import { readerOf } from './follow.js'
import { onCosmos } from './onCosmos.js'

// How long readings must lack a plan before their server is accused.
const patienceMs = 90_000

describe('a plan that the first of three Cosmos servers hides with its proposal, where two must agree', () => {
  it('is scheduled and written, and the server is named', async ({ a, b, c, place }) => {
    pass([b, c])
    const { scheduler, forward } = hostClock()
    await using hub = watch({ chains: [configOf(place.home, [a, b, c], 2)] }, { scheduler })
    await hub.settle()
    mineTo(1_002, [a, b, c])
    await settled(hub)
    forward(patienceMs)
    mineTo(1_003, [a, b, c])
    expect((await hub.told('endpoints_disagree')).message).toContain(new URL(a.url).host)
    mineTo(1_004, [a, b, c])
    await hub.told('upgrade_scheduled', 5n)
    mineTo(1_050, [a, b, c])
    await hub.told('upgrade_triggered', 5n)
    expect(place.file()).toEqual(file)
  })

  it('is also found if it has the name and the height of a former one', async ({ a, b, c, place }) => {
    pass([a, b, c])
    const { scheduler, forward } = hostClock()
    await using hub = watch({ chains: [configOf(place.home, [a, b, c], 2)] }, { scheduler })
    await hub.told('upgrade_scheduled', 5n)
    for (const server of [b, c]) {
      server.put(6, { status: 'PASSED', messages: [upgradeMessage('v18', 1_050, bad)] })
      server.schedule({ name: 'v18', height: '1050', info: bad })
    }
    // The servers are asked every minute.
    forward(60_000)
    mineTo(1_002, [a, b, c])
    await settled(hub)
    mineTo(1_003, [a, b, c])
    await settled(hub)
    forward(patienceMs)
    mineTo(1_004, [a, b, c])
    expect((await hub.told('endpoints_disagree')).message).toContain(new URL(a.url).host)
    mineTo(1_005, [a, b, c])
    await hub.told('upgrade_cancelled', 5n)
    await hub.told('upgrade_scheduled', 6n)
    mineTo(1_050, [a, b, c])
    await hub.told('upgrade_triggered', 6n)
    expect(place.file()).toStrictEqual({ name: 'v18', height: 1_050, info: bad })
  })
})

onCosmos('the scheduled plan counts as read at the block of the answer, not at the head', async ({ server }) => {
  const reader = readerOf({ rpc: [server.url], rest: [server.url] })
  const readAt = async (): Promise<bigint | undefined> =>
    (await reader.readScheduled?.(new AbortController().signal))?.readAt
  pass([server])
  server.mine(10)
  server.behave({ heightOf: (path) => (path.includes('current_plan') ? 1_004 : undefined) })
  expect(await readAt()).toBe(1_004n)
  server.behave({ hidesHeight: true })
  expect(await readAt()).toBe(BigInt(server.height() - 20))
})
