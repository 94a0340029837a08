import { describe, expect } from 'vitest'
import { watch } from '../../../monitor/watching.js'
import { configOf, file, mineTo, onThree as it, pass, settled } from './agreementGiven.js'

describe('a plan that one of three Cosmos servers reports as applied, where two must agree', () => {
  it('is written at its height nevertheless', async ({ a, b, c, place }) => {
    await using hub = watch({ chains: [configOf(place.home, [a, b, c], 2)] })
    await hub.settle()
    pass([a, b, c])
    mineTo(1_048, [a, b, c])
    await hub.told('upgrade_scheduled', 5n)
    a.apply('v18', 1_050)
    mineTo(1_050, [a])
    await expect.poll(() => b.requests).toContain('/block?height=1050')
    mineTo(1_049, [b, c])
    expect(hub.events(5n)).not.toContain('upgrade_completed')
    mineTo(1_050, [b, c])
    await hub.told('upgrade_triggered', 5n)
    expect(place.file()).toEqual(file)
  })

  it('is completed once a second one reports it, too', async ({ a, b, c, place }) => {
    await using hub = watch({ chains: [configOf(place.home, [a, b, c], 2)] })
    await hub.settle()
    pass([a, b, c])
    mineTo(1_049, [a, b, c])
    await hub.told('upgrade_scheduled', 5n)
    // The nodes halt until their binaries are switched.
    for (const server of [b, c]) server.behave({ fail: () => ({ status: 503, body: '' }) })
    mineTo(1_051, [a])
    a.apply('v18', 1_050)
    await settled(hub)
    mineTo(1_053, [a])
    await settled(hub)
    expect(hub.events(5n)).not.toContain('upgrade_completed')
    mineTo(1_054, [a, b])
    b.apply('v18', 1_050)
    b.behave({})
    await hub.told('upgrade_completed', 5n)
    expect(hub.events()).not.toContain('upgrade_failed')
  })

  it('is completed in the same way if the chain has scheduled it without a known proposal', async ({
    a,
    b,
    c,
    place,
  }) => {
    await using hub = watch({ chains: [configOf(place.home, [a, b, c], 2)] })
    await hub.settle()
    for (const server of [a, b, c]) server.schedule({ name: 'v18', height: '1050', info: '' })
    mineTo(1_049, [a, b, c])
    await hub.told('upgrade_scheduled')
    for (const server of [a, b, c]) server.apply('v18', 1_050)
    mineTo(1_053, [b, c, a])
    expect((await hub.told('upgrade_completed')).message).toContain('the chain reports that it applied the plan')
  })

  it('stays cancelled without a doubt if the chain had cancelled it', async ({ a, b, c, place }) => {
    await using hub = watch({ chains: [configOf(place.home, [a, b, c], 2)] })
    await hub.settle()
    pass([a, b, c])
    mineTo(1_040, [a, b, c])
    await hub.told('upgrade_scheduled', 5n)
    for (const server of [a, b, c]) server.schedule(null)
    mineTo(1_042, [a, b, c])
    await hub.told('upgrade_cancelled', 5n)
    for (const server of [b, c]) server.behave({ fail: () => ({ status: 503, body: '' }) })
    a.apply('v18', 1_050)
    mineTo(1_050, [a])
    await hub.proposal(5n, ({ finding }) => finding?.unsure !== undefined)
    mineTo(1_052, [a, b, c])
    for (const server of [b, c]) server.behave({})
    const { finding } = await hub.proposal(5n, (proposal) => proposal.finding?.unsure === undefined)
    expect(finding?.withdrawn).toContain('no upgrade scheduled any more')
    expect(hub.events(5n)).not.toContain('upgrade_completed')
  })
})
