import { describe, expect } from 'vitest'
import { watch } from '../../../monitor/watching.js'
import { upgradeMessage } from '../../../support/servers/cosmos/messages.js'
import type { CosmosServer } from '../../../support/servers/cosmosServer.js'
import { bad, configOf, file, good, mineTo, onThree as it, pass, settled } from './agreementGiven.js'

describe('a plan that several Cosmos servers must confirm', () => {
  it('is written once the server that lags has it, too', async ({ a, b, place }) => {
    await using hub = watch({ chains: [configOf(place.home, [a, b], 2)] })
    await hub.settle()
    pass([a])
    mineTo(1_040, [a, b])
    await hub.told('upgrade_scheduled', 5n)
    mineTo(1_050, [a, b])
    const { message } = await hub.told('upgrade_failed', 5n)
    expect(message).toContain('At most 1 of 2 nodes confirm v18 at height 1,050, 2 must')
    await settled(hub)
    expect(place.file()).toBeUndefined()
    pass([b])
    await hub.told('upgrade_triggered', 5n)
    expect(place.file()).toEqual(file)
  })

  it('is written if enough of them confirm it, whatever the others report', async ({ a, b, c, place }) => {
    await using hub = watch({ chains: [configOf(place.home, [a, b, c], 2)] })
    await hub.settle()
    pass([a, b])
    pass([c], bad)
    c.schedule(null)
    mineTo(1_050, [a, b])
    await hub.told('upgrade_triggered', 5n)
    expect(place.file()).toEqual(file)
  })

  it('is written with the info of the majority, not with that of a deviating server', async ({ a, b, c, place }) => {
    await using hub = watch({ chains: [configOf(place.home, [a, b, c], 2)] })
    await hub.settle()
    pass([a], bad)
    pass([b, c])
    mineTo(1_040, [a, b, c])
    const { data } = await hub.told('upgrade_scheduled', 5n)
    expect(data).toMatchObject({ info: good })
    expect((await hub.told('endpoints_disagree')).message).toContain(new URL(a.url).host)
    mineTo(1_050, [a, b, c])
    await hub.told('upgrade_triggered', 5n)
    expect(place.file()).toEqual(file)
  })

  it('is written without a failure if the first of three is far ahead with other blocks', async ({
    a,
    b,
    c,
    place,
  }) => {
    await using hub = watch({ chains: [configOf(place.home, [a, b, c], 2)] })
    await hub.settle()
    a.mine(900_000)
    pass([a, b, c])
    mineTo(1_040, [b, c])
    await hub.told('upgrade_scheduled', 5n)
    mineTo(1_050, [b, c])
    await hub.told('upgrade_triggered', 5n)
    expect(place.file()).toEqual(file)
    expect(hub.events()).not.toContain('upgrade_failed')
  })

  it('is not written if no two of them report the same info', async ({ a, b, c, place }) => {
    await using hub = watch({ chains: [configOf(place.home, [a, b, c], 2)] })
    await hub.settle()
    pass([a], bad)
    pass([b])
    pass([c], '')
    mineTo(1_050, [a, b, c])
    const { message } = await hub.told('upgrade_failed', 5n)
    expect(message).toMatch(/127\.0\.0\.1:\d+ reports different info for it/)
    await settled(hub)
    expect(place.file()).toBeUndefined()
  })

  it('is not written if the others have cancelled or replaced it, or do not answer the question', async ({
    a,
    b,
    c,
    place,
  }) => {
    await using hub = watch({ chains: [configOf(place.home, [a, b, c], 2)] })
    await hub.settle()
    pass([a, b, c])
    b.schedule(null)
    c.schedule({ name: 'v19', height: '9000', info: '' })
    mineTo(1_040, [a, b, c])
    await hub.told('upgrade_scheduled', 5n)
    mineTo(1_050, [a, b, c])
    expect((await hub.told('upgrade_failed', 5n)).message).toContain('At most 1 of 3 nodes confirm')
    const path = '/cosmos/upgrade/v1beta1/current_plan'
    const askedOf = ({ requests }: typeof c): number => requests.filter((one) => one === path).length
    for (const server of [b, c]) server.answer(path, {})
    const before = askedOf(c)
    // A node that gives no answer is asked again for a minute.
    await expect.poll(() => askedOf(c)).toBeGreaterThan(before + 2)
    expect(place.file()).toBeUndefined()
  })

  it('waits for the nodes that have not reached its height', async ({ a, b, place }) => {
    await using hub = watch({ chains: [configOf(place.home, [a, b], 2)] })
    await hub.settle()
    pass([a, b])
    mineTo(1_048, [a, b])
    await hub.told('upgrade_scheduled', 5n)
    mineTo(1_050, [a])
    await expect.poll(() => b.requests).toContain('/block?height=1050')
    expect(place.file()).toBeUndefined()
    mineTo(1_050, [b])
    await hub.told('upgrade_triggered', 5n)
    expect(place.file()).toEqual(file)
  })

  it('is confirmed by servers that have already applied it', async ({ a, b, place }) => {
    await using hub = watch({ chains: [configOf(place.home, [a, b], 2)] })
    await hub.settle()
    pass([a, b])
    mineTo(1_049, [a, b])
    await hub.told('upgrade_scheduled', 5n)
    mineTo(1_050, [a, b])
    b.apply('v18')
    await hub.told('upgrade_triggered', 5n)
    expect(place.file()).toEqual(file)
  })
})

