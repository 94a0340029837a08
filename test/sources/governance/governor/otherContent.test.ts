import { encodeAbiParameters, encodeFunctionData, parseAbi, parseAbiParameters, stringToHex } from 'viem'
import { describe, expect } from 'vitest'
import { deploy } from '../../../../src/localChain/deploy.js'
import { transact } from '../../../../src/localChain/transact.js'
import { follow, readerOf } from './follow.js'
import { onOwnChain as it } from '../../../support/fixtures.js'
import { spoilLogs } from './spoilLogs.js'

const { signal } = new AbortController()
const swapText = (from: string, to: string) =>
  spoilLogs((log) => ({
    ...log,
    data: String(log['data']).replaceAll(stringToHex(from).slice(2), stringToHex(to).slice(2)),
  }))

describe('a node whose logs report other content than the contract holds', () => {
  it('is not read but the next one is, because the id is the hash of the content', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    const id = await actor.propose({ description: 'Get it from https://good.example' })
    proxy.behave({ rewrite: swapText('good', 'evil') })

    const alone = follow({ urls: [proxy.url], addresses: [governor] })
    await expect(alone.poll()).rejects.toMatchObject({ kind: 'transient' })
    await expect(alone.poll()).rejects.toThrow(
      new RegExp(`reports proposal ${id} of ${governor} with another content than its contract`),
    )
    expect(alone.proposals.size).toBe(0)

    const two = follow({ urls: [proxy.url, chain.url], addresses: [governor] })
    await two.poll()
    expect(two.proposal(id)?.title).toBe('Get it from https://good.example')
    await expect(
      readerOf({ urls: [proxy.url], addresses: [governor] }).readProposal(
        governor,
        id.toString(),
        signal,
        two.proposal(id)?.origin?.block,
      ),
    ).rejects.toThrow(/content/)
  })

  it('is detected by the calldata, too, and with every version of OpenZeppelin', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy({ version: '4-bravo' })
    await actor.propose({ description: 'Pay', calldatas: ['0xaaaaaaaa11'] })
    await follow({ urls: [proxy.url], addresses: [governor] }).poll()
    proxy.behave({
      rewrite: spoilLogs((log) => ({ ...log, data: String(log['data']).replace('aaaaaaaa11', 'aaaaaaaa12') })),
    })
    await expect(follow({ urls: [proxy.url], addresses: [governor] }).poll()).rejects.toThrow(/content/)
  })

  it('is not suspected for bytes that are not UTF-8, because the raw bytes are hashed', async ({ chain, proxy }) => {
    const { governor, voters } = await chain.deploy()
    // The text is broken after encoding, because no library encodes such a string.
    const data = encodeFunctionData({
      abi: parseAbi(['function propose(address[], uint256[], bytes[], string)']),
      args: [[governor], [0n], ['0x'], 'Broken ****'],
    }).replace(stringToHex('****').slice(2), 'ff00fe80')
    await transact(chain.client, { from: voters[0]!, to: governor, data: `0x${data.slice(2)}` })
    const { poll, proposals } = follow({ urls: [proxy.url], addresses: [governor] })
    await poll()
    expect([...proposals.values()].map(({ title }) => title)).toStrictEqual([expect.stringContaining('Broken')])
  })

  it('is detected by the contract if proposals have sequential ids', async ({ chain, proxy }) => {
    const { token, voters } = await chain.deploy()
    const [from] = voters
    const governor = await deploy(
      chain.client,
      from!,
      'SequentialGovernor',
      encodeAbiParameters(parseAbiParameters('address, uint256, uint256, uint256'), [token, 1n, 10n, 300n]),
    )
    const data = encodeFunctionData({
      abi: parseAbi(['function propose(address[], uint256[], bytes[], string)']),
      args: [[governor], [0n], ['0x'], 'By good people'],
    })
    await transact(chain.client, { from: from!, to: governor, data })

    const honest = follow({ urls: [proxy.url], addresses: [governor] })
    await honest.poll()
    expect(honest.proposal(1n)).toMatchObject({ title: 'By good people' })
    proxy.behave({ rewrite: swapText('good', 'evil') })
    const { poll, proposals } = follow({ urls: [proxy.url], addresses: [governor] })
    await expect(poll()).rejects.toThrow(/content/)
    expect(proposals.size).toBe(0)
  })

  it('is detected by the calls that Compound stores', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy({ version: 'bravo' })
    const id = await actor.propose({ description: 'Schedule', calldatas: ['0xaaaaaaaa11'] })
    const honest = follow({ urls: [proxy.url], addresses: [governor] })
    await honest.poll()
    expect(honest.proposal(id)).toMatchObject({ title: 'Schedule' })

    proxy.behave({
      rewrite: spoilLogs((log) => ({ ...log, data: String(log['data']).replace('aaaaaaaa11', 'bbbbbbbb11') })),
    })
    await expect(follow({ urls: [proxy.url], addresses: [governor] }).poll()).rejects.toThrow(/content/)
  })
})
