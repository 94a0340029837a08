import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { chainOf, watch } from '../../../monitor/watching.js'
import { startWemixChain } from './wemixChain.js'
import { onWemix as it } from './onWemix.js'

/** The ballots of this registry, whose plans are written into this home. */
const wemixAt = (url: string, registry: string, { home }: { readonly home: string }) =>
  chainOf(url, registry, { governance: { system: 'wemix', address: registry }, upgradeInfo: { home } })

describe('a monitor of a WEMIX chain', () => {
  it('announces a ballot step by step, also across a restart, and writes its plan at the height', async ({
    chain,
    place,
  }) => {
    const { registry, signal, vote, editMemo } = await chain.wemix()
    const config = {
      state: place.state,
      chains: [wemixAt(chain.url, registry, place)],
    }
    const height = Number(await chain.client.getBlockNumber()) + 30
    const first = watch(config)
    await first.settle()
    const id = await signal('software-upgrade', JSON.stringify({ name: 'v2', height, info: { by: 'ballot' } }))
    await first.told('new_proposal', id)
    await vote(id, true, 0)
    await first.told('voting_started', id)
    await editMemo(id, 'On second thoughts')
    await first.settle()
    expect(first.changes.filter(({ type }) => type === 'voteCast')).toHaveLength(1)
    await first.stop()

    await using second = watch(config)
    await second.settle()
    expect(await second.proposal(id)).toMatchObject({ type: 'upgrade', status: 'voting' })
    await vote(id, true, 1)
    await second.told('upgrade_scheduled', id)
    expect(second.events(id)).toStrictEqual([
      'voting_ended',
      'proposal_passed',
      'proposal_executed',
      'upgrade_scheduled',
    ])
    expect(place.file()).toBeUndefined()
    await chain.mineTo(height)
    await second.told('upgrade_triggered', id)
    expect(place.file()).toStrictEqual({ name: 'v2', height, info: { by: 'ballot' } })
  })

  it('acts on the memo as it was when the ballot was decided, and not before', async ({ chain, place }) => {
    const { registry, changeEnv, vote, editMemo } = await chain.wemix()
    await using watching = watch({
      chains: [wemixAt(chain.url, registry, place)],
    })
    await watching.settle()
    const height = Number(await chain.client.getBlockNumber()) + 30
    const plan = (name: string): string => JSON.stringify({ name, height })
    const id = await changeEnv('blocksPer', [1n], { memo: plan('v2') })
    await vote(id, true, 0)
    await watching.told('voting_started', id)
    await editMemo(id, plan('v3'))
    await watching.settle()
    expect(watching.changes.filter(({ type }) => type === 'planEdited')).toHaveLength(1)
    expect(watching.events(id)).not.toContain('upgrade_scheduled')
    await editMemo(id, plan('v4'))
    await vote(id, true, 1)
    expect(await watching.upgrade(id, ({ status }) => status === 'scheduled')).toMatchObject({
      name: 'v4',
      height,
      origin: 'memo',
    })
  })

  it('refuses with a notification a plan whose height was passed before the first poll', async ({ chain, place }) => {
    const { registry, signal, vote } = await chain.wemix()
    const height = Number(await chain.client.getBlockNumber()) + 20
    const id = await signal('software-upgrade', JSON.stringify({ name: 'v2', height }))
    for (const by of [0, 1]) await vote(id, true, by)
    await chain.mineTo(height + 1)
    await using watching = watch({
      chains: [wemixAt(chain.url, registry, place)],
    })
    const { message } = await watching.told('upgrade_refused', id)
    expect(message).toMatch(/Height already passed: .* before the first look/)
    expect(place.file()).toBeUndefined()
  })

  it('reports that there is no registry', async ({ chain }) => {
    await using watching = watch({ chains: [chainOf(chain.url, '', { governance: { system: 'wemix' } })] })
    await expect(watching.monitor.sync()).resolves.toMatchObject([
      { ok: false, failure: { kind: 'permanent', message: expectedMessage } },
    ])
  })

  it('finds the registry by itself if there is one', async ({ place }) => {
    const genesis = join(place.home, 'genesis.json')
    writeFileSync(
      genesis,
      JSON.stringify({
        config: { chainId: 1111 },
        coinbase: founder,
        difficulty: '0x0',
        gasLimit: '0x1c9c380',
        timestamp: '0x65000000',
        alloc: { [founder]: { balance: '0xffffffffffffffffffff' } },
      }),
    )
    const mainnet = await startWemixChain('--init', genesis, '--chain-id', '1111')
    await mainnet.client.impersonateAccount({ address: founder })
    const { registry, changeEnv } = await mainnet.wemix({ deployer: founder })
    const id = await changeEnv('blocksPer', [2n])
    await using watching = watch({
      chains: [chainOf(mainnet.url, '', { governance: { system: 'wemix' }, rpc: { chainId: 1111 } })],
    })
    await watching.settle()
    expect(registry).toBe('0x2e051A657014024f3e6099fBF3931F8Dc14Ef0F8')
    expect(await watching.proposal(id)).toMatchObject({ title: 'Change blocksPer to 2' })
    await watching.stop()
    await mainnet.stop()
  })
})