describe('a plan that one of three Cosmos servers denies, where two must agree', () => {
  it.for([
    ['reports that the chain has no plan', (server) => server.schedule(null)],
    ['reports another plan', (server) => server.schedule({ name: 'v19', height: '9000', info: '' })],
  ] as const satisfies readonly (readonly [string, (server: CosmosServer) => void])[])(
    'stays scheduled while only the first server %s, and is cancelled once all do',
    async ([_what, deny], { a, b, c, place }) => {
      await using hub = watch({ chains: [configOf(place.home, [a, b, c], 2)] })
      await hub.settle()
      pass([a, b, c])
      mineTo(1_010, [a, b, c])
      await hub.told('upgrade_scheduled', 5n)
      deny(a)
      mineTo(1_020, [a, b, c])
      await settled(hub)
      mineTo(1_030, [a, b, c])
      await settled(hub)
      expect(hub.events(5n)).not.toContain('upgrade_cancelled')
      for (const server of [b, c]) deny(server)
      mineTo(1_040, [a, b, c])
      await hub.told('upgrade_cancelled', 5n)
    },
  )

  it('stays scheduled while the other server, which agrees, answers for an older block', async ({ a, b, place }) => {
    await using hub = watch({ chains: [configOf(place.home, [a, b], 2)] })
    await hub.settle()
    pass([a])
    mineTo(1_010, [a])
    await hub.told('upgrade_scheduled', 5n)
    a.schedule(null)
    b.put(5, { status: 'PASSED', messages: [upgradeMessage('v18', 1_050, good)] })
    mineTo(1_020, [a])
    await settled(hub)
    expect(hub.events(5n)).not.toContain('upgrade_cancelled')
    mineTo(1_021, [a, b])
    await hub.told('upgrade_cancelled', 5n)
  })

  it.for(['REJECTED', 'FAILED', undefined] as const)(
    'is written, though during the vote the first server reported its proposal as %s',
    async (status, { a, b, c, place }) => {
      await using hub = watch({ chains: [configOf(place.home, [a, b, c], 2)] })
      const messages = [upgradeMessage('v18', 1_050, good)]
      for (const server of [a, b, c]) server.put(5, { status: 'VOTING_PERIOD', messages })
      mineTo(1_010, [a, b, c])
      await hub.told('new_proposal', 5n)
      if (status === undefined) a.drop(5)
      else a.put(5, { status, messages })
      mineTo(1_020, [a, b, c])
      await settled(hub)
      pass([a, b, c])
      mineTo(1_040, [a, b, c])
      await hub.told('upgrade_scheduled', 5n)
      mineTo(1_050, [a, b, c])
      await hub.told('upgrade_triggered', 5n)
      expect(place.file()).toEqual(file)
    },
  )

  it('is given up once its proposer has withdrawn the proposal', async ({ a, b, c, place }) => {
    await using hub = watch({ chains: [configOf(place.home, [a, b, c], 2)] })
    await hub.settle()
    for (const server of [a, b, c])
      server.put(5, { status: 'VOTING_PERIOD', messages: [upgradeMessage('v18', 1_050, good)] })
    mineTo(1_010, [a, b, c])
    await hub.told('new_proposal', 5n)
    for (const server of [a, b]) server.drop(5)
    mineTo(1_020, [a, b, c])
    expect((await hub.told('proposal_canceled', 5n)).priority).toBe('medium')
  })
})

