import { describe, expect } from 'vitest'
import { filter } from 'rxjs'
import type { Upgrade } from '../../../../src/domain/upgrades/upgrade.js'
import { upgradeView } from '../../../../src/views/upgradeView.js'
import { onOwnChain as it } from '../../../support/fixtures.js'
import { chainOf, soon, type Watching, watch } from '../../../monitor/watching.js'
import { deployEntrypoint, type Entrypoint } from './entrypointChain.js'

const governedBy = ({ address }: Pick<Entrypoint, 'address'>) => ({
  governance: { system: 'upgrade-entrypoint' as const, address },
})

function upgradeNamed({ monitor }: Watching, name: string, status: Upgrade['status']): Promise<Upgrade> {
  const find = (all: readonly Upgrade[]) => all.find((one) => one.name === name && one.status === status)
  return soon(
    monitor.upgrades$.pipe(filter(({ upgrades }) => find(upgrades) !== undefined)),
    `${name} that is ${status}`,
  ).then(({ upgrades }) => find(upgrades)!)
}

describe('an announced upgrade', () => {
  it('is scheduled, reminded of and written at its height, without any proposal', async ({ chain, place }) => {
    const contract = await deployEntrypoint(chain)
    await using watching = watch({
      notifier: { handlers: [], voters: ['0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'], reminders: ['24h'] },
      chains: [
        chainOf(chain.url, '', {
          ...governedBy(contract),
          scheduler: { scheduleOn: 'executed', reminders: ['10 blocks'] },
          upgradeInfo: { home: place.home },
        }),
      ],
    })
    await watching.settle()
    const height = await chain.heightIn(20)
    const block = await contract.announce('horace', height, '{"binaries":{}}')
    const { title, message, data } = await watching.told('upgrade_scheduled')
    expect(title).toBe(`Upgrade horace scheduled for height ${height}`)
    expect(message).toContain('its contract announces it;')
    expect(message).toContain(`Announced by the contract ${contract.address}: no vote decided it.`)
    expect(data).toMatchObject({ proposalId: null, kind: 'governance', origin: 'event', contract: contract.address })
    const upgrade = await upgradeNamed(watching, 'horace', 'scheduled')
    expect(upgradeView(upgrade, undefined)).toMatchObject({
      key: `local/${contract.address}/announced-${block}`,
      proposalId: null,
      kind: 'governance',
      origin: 'event',
      info: '{"binaries":{}}',
    })

    await chain.mineTo(height - 5)
    await watching.told('upgrade_imminent')
    expect(place.file()).toBeUndefined()
    await chain.mineTo(height)
    await watching.told('upgrade_triggered')
    expect(place.file()).toMatchObject({ name: 'horace', height })
    await chain.mineTo(height + 3)
    await watching.told('upgrade_completed')

    expect(watching.events().filter((event) => !event.startsWith('upgrade_'))).toStrictEqual([])
    expect(watching.monitor.find()).toStrictEqual([])
    expect(watching.monitor.snapshot()).toMatchObject({ proposals: new Map(), counts: { byStatus: {}, byType: {} } })
  })

  it('is moved by a later announcement and cancelled by the contract, and nothing is written', async ({
    chain,
    place,
  }) => {
    const contract = await deployEntrypoint(chain)
    await using watching = watch({
      chains: [chainOf(chain.url, '', { ...governedBy(contract), upgradeInfo: { home: place.home } })],
    })
    await watching.settle()
    const height = await chain.heightIn(30)
    await contract.announce('v2', height)
    await watching.told('upgrade_scheduled')
    await contract.announce('v3', height + 5)
    const { message } = await watching.told('upgrade_rescheduled')
    expect(message).toContain(`the contract now plans v3 at height ${height + 5}; it planned v2 at ${height} before.`)
    await contract.cancel()
    const off = await watching.told('upgrade_cancelled')
    expect(off.message).toContain('The contract that announced it has cancelled it.')

    await chain.mineTo(height + 10)
    await watching.settle()
    expect(place.file()).toBeUndefined()
    expect(watching.events()).toStrictEqual(['upgrade_scheduled', 'upgrade_rescheduled', 'upgrade_cancelled'])
  })

  it('for a height below its own block is refused, and no file is written, because the chain refuses it', async ({
    chain,
    place,
  }) => {
    const contract = await deployEntrypoint(chain)
    await using watching = watch({
      chains: [chainOf(chain.url, '', { ...governedBy(contract), upgradeInfo: { home: place.home } })],
    })
    await chain.client.mine({ blocks: 5 })
    await watching.settle()
    const block = await contract.announce('v2', 5)
    const { message } = await watching.told('upgrade_refused')
    expect(message).toContain(`The plan's height 5 is below block ${block}, in which it was announced`)
    await watching.settle()
    expect(place.file()).toBeUndefined()
  })

  it('that a reorg removes is cancelled before it is written', async ({ chain, place }) => {
    const contract = await deployEntrypoint(chain)
    await using watching = watch({
      chains: [chainOf(chain.url, '', { ...governedBy(contract), upgradeInfo: { home: place.home } })],
    })
    await watching.settle()
    const height = await chain.heightIn(20)
    await contract.announce('v2', height)
    await watching.told('upgrade_scheduled')
    await chain.reorg(1)
    const { message } = await watching.told('upgrade_cancelled')
    expect(message).toContain('A reorg removed the announcement from the chain.')

    await chain.mineTo(height + 2)
    await watching.settle()
    expect(place.file()).toBeUndefined()
  })

  it('that is over at the start is past and not announced, and a pending one is announced once', async ({ chain }) => {
    const contract = await deployEntrypoint(chain)
    const height = await chain.heightIn(5)
    await contract.announce('v1', height)
    await chain.mineTo(height)
    await chain.client.increaseTime({ seconds: 7_200 })
    await chain.client.mine({ blocks: 10 })
    await contract.announce('v2', height + 1_000)
    await using watching = watch({ chains: [chainOf(chain.url, '', governedBy(contract))] })
    await watching.told('upgrade_scheduled')
    await watching.settle()

    expect(await upgradeNamed(watching, 'v1', 'past')).toMatchObject({ height })
    expect(watching.events()).toStrictEqual(['upgrade_scheduled'])
  })

  it('is not written before its block is final', async ({ chain, place }) => {
    const contract = await deployEntrypoint(chain)
    await using watching = watch({
      chains: [
        chainOf(chain.url, '', {
          ...governedBy(contract),
          monitor: { finality: 5 },
          upgradeInfo: { home: place.home, when: 'on-schedule' },
        }),
      ],
    })
    await watching.settle()
    await contract.announce('v2', await chain.heightIn(50))
    await watching.settle()
    expect(watching.events()).toStrictEqual([])
    expect(place.file()).toBeUndefined()

    await chain.client.mine({ blocks: 5 })
    await watching.told('upgrade_scheduled')
    await upgradeNamed(watching, 'v2', 'scheduled')
  })

  it('is written as most nodes report it, though another node changes its download', async ({
    chain,
    proxies,
    place,
  }) => {
    const contract = await deployEntrypoint(chain)
    const [liar, ...honest] = proxies
    const height = await chain.heightIn(12)
    const text = (words: string) => Buffer.from(words).toString('hex')
    await using watching = watch({
      chains: [
        chainOf(
          [liar, ...honest].map(({ url }) => url),
          '',
          { ...governedBy(contract), rpc: { agreement: 2 }, upgradeInfo: { home: place.home } },
        ),
      ],
    })
    await watching.settle()
    liar.behave({
      rewrite: (call, answer) =>
        call.method === 'eth_getLogs'
          ? { result: JSON.parse(JSON.stringify(answer['result']).replaceAll(text('good'), text('evil'))) }
          : answer,
    })
    await contract.announce('v2', height, 'https://good.example/info')
    await watching.told('upgrade_scheduled')
    await chain.mineTo(height)
    await watching.told('upgrade_triggered')

    expect(JSON.stringify(place.file())).toContain('good.example')
    expect(JSON.stringify(watching.notifications())).not.toContain('evil.example')
  })
})
