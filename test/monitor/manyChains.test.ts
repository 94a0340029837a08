import { defer, filter, from, merge } from 'rxjs'
import { describe, expect } from 'vitest'
import type { ConfigInput } from '../../src/config/schema.js'
import type { Notification, NotificationEvent } from '../../src/domain/notifications/notification.js'
import { upgradeMessage } from '../support/servers/cosmos/messages.js'
import { type CosmosServer, startCosmosServer } from '../support/servers/cosmosServer.js'
import { startWemixvisorServer, type WemixvisorServer } from '../support/servers/wemixvisorServer.js'
import { deployGovBase, type GovBase } from '../sources/governance/govBase/govBaseChain.js'
import { startWemixChain, type WemixChain } from '../sources/governance/wemix/wemixChain.js'
import { upgrade, wire } from '../sources/governance/wemixvisorRpc/following.js'
import { type People, upgradeDraft } from './upgradeStory.js'
import type { Chain } from '../support/chain.js'
import { aPlace, onSharedChain, untilDone } from '../support/fixtures.js'
import { chainOf, soon, watch, type Watching } from './watching.js'

/** A chain, or a server, of every system; and servers that fail in various ways. */
const it = onSharedChain
  .extend('wbft', { scope: 'file' }, ({ chain }) => deployGovBase(chain, 'GovBaseValidator'))
  .extend('london', { scope: 'file' }, ({}, cleaning) => untilDone(startWemixChain(), cleaning))
  .extend('ballots', { scope: 'file' }, ({ london }) => london.wemix())
  .extend('hub', { scope: 'file' }, ({}, cleaning) => untilDone(startCosmosServer(), cleaning))
  .extend('visor', { scope: 'file' }, ({}, cleaning) => untilDone(startWemixvisorServer(), cleaning))
  .extend('hanging', async ({}, cleaning) => {
    const server = await untilDone(startWemixvisorServer(), cleaning)
    server.behave({ hang: true })
    return server
  })
  .extend('lying', async ({}, cleaning) => {
    const server = await untilDone(startWemixvisorServer(), cleaning)
    server.behave({ status: { node_info: { network: 'elsewhere-1' } } })
    server.put(wire('99', 'voting'))
    return server
  })
  .extend('second', ({}, cleaning) => untilDone(startWemixvisorServer(), cleaning))
  .extend('visorPlace', aPlace)

type ChainInput = ConfigInput['chains'][number]
const chainAt = (
  name: string,
  url: string,
  governance: ChainInput['governance'],
  rest: NonNullable<Parameters<typeof chainOf>[2]> = {},
): ChainInput => ({ ...chainOf(url, '0x', rest), name, governance })

/** A notification of one chain, also if it was sent before. */
function told({ monitor, notifications }: Watching, chain: string, event: NotificationEvent): Promise<Notification> {
  const given$ = defer(() => merge(monitor.notifications$, from([...notifications()])))
  return soon(
    given$.pipe(filter((notification) => notification.chain === chain && notification.event === event)),
    `${event} of ${chain}`,
  )
}

function up({ monitor }: Watching, ...chains: readonly string[]): Promise<unknown> {
  return Promise.all(
    chains.map((chain) =>
      soon(
        monitor.health$.pipe(filter((health) => health.chain === chain && health.state === 'up')),
        `${chain} being up`,
      ),
    ),
  )
}

const sound: readonly string[] = ['evm', 'wbft', 'ballots', 'visor', 'hub']

interface Systems {
  readonly chain: Chain
  readonly wbft: GovBase
  readonly london: WemixChain
  readonly ballots: Awaited<ReturnType<WemixChain['wemix']>>
  readonly hub: CosmosServer
  readonly visor: WemixvisorServer
}

