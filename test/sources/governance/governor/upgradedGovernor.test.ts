import { type Address, encodeAbiParameters, encodeFunctionData, numberToHex, parseAbi, parseAbiParameters } from 'viem'
import { describe, expect } from 'vitest'
import { defined } from '../../../../src/domain/defined.js'
import { deploy } from '../../../../src/localChain/deploy.js'
import { transact } from '../../../../src/localChain/transact.js'
import type { Chain } from '../../../support/chain.js'
import { follow } from './follow.js'
import { onOwnChain as it } from '../../../support/fixtures.js'
import { fieldsSchema } from './spoilLogs.js'

interface Upgradable {
  readonly address: Address
  /** The account that it takes transactions from. */
  readonly from: Address
  /** The governor with a timestamp clock that it can be upgraded to. */
  readonly timed: Address
}

describe('a governor that is upgraded behind its proxy', () => {
  const proxyAbi = parseAbi(['function upgradeTo(address)', 'function propose(address[], uint256[], bytes[], string)'])
  const upgradable = async (chain: Chain, votingPeriod?: number): Promise<Upgradable> => {
    const [byBlock, byTime] = [
      await chain.deploy(defined({ votingPeriod })),
      await chain.deploy({ clock: 'timestamp' }),
    ]
    const from = byBlock.voters[0]!
    return {
      address: await deploy(
        chain.client,
        from,
        'UpgradableProxy',
        encodeAbiParameters(parseAbiParameters('address'), [byBlock.governor]),
      ),
      from,
      timed: byTime.governor,
    }
  }
  const upgradeTo = (chain: Chain, { address, from, timed }: Upgradable) =>
    transact(chain.client, {
      from,
      to: address,
      data: encodeFunctionData({ abi: proxyAbi, functionName: 'upgradeTo', args: [timed] }),
    })
  const propose = (chain: Chain, { address, from }: Upgradable, text: string) =>
    transact(chain.client, {
      from,
      to: address,
      data: encodeFunctionData({ abi: proxyAbi, functionName: 'propose', args: [[address], [0n], ['0x'], text] }),
    })

  it('is read by its new rules from the next poll on if the proxy logs the upgrade', async ({ chain, proxy }) => {
    const governor = await upgradable(chain)
    const { poll, proposals } = follow({ urls: [proxy.url], addresses: [governor.address] })
    await poll()
    await upgradeTo(chain, governor)
    await poll()
    await propose(chain, governor, 'By time')
    await poll()
    expect([...proposals.values()]).toMatchObject([{ clock: 'timestamp' }])
  })

  it('is read to the end by its rules of the start, within the same requests', async ({ chain, proxy }) => {
    const governor = await upgradable(chain, 500)
    const { poll, proposals } = follow({ urls: [proxy.url], addresses: [governor.address], maxLogRange: 10 })
    await propose(chain, governor, 'By block')
    await poll()
    const requestsOf = async (): Promise<number> => {
      await chain.client.mine({ blocks: 25 })
      proxy.reset()
      await poll()
      return proxy.requests.length
    }
    await requestsOf()
    const calm = await requestsOf()
    await upgradeTo(chain, governor)

    expect(await requestsOf()).toBe(calm)
    expect([...proposals.values()]).toMatchObject([{ clock: 'block', title: 'By block' }])
  })

  it('is read by its new rules even if an absurd head came when the old ones were read', async ({ chain, proxy }) => {
    const governor = await upgradable(chain)
    const { poll, proposals } = follow({ urls: [proxy.url], addresses: [governor.address] })
    proxy.behave({
      rewrite: (call, answer) =>
        call.method === 'eth_getBlockByNumber' && call.params?.[0] === 'latest'
          ? { result: { ...fieldsSchema.parse(answer['result']), number: numberToHex(2n ** 40n) } }
          : answer,
    })
    await poll().catch(() => undefined)
    proxy.behave({})
    await poll()
    await upgradeTo(chain, governor)
    await poll()
    await propose(chain, governor, 'By time')
    await poll()
    expect([...proposals.values()]).toMatchObject([{ clock: 'timestamp' }])
  })

  it('is checked again after an hour without a log, within the same requests', async ({ chain, proxy }) => {
    const governor = await upgradable(chain)
    const { address, timed } = governor
    let now = Date.now()
    const { poll, proposals } = follow({ urls: [proxy.url], addresses: [address], now: () => now })
    await poll()
    const slot = '0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc'
    await chain.client.setStorageAt({ address, index: slot, value: `0x${timed.slice(2).padStart(64, '0')}` })
    await propose(chain, governor, 'Nobody told')
    now += 3_600_000
    proxy.reset()
    await poll()
    expect([...proposals.values()]).toMatchObject([{ clock: 'timestamp' }])
    expect(proxy.requests.length).toBeLessThanOrEqual(3)
  })
})