// The miner of block 0 of the WEMIX3.0 mainnet, so that the registry has the same address as there.
const founder = '0x5eFf08C64992ea745c532EA776C1B61F3aF0c2d3'
const expectedMessage =
  'No WEMIX registry was found on local: none of the first 10 contracts of the miner of block 0 answers magic(). Set governance.address to the registry.'

describe('a rejected ballot on an upgrade, where two nodes must agree and one is down', () => {
  it('delays only its own proposal, also across a restart, until the node is back', async ({ chain, proxy, place }) => {
    const { registry, signal, vote } = await chain.wemix()
    const config = {
      state: place.state,
      chains: [
        chainOf([chain.url, proxy.url], registry, {
          rpc: { agreement: 2 },
          governance: { system: 'wemix' as const, address: registry },
          upgradeInfo: { home: place.home },
        }),
      ],
    }
    const first = watch(config)
    await first.settle()
    const lost = await signal('software-upgrade', JSON.stringify({ name: 'v2', height: 900_000 }))
    await first.told('new_proposal', lost)
    proxy.behave({ fail: { status: 503 } })
    for (const voter of [0, 1]) await vote(lost, false, voter)
    const won = await signal('software-upgrade', JSON.stringify({ name: 'v3', height: 900_010 }))
    for (const voter of [0, 1]) await vote(won, true, voter)
    await first.told('upgrade_scheduled', won)
    expect((await first.upgrade(lost)).reasons.join()).toContain('is rejected, and fewer than 2 nodes confirm it')
    expect(first.events()).not.toContain('source_down')
    await first.stop()

    await using second = watch(config)
    await chain.mine()
    await second.settle()
    expect(second.events(lost)).toStrictEqual([])
    proxy.behave({})
    await chain.mine()
    await second.told('proposal_rejected', lost)
  })
})

describe('a reorg that undoes the end of a ballot on an upgrade, where two nodes must agree and one is down', () => {
  it('cancels the upgrade once the node is back', async ({ chain, proxy, place }) => {
    const { registry, signal, vote } = await chain.wemix()
    await using watching = watch({
      chains: [
        chainOf([chain.url, proxy.url], registry, {
          rpc: { agreement: 2 },
          governance: { system: 'wemix' as const, address: registry },
          upgradeInfo: { home: place.home },
        }),
      ],
    })
    await watching.settle()
    const id = await signal('software-upgrade', JSON.stringify({ name: 'v2', height: 900_000 }))
    await vote(id, true, 0)
    await watching.told('voting_started', id)
    await vote(id, true, 1)
    await watching.told('upgrade_scheduled', id)
    proxy.behave({ fail: { status: 503 } })
    await chain.reorg(1)
    await chain.mine()
    await watching.settle()
    expect((await watching.upgrade(id)).status).toBe('scheduled')
    proxy.behave({})
    await chain.mine()
    await watching.told('upgrade_cancelled', id)
    expect((await watching.proposal(id)).status).toBe('voting')
  })
})
