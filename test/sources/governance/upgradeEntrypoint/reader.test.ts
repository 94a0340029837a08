import { describe, expect } from 'vitest'
import { toEventSelector } from 'viem'
import type { RpcCall } from '../../../support/servers/countingProxy.js'
import { onSharedChain as it } from '../../../support/fixtures.js'
import { followReader } from '../../../support/followReader.js'
import { readsLocal } from '../evm/readerGiven.js'
import { deployEntrypoint, followEntrypoint, readerOf } from './entrypointChain.js'

const info = '{"binaries":{"linux/amd64":"https://example.org/story?checksum=sha256:00"}}'
const signal = new AbortController().signal
const cancelled = toEventSelector('CancelUpgrade()')
/** The logs of a node that lacks those of cancellations. */
const withoutCancellation = (_call: RpcCall, answer: Readonly<Record<string, unknown>>) =>
  Array.isArray(answer['result'])
    ? { result: answer['result'].filter((log) => !JSON.stringify(log).includes(cancelled)) }
    : answer

describe('an announcement', () => {
  it('is a passed plan, for both events', async ({ chain, proxy }) => {
    const story = await deployEntrypoint(chain)
    const omni = await deployEntrypoint(chain)
    const { poll, proposals } = followEntrypoint(proxy.url, story, omni)
    await poll()
    const first = await story.announce('horace', 14_017_000, info)
    const second = await omni.planUpgrade('4_earhart', 2_000_000)
    await story.unrelated('nothing', 9_000_000)
    await poll()

    expect([...proposals.values()]).toMatchObject([
      {
        contract: story.address,
        id: `announced-${first}`,
        announced: true,
        status: 'passed',
        derived: false,
        title: 'Upgrade horace',
        type: 'upgrade',
        finding: { origin: 'event', plan: { name: 'horace', height: 14_017_000, info }, problems: [] },
        origin: { block: first },
      },
      {
        contract: omni.address,
        id: `announced-${second}`,
        finding: { plan: { name: '4_earhart', height: 2_000_000 } },
      },
    ])
  })

  it('replaces the pending one under its id, and CancelUpgrade cancels it', async ({ chain, proxy }) => {
    const contract = await deployEntrypoint(chain)
    const { poll, proposals } = followEntrypoint(proxy.url, contract)
    const block = await contract.announce('v2', 1_000_000)
    await poll()
    await contract.announce('v3', 1_000_500)
    await poll()
    expect([...proposals.values()]).toMatchObject([
      { id: `announced-${block}`, status: 'passed', finding: { plan: { name: 'v3', height: 1_000_500 } } },
    ])

    await contract.cancel()
    await poll()
    expect([...proposals.values()]).toMatchObject([{ id: `announced-${block}`, status: 'canceled' }])

    const again = await contract.announce('v3', 1_000_500)
    await poll()
    expect([...proposals.values()]).toMatchObject([
      { status: 'canceled' },
      { id: `announced-${again}`, status: 'passed' },
    ])
  })

  it('in the block that cancels another one has a separate id', async ({ chain, proxy }) => {
    const contract = await deployEntrypoint(chain)
    const { poll, proposals } = followEntrypoint(proxy.url, contract)
    await contract.announce('v2', 1_000_000)
    const block = await contract.replace('v3', 1_000_500)
    await poll()

    expect([...proposals.values()]).toMatchObject([
      { status: 'canceled', finding: { plan: { name: 'v2' } } },
      { id: `announced-${block}`, status: 'passed', finding: { plan: { name: 'v3' } } },
    ])
  })

  it('is executed at its height: a later one has a separate id, and a cancellation no longer affects it', async ({
    chain,
    proxy,
  }) => {
    const contract = await deployEntrypoint(chain)
    const { poll, proposals } = followEntrypoint(proxy.url, contract)
    const height = await chain.heightIn(4)
    await contract.announce('v2', height)
    await poll()
    await chain.mineTo(height)
    await poll()
    expect([...proposals.values()]).toMatchObject([{ status: 'executed', derived: true }])

    await contract.cancel()
    const next = await contract.announce('v3', 1_000_000)
    await poll()
    expect([...proposals.values()]).toMatchObject([
      { status: 'executed', finding: { plan: { name: 'v2', height } } },
      { id: `announced-${next}`, status: 'passed', finding: { plan: { name: 'v3' } } },
    ])
  })

  it('that the chain cannot apply, without a name or for a past height, changes no other', async ({ chain, proxy }) => {
    const contract = await deployEntrypoint(chain)
    const { poll, proposals } = followEntrypoint(proxy.url, contract)
    await contract.announce('v2', 1_000_000)
    await chain.client.mine({ blocks: 5 })
    await contract.announce('', 1_000_100)
    await contract.announce('v1', 2)
    await contract.announce('v1', -5)
    await contract.planUpgrade('v1', 2n ** 64n - 1n)
    await poll()

    const [kept, ...odd] = [...proposals.values()]
    expect(kept).toMatchObject({ status: 'passed', finding: { plan: { name: 'v2', height: 1_000_000 } } })
    expect(kept?.carriedOut).toBeUndefined()
    expect(odd).toMatchObject([
      { carriedOut: true, finding: { problems: ['The plan has no name.'] } },
      {
        carriedOut: true,
        finding: { plan: { height: 2 }, problems: [expect.stringMatching(/^The plan's height 2 is/)] },
      },
      { carriedOut: true, finding: { problems: ["The plan's height -5 is not above 0."] } },
      { carriedOut: true, finding: { problems: [expect.stringMatching(/height is above/)] } },
    ])

    await contract.announce('v3', 1_000_200)
    await poll()
    expect([...proposals.values()][0]).toMatchObject({ finding: { plan: { name: 'v3', height: 1_000_200 } } })
  })
})

describe('the reader', () => {
  it('continues after a restart with its cursor and the pending plan', async ({ chain, proxy }) => {
    const contract = await deployEntrypoint(chain)
    const first = followEntrypoint(proxy.url, contract)
    const block = await contract.announce('v2', 1_000_000)
    await first.poll()
    await contract.announce('v3', 1_000_500)
    const { poll, proposals } = first.restarted(readerOf(proxy.url, [contract]))
    await poll()

    expect([...proposals.values()]).toMatchObject([{ id: `announced-${block}`, finding: { plan: { name: 'v3' } } }])
    expect((await poll()).proposals).toStrictEqual([])
  })

  it('reads a long history in portions with the same result', async ({ chain, proxy }) => {
    const contract = await deployEntrypoint(chain)
    const { poll, proposals } = followEntrypoint(proxy.url, contract)
    await contract.announce('v2', 1_000_000)
    await chain.client.mine({ blocks: 20 })
    await contract.cancel()
    await chain.client.mine({ blocks: 20 })
    await contract.announce('v3', 1_000_500)
    await poll()
    let time = 0
    const slow = followReader(readerOf(proxy.url, [contract], { maxLogRange: 7, now: () => (time += 10_000) }))
    const { backlog } = await slow.portion()
    await slow.poll()

    expect(backlog).toBeGreaterThan(0n)
    const plain = (all: typeof proposals) => [...all.values()].map(({ id, status, finding }) => [id, status, finding])
    expect(plain(slow.proposals)).toStrictEqual(plain(proposals))
  })

  it('returns a plan by its id in its current form, and the plans with a status', async ({ chain, proxy }) => {
    const contract = await deployEntrypoint(chain)
    const reader = readerOf(proxy.url, [contract])
    const block = await contract.announce('v2', 1_000_000)
    await contract.announce('v3', 1_000_500)

    expect(await reader.readProposal(contract.address, `announced-${block}`, signal)).toMatchObject({
      status: 'passed',
      finding: { plan: { name: 'v3' } },
    })
    expect(await reader.readProposal(contract.address, `announced-${block + 900n}`, signal)).toBeUndefined()
    expect(await reader.readProposal(contract.address, '1', signal)).toBeUndefined()
    expect(await reader.readProposals('passed', signal)).toHaveLength(1)

    await contract.cancel()
    expect(await reader.readProposal(contract.address, `announced-${block}`, signal)).toMatchObject({
      status: 'canceled',
    })
    expect(await reader.readProposals('passed', signal)).toStrictEqual([])
  })

  it('has no plan under the id of a later announcement, if the earlier one is read, too', async ({ chain, proxy }) => {
    const contract = await deployEntrypoint(chain)
    const reader = readerOf(proxy.url, [contract])
    const first = await contract.announce('v2', 1_000_000)
    const later = `announced-${await contract.announce('v3', 1_000_500)}`

    expect(await reader.readProposal(contract.address, later, signal, first)).toBeUndefined()
    await contract.cancel()
    const next = await contract.announce('v4', 1_000_500)
    expect(await reader.readProposal(contract.address, `announced-${next}`, signal, first)).toMatchObject({
      status: 'passed',
    })
  })

  it('reads the blocks since an old announcement once, in as many tries as it takes', async ({ chain, proxy }) => {
    const contract = await deployEntrypoint(chain)
    const block = await contract.announce('v2', 1_000_000)
    await chain.client.mine({ blocks: 300 })
    const reader = readerOf(proxy.url, [contract], { maxLogRange: 10 })
    /** A try that is stopped at its fifteenth window, and the number of its windows. */
    const tryOnce = async (): Promise<readonly [string | undefined, number]> => {
      const trial = new AbortController()
      let read = 0
      proxy.behave({
        rewrite: ({ method }, answer) => {
          if (method === 'eth_getLogs' && ++read === 15) trial.abort()
          return answer
        },
      })
      const found = await reader.readProposal(contract.address, `announced-${block}`, trial.signal).then(
        (proposal) => proposal?.status,
        () => undefined,
      )
      return [found, read]
    }

    expect([await tryOnce(), await tryOnce(), await tryOnce()]).toStrictEqual([
      [undefined, 15],
      [undefined, 15],
      ['passed', 7],
    ])
    await contract.cancel()
    expect(await tryOnce()).toStrictEqual(['canceled', 8])
  })

  it('reads them anew after six hours, or if the announcement was not among them', async ({ chain, proxy }) => {
    const contract = await deployEntrypoint(chain)
    const block = await contract.announce('v2', 1_000_000)
    await contract.cancel()
    await chain.client.mine({ blocks: 100 })
    let now = 0
    const reader = readerOf(proxy.url, [contract], { maxLogRange: 10, now: () => now })
    const find = () => reader.readProposal(contract.address, `announced-${block}`, signal)
    proxy.behave({ rewrite: ({ method }, answer) => (method === 'eth_getLogs' ? { result: [] } : answer) })
    await expect(find()).rejects.toThrow(`returns no logs of block ${block}`)
    proxy.behave({})
    expect(await find()).toMatchObject({ status: 'canceled' })

    now += 21_600_000
    proxy.behave({ rewrite: withoutCancellation })
    expect(await find()).toMatchObject({ status: 'passed' })
    proxy.behave({})
    expect(await find()).toMatchObject({ status: 'passed' })
    now += 21_600_000
    expect(await find()).toMatchObject({ status: 'canceled' })
  })

  it('believes no node what another one has said before', async ({ chain, proxy }) => {
    const contract = await deployEntrypoint(chain)
    const block = await contract.announce('v2', 1_000_000)
    await contract.cancel()
    await chain.client.mine({ blocks: 100 })
    const { endpoints } = readsLocal([proxy.url, chain.url])
    const reader = readerOf(proxy.url, [contract], { maxLogRange: 10, endpoints })
    const find = () => reader.readProposal(contract.address, `announced-${block}`, signal)
    proxy.behave({ rewrite: withoutCancellation })
    expect(await find()).toMatchObject({ status: 'passed' })
    proxy.behave({ fail: 'drop' })

    expect(await find()).toMatchObject({ status: 'canceled' })
  })

  it('reads the newest blocks again, as many as two requests hold: an index of logs may have been behind', async ({
    chain,
    proxy,
  }) => {
    const contract = await deployEntrypoint(chain)
    const block = await contract.announce('v2', 1_000_000)
    await chain.client.mine({ blocks: 200 })
    await contract.cancel()
    await chain.client.mine({ blocks: 150 })
    const reader = readerOf(proxy.url, [contract], { maxLogRange: 100 })
    const find = () => reader.readProposal(contract.address, `announced-${block}`, signal)
    proxy.behave({ rewrite: withoutCancellation })
    expect(await find()).toMatchObject({ status: 'passed' })
    proxy.behave({})

    expect(await find()).toMatchObject({ status: 'canceled' })
  })

  it('reads an announcement anew after a reorg deeper than what it remembers', async ({ chain, proxy }) => {
    const contract = await deployEntrypoint(chain)
    const block = await contract.announce('v2', 1_000_000)
    await chain.client.mine({ blocks: 50 })
    await contract.cancel()
    await chain.client.mine({ blocks: 100 })
    const reader = readerOf(proxy.url, [contract], { maxLogRange: 10 })
    const find = () => reader.readProposal(contract.address, `announced-${block}`, signal)
    expect(await find()).toMatchObject({ status: 'canceled' })
    await chain.reorg(120)

    await expect(find()).rejects.toThrow('had a reorg while it was read')
    expect(await find()).toMatchObject({ status: 'passed' })
  })

  it('does not count a plan as unknown if the node keeps no old logs', async ({ chain, proxy }) => {
    const contract = await deployEntrypoint(chain)
    const reader = readerOf(proxy.url, [contract])
    const block = await contract.announce('v2', 1_000_000)

    proxy.behave({ rewrite: ({ method }, answer) => (method === 'eth_getLogs' ? { result: [] } : answer) })
    await expect(reader.readProposal(contract.address, `announced-${block}`, signal)).rejects.toThrow(
      `returns no logs of block ${block}, although its header says that there may be some`,
    )
  })

  it('reports the events and the owner for the check, or that the contract announces nothing', async ({
    chain,
    proxy,
  }) => {
    const contract = await deployEntrypoint(chain)
    const { address } = await chain.deploy().then(({ governor }) => ({ address: governor }))
    const [announcing, other] = await readerOf(proxy.url, [contract, { address }]).check(signal)

    expect(announcing?.summary).toMatch(/^Upgrade entrypoint, announces by SoftwareUpgrade and PlanUpgrade, owner 0x/)
    expect(other?.summary).toMatch(/no SoftwareUpgrade or PlanUpgrade in its code.*check the address/)
  })

  it('refuses a first block of the history above the head in the check, too', async ({ chain, proxy }) => {
    const reader = readerOf(proxy.url, [await deployEntrypoint(chain)], { fromBlock: 11_500_000n })
    const message: unknown = expect.stringContaining('is older than block 11500000,')
    const refusal = { kind: 'permanent', message }

    await expect(reader.check(signal)).rejects.toMatchObject(refusal)
    await expect(reader.read({ open: [], signal })).rejects.toMatchObject(refusal)
  })

  it('refuses an address without a contract', async ({ proxy }) => {
    const { poll } = followEntrypoint(proxy.url, { address: '0x00000000000000000000000000000000000000aa' })

    await expect(poll()).rejects.toThrow(/There is no contract at 0x.*[aA]{2} on chain local/)
    await expect(poll()).rejects.toHaveProperty('kind', 'permanent')
  })
})
