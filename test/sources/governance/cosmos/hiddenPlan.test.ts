import { describe, expect } from 'vitest'
import { watch } from '../../../monitor/watching.js'
import { configOf, file, mineTo, onThree as it, pass } from './agreementGiven.js'

describe('a plan that the first of three Cosmos servers hides with its proposal, where two must agree', () => {
  it('is scheduled and written, and the server is named', async ({ a, b, c, place }) => {
    pass([b, c])
    await using hub = watch({ chains: [configOf(place.home, [a, b, c], 2)] })
    await hub.settle()
    mineTo(1_002, [a, b, c])
    expect((await hub.told('endpoints_disagree')).message).toContain(new URL(a.url).host)
    mineTo(1_004, [a, b, c])
    await hub.told('upgrade_scheduled', 5n)
    mineTo(1_050, [a, b, c])
    await hub.told('upgrade_triggered', 5n)
    expect(place.file()).toEqual(file)
  })
})
