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

/** One governance on a chain of its own, or on a server that plays one. */
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
/** What it gives, and the HTTP requests that it took. */
async function counted<T>({ requests }: Given, run: () => Promise<T>): Promise<readonly [T, number]> {
  const before = requests()
  return [await run(), requests() - before]
}

describe.each(Object.keys(givens))('a look at the head, by the reader of %s', (system) => {
  it('is one request, and the reading that is told of it costs what is left of one', async () => {
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

  it('that finds no new block is all that is asked', async () => {
    const given = await givens[system]!()
    const { reader } = given
    const first = await reader.read({ open: [], signal })
    const plain = await readOn(reader, first)
    const head = await look(reader)
    const [reading, requests] = await counted(given, () => readOn(reader, first, { head }))

    expect(requests).toBe(0)
    expect({ ...reading, readAt: 0 }).toStrictEqual({ ...plain, readAt: 0 })
  })

  it('is gone on from once: what is read again is asked for again', async () => {
    const given = await givens[system]!()
    const { reader } = given
    const first = await reader.read({ open: [], signal })
    const head = await look(reader)
    await readOn(reader, first, { head })
    const [, again] = await counted(given, () => readOn(reader, first, { head }))

    expect(again).toBe(1)
  })

  it('is not gone on from by a reading that was told of another head', async () => {
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

describe('a look at the head of an EVM chain', () => {
  it('is the same one request where finality is a tag, and brings the block of the tag', async () => {
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

  it('was made at one node: a reading that fails there begins anew at the next', async () => {
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

  it('is no head where the node stands on another chain', async () => {
    const { governor } = await chain.deploy()
    proxies.own.behave({ chainId: 5 })
    const reader = governorReader({ urls: [proxies.own.url], addresses: [governor], chainId: 31_337 })

    await expect(look(reader)).rejects.toMatchObject({ name: 'SourceError', kind: 'permanent' })
  })

  it('before the first reading is no proof of the chain that a stored place is on', async () => {
    const { governor } = await chain.deploy()
    const make = () => governorReader({ urls: [proxies.own.url], addresses: [governor] })
    const stored = await make().read({ open: [], signal })
    proxies.own.behave({ chainId: 5 })
    const reader = make()
    const head = await look(reader)

    await expect(readOn(reader, stored, { head })).rejects.toMatchObject({ name: 'SourceError', kind: 'permanent' })
  })

  it('that nobody vouches for is read by nobody: the next node is', async () => {
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