/** A healthy chain of every system. */
function soundChains(
  { chain, wbft, london, ballots, hub, visor }: Systems,
  { governor, home, visorHome }: Readonly<Record<'governor' | 'home' | 'visorHome', string>>,
): readonly ChainInput[] {
  return [
    { ...chainOf(chain.url, governor, { upgradeInfo: { home } }), name: 'evm' },
    chainAt('wbft', chain.url, { system: 'gov-base', address: wbft.address }),
    chainAt('ballots', london.url, { system: 'wemix', address: ballots.registry }),
    chainAt('visor', visor.url, { system: 'wemixvisor-rpc' }, { upgradeInfo: { home: visorHome } }),
    chainAt('hub', hub.url, { system: 'cosmos', rest: [hub.url] }),
  ]
}

/** A proposal on each of them; on `visor` it has passed already, for a near height. */
async function proposeOnEach({ wbft, ballots, visor, hub }: Systems, people: People): Promise<void> {
  await people.actor.propose(upgradeDraft(people, { name: 'v2', height: 900_000 }))
  await wbft.propose(0, 'proposeGasTip', 5n)
  await ballots.addMember(ballots.people[5]!)
  visor.put(upgrade('71', 'passed', { name: 'visor-v2', height: visor.height() + 3 }))
  hub.put(72, { messages: [upgradeMessage('hub-v2', 5_000)] })
  hub.mine(1)
}

describe('chains of every system in one process', () => {
  it('go on while one of them hangs, one is down and one reports a wrong chain id', async ({
    chain,
    wbft,
    london,
    ballots,
    hub,
    visor,
    hanging,
    lying,
    place,
    visorPlace,
  }) => {
    const systems = { chain, wbft, london, ballots, hub, visor }
    const people = await chain.deploy()
    await using watching = watch({
      // The broken ones come first: nothing may wait for them.
      chains: [
        chainAt('hanging', hanging.url, { system: 'wemixvisor-rpc' }, { rpc: { timeout: '10m' } }),
        chainAt('dead', 'http://127.0.0.1:9', { system: 'wemix' }),
        chainAt('lying', lying.url, { system: 'wemixvisor-rpc' }, { rpc: { chainId: 'here-1' } }),
        ...soundChains(systems, { governor: people.governor, home: place.home, visorHome: visorPlace.home }),
      ],
    })
    await up(watching, ...sound)

    await proposeOnEach(systems, people)
    for (const name of sound) await told(watching, name, 'new_proposal')
    await told(watching, 'visor', 'upgrade_scheduled')
    visor.mine(3)
    await told(watching, 'visor', 'upgrade_triggered')

    expect(visorPlace.file()).toStrictEqual({ name: 'visor-v2', height: visor.height() })
    expect(place.file()).toBeUndefined()
    expect((await told(watching, 'dead', 'source_down')).title).toBe('dead cannot be read')
    expect((await told(watching, 'lying', 'source_down')).message).toContain('is on chain elsewhere-1, expected here-1')
    // Its first request still waits, within its timeout: nothing was reported about it yet.
    expect(hanging.requests).toHaveLength(1)
    const trouble = watching.notifications().filter((one) => !sound.includes(one.chain))
    expect(trouble.map((one) => one.chain).sort()).toStrictEqual(['dead', 'lying'])
  })

  it('keep their states apart: the same id on two chains is two proposals', async ({ visor, second }) => {
    await using watching = watch({
      chains: [
        chainAt('one', visor.url, { system: 'wemixvisor-rpc' }),
        chainAt('two', second.url, { system: 'wemixvisor-rpc' }),
      ],
    })
    await up(watching, 'one', 'two')
    visor.put(wire('72', 'voting'))
    second.put(wire('72', 'submitted'))
    await told(watching, 'one', 'new_proposal')
    await told(watching, 'two', 'new_proposal')
    visor.put(wire('72', 'rejected'))
    await told(watching, 'one', 'proposal_rejected')
    await watching.settle()

    expect(
      watching
        .notifications(72n)
        .filter(({ chain }) => chain === 'two')
        .map(({ event }) => event),
    ).toStrictEqual(['new_proposal'])
  })
})
