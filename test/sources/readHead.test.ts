import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { GoodReading } from '../../src/domain/reading.js'
import type { GovernanceReader } from '../../src/sources/governance/GovernanceReader.js'
import { type Chain, startChain } from '../support/chain.js'
import { type CosmosServer, startCosmosServer } from '../support/servers/cosmosServer.js'
import { type CountingProxy, startCountingProxy } from '../support/servers/countingProxy.js'
import { startWemixvisorServer, type WemixvisorServer } from '../support/servers/wemixvisorServer.js'
import { readerOf as cosmosReader } from './governance/cosmos/follow.js'
import { deployGovBase, readerOf as govBaseReader } from './governance/govBase/govBaseChain.js'
import { readerOf as governorReader } from './governance/governor/follow.js'
import { readerOf as wemixReader } from './governance/wemix/follow.js'
import { startWemixChain, type WemixChain } from './governance/wemix/wemixChain.js'
import { readerOver as wemixvisorReader, wire } from './governance/wemixvisorRpc/following.js'

let chain: Chain
let wemix: WemixChain
let proxies: { readonly own: CountingProxy; readonly other: CountingProxy; readonly wemix: CountingProxy }
let wemixvisor: WemixvisorServer
let hub: CosmosServer
beforeAll(async () => {
  chain = await startChain()
  wemix = await startWemixChain()
  proxies = {
    own: await startCountingProxy(chain.url),
    other: await startCountingProxy(chain.url),
    wemix: await startCountingProxy(wemix.url),
  }
  wemixvisor = await startWemixvisorServer()
  hub = await startCosmosServer()
})
beforeEach(() => {
  for (const proxy of Object.values(proxies)) proxy.behave({})
})
afterAll(async () => {
  await Promise.all(Object.values(proxies).map((proxy) => proxy.stop()))
  await Promise.all([chain, wemix, wemixvisor, hub].map((one) => one.stop()))
})
const { signal } = new AbortController()

/** A governance on a separate chain, or on a simulated server. */
interface Given {
  readonly reader: GovernanceReader
  /** HTTP requests since the start. */
  readonly requests: () => number
  readonly mine: () => Promise<void>
}
const givens: Readonly<Record<string, () => Promise<Given>>> = {
  async governor() {
    const { governor, actor } = await chain.deploy()
    await actor.propose({ description: 'One' })
    return onChain(governorReader({ urls: [proxies.own.url], addresses: [governor] }), proxies.own)
  },
  async 'gov-base'() {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    await council.propose(0, 'proposeAddBlacklist', council.stranger)
    return onChain(govBaseReader(proxies.own.url, [council]), proxies.own)
  },
  async wemix() {
    const { registry, changeEnv } = await wemix.wemix()
    await changeEnv('blocksPer', [2n])
    return {
      reader: wemixReader({ urls: [proxies.wemix.url], registry }),
      requests: () => proxies.wemix.requests.length,
      mine: () => wemix.mine(),
    }
  },
  'wemixvisor-rpc'() {
    wemixvisor.put(wire('1', 'voting'))
    return Promise.resolve({
      reader: wemixvisorReader([wemixvisor.url]),
      requests: () => wemixvisor.requests.length,
      mine: () => {
        wemixvisor.mine()
        return Promise.resolve()
      },
    })
  },
  cosmos() {
    hub.put(1)
    return Promise.resolve({
      reader: cosmosReader({ rpc: [hub.url], rest: [hub.url] }),
      requests: () => hub.requests.length,
      mine: () => {
        hub.mine(1)
        return Promise.resolve()
      },
    })
  },
}
function onChain(reader: GovernanceReader, proxy: CountingProxy): Given {
  return {
    reader,
    requests: () => proxy.requests.length,
    mine: async () => {
      await chain.client.mine({ blocks: 1 })
    },
  }
}

const look = async (reader: GovernanceReader) => {
  const head = await reader.readHead?.(signal)
  if (head === undefined) throw new Error('It has no readHead.')
  return head
}
const readOn = (reader: GovernanceReader, { cursor, proposals }: GoodReading, more: object = {}) =>
  reader.read({ cursor, open: proposals, signal, ...more })
/** Returns the result, and the HTTP requests that it took. */
async function counted<T>({ requests }: Given, run: () => Promise<T>): Promise<readonly [T, number]> {
  const before = requests()
  return [await run(), requests() - before]
}

