import { describe, expect } from 'vitest'
import { watch } from '../../../monitor/watching.js'
import { configOf, mineTo, onThree as it, pass, settled } from './agreementGiven.js'

describe('the id of a proposal that the first of three Cosmos servers invents, where two must agree', () => {
  it('hides no proposal below it that opens and passes between two readings', async ({ a, b, c, place }) => {
    a.put(90, { status: 'REJECTED' })
    await using hub = watch({ chains: [configOf(place.home, [a, b, c], 2)] })
    await settled(hub)
    mineTo(1_002, [a, b, c])
    await settled(hub)
    pass([a, b, c])
    for (const server of [a, b, c]) server.put(6, { status: 'PASSED', messages: [] })
    a.drop(90)
    mineTo(1_004, [a, b, c])
    await hub.told('upgrade_scheduled', 5n)
    expect((await hub.proposal(6n, () => true)).status).toBe('passed')
  })
})