describe('the end of a vote on an upgrade that one of two Cosmos servers reports while the other is down', () => {
  const messages = [upgradeMessage('v18', 1_050, good)]

  it.for([
    ['REJECTED', 'proposal_rejected', 'rejected'],
    ['FAILED', 'proposal_failed', 'failed'],
    [undefined, 'proposal_canceled', 'canceled'],
  ] as const)(
    'delays only its own proposal, is explained, and is reported once the other confirms it: %s',
    async ([status, event, word], { a, b, place }) => {
      const config = { state: place.state, chains: [configOf(place.home, [a, b], 2)] }
      const first = watch(config)
      await first.settle()
      for (const server of [a, b]) server.put(5, { status: 'VOTING_PERIOD', messages })
      mineTo(1_010, [a, b])
      await first.told('new_proposal', 5n)
      b.behave({ fail: () => ({ status: 503, body: '' }) })
      if (status === undefined) a.drop(5)
      else a.put(5, { status, messages })
      a.put(6, { status: 'PASSED', messages: [upgradeMessage('v19', 1_900)] })
      a.schedule({ name: 'v19', height: '1900', info: '' })
      mineTo(1_020, [a])
      await first.told('upgrade_scheduled', 6n)
      expect((await first.proposal(5n)).status).toBe('voting')
      expect((await first.upgrade(5n)).reasons).toStrictEqual([
        `A node reports that proposal 5 is ${word}, and fewer than 2 nodes confirm it.`,
      ])
      await first.stop()

      await using second = watch(config)
      mineTo(1_030, [a])
      await settled(second)
      expect(second.events(5n)).toStrictEqual([])
      if (status === undefined) b.drop(5)
      else b.put(5, { status, messages })
      b.behave({})
      mineTo(1_040, [a, b])
      await second.told(event, 5n)
      expect((await second.proposal(5n)).finding?.unsure).toBeUndefined()
    },
  )

  it.for([
    ['passes', 1_070],
    ['is long past', 2_300],
  ] as const)(
    'is reported even if the height of a cancelled plan %s before the other server is back',
    async ([_how, last], { a, b, place }) => {
      await using hub = watch({ chains: [configOf(place.home, [a, b], 2)] })
      await hub.settle()
      pass([a, b])
      mineTo(1_010, [a, b])
      await hub.told('upgrade_scheduled', 5n)
      b.behave({ fail: () => ({ status: 503, body: '' }) })
      a.schedule(null)
      mineTo(1_040, [a])
      await settled(hub)
      mineTo(1_060, [a])
      await settled(hub)
      mineTo(last, [a])
      await settled(hub)
      expect(hub.events()).not.toContain('source_down')
      expect(hub.events(5n)).not.toContain('upgrade_cancelled')
      b.schedule(null)
      b.behave({})
      mineTo(last + 10, [a, b])
      await hub.told('upgrade_cancelled', 5n)
      expect(place.file()).toBeUndefined()
    },
  )
})