describe.each(Object.keys(givens))('readHead of %s', (system) => {
  it('takes one request, which the reading with this head saves', async () => {
    const given = await givens[system]!()
    const { reader, mine } = given
    const first = await reader.read({ open: [], signal })
    await mine()
    const [plain, whole] = await counted(given, () => readOn(reader, first))
    await mine()
    const [head, looked] = await counted(given, () => look(reader))
    const [reading, rest] = await counted(given, () => readOn(reader, plain, { head }))

    expect(head.number).toBe(plain.head.number + 1n)
    expect(reading).toMatchObject({ ok: true, head: { number: head.number }, at: { number: head.number } })
    expect(reading.proposals).toHaveLength(1)
    expect([looked, looked + rest]).toStrictEqual([1, whole])
  })

  it('without a new block makes further requests unnecessary', async () => {
    const given = await givens[system]!()
    const { reader } = given
    const first = await reader.read({ open: [], signal })
    const plain = await readOn(reader, first)
    const head = await look(reader)
    const [reading, requests] = await counted(given, () => readOn(reader, first, { head }))

    expect(requests).toBe(0)
    expect({ ...reading, readAt: 0 }).toStrictEqual({ ...plain, readAt: 0 })
  })

  it('is used for one reading only', async () => {
    const given = await givens[system]!()
    const { reader } = given
    const first = await reader.read({ open: [], signal })
    const head = await look(reader)
    await readOn(reader, first, { head })
    const [, again] = await counted(given, () => readOn(reader, first, { head }))

    expect(again).toBe(1)
  })

  it('is not used by a reading with another head', async () => {
    const given = await givens[system]!()
    const { reader, mine } = given
    const first = await reader.read({ open: [], signal })
    const before = await look(reader)
    await mine()
    await look(reader)
    const [reading, requests] = await counted(given, () => readOn(reader, first, { head: before }))

    expect(requests).toBeGreaterThan(1)
    expect(reading.head.number).toBe(before.number + 1n)
  })
})

describe('readHead of an EVM chain', () => {
  it('is also one request if finality is a tag, and includes the block of the tag', async () => {
    const { governor, actor } = await chain.deploy()
    await actor.mine(100)
    const given = onChain(
      governorReader({ urls: [proxies.own.url], addresses: [governor], finality: 'safe' }),
      proxies.own,
    )
    const first = await given.reader.read({ open: [], signal })
    await actor.mine(1)
    const [head, looked] = await counted(given, () => look(given.reader))
    const [reading, rest] = await counted(given, () => readOn(given.reader, first, { head }))

    expect([looked, rest]).toStrictEqual([1, 1])
    expect(reading.head.number).toBe(head.number)
    expect(reading.at.number).toBe((await chain.client.getBlock({ blockTag: 'safe' })).number)
  })

  it('belongs to one node: if the reading fails there, the next node starts again', async () => {
    const { governor, actor } = await chain.deploy()
    const urls = [proxies.own.url, proxies.other.url]
    const reader = governorReader({ urls, addresses: [governor] })
    const first = await reader.read({ open: [], signal })
    await actor.mine(1)
    const head = await look(reader)
    proxies.own.behave({ fail: { status: 503 } })
    proxies.other.reset()
    const reading = await readOn(reader, first, { head })

    expect(reading.at.number).toBe(head.number)
    expect(proxies.other.requests[0]).toContainEqual(
      expect.objectContaining({ method: 'eth_getBlockByNumber', params: ['latest', false] }),
    )
  })

  it('fails if the node is on another chain', async () => {
    const { governor } = await chain.deploy()
    proxies.own.behave({ chainId: 5 })
    const reader = governorReader({ urls: [proxies.own.url], addresses: [governor], chainId: 31_337 })

    await expect(look(reader)).rejects.toMatchObject({ name: 'SourceError', kind: 'permanent' })
  })

  it('before the first reading does not prove that a stored cursor is on the same chain', async () => {
    const { governor } = await chain.deploy()
    const make = () => governorReader({ urls: [proxies.own.url], addresses: [governor] })
    const stored = await make().read({ open: [], signal })
    proxies.own.behave({ chainId: 5 })
    const reader = make()
    const head = await look(reader)

    await expect(readOn(reader, stored, { head })).rejects.toMatchObject({ name: 'SourceError', kind: 'permanent' })
  })

  it('that is not confirmed is read from the next node', async () => {
    const { governor, actor } = await chain.deploy()
    const reader = governorReader({ urls: [proxies.own.url, proxies.other.url], addresses: [governor] })
    const first = await reader.read({ open: [], signal })
    await actor.mine(1)
    const head = await look(reader)
    const asked: (string | undefined)[] = []
    const reading = await readOn(reader, first, {
      head,
      vouch: ({ host }: { readonly host?: string }) => {
        asked.push(host)
        return asked.length === 1 ? Promise.reject(new Error('Not believed.')) : Promise.resolve()
      },
    })

    expect(asked).toStrictEqual([new URL(proxies.own.url).host, new URL(proxies.other.url).host])
    expect(reading.head.number).toBe(head.number)
  })
})
