import { describe, expect, onTestFinished } from 'vitest'
import { filter } from 'rxjs'
import { z } from 'zod'
import { planBlock } from '../../src/localChain/planBlock.js'
import type { LogWriter } from '../../src/channels/Channel.js'
import type { ConfigInput } from '../../src/config/schema.js'
import { startWemixChain } from '../sources/governance/wemix/wemixChain.js'
import { upgrade as wireUpgrade } from '../sources/governance/wemixvisorRpc/following.js'
import { type RpcCall, startCountingProxy, urlsOf } from '../support/servers/countingProxy.js'
import { startWemixvisorServer } from '../support/servers/wemixvisorServer.js'
import { pass, type People, scheduleV2, upgradeDraft } from './upgradeStory.js'
import { chainOf, soon, watch, type Watching } from './watching.js'
import { onSharedChain as it } from '../support/fixtures.js'

const hostOf = (url: string): string => new URL(url).host

type Answer = Readonly<Record<string, unknown>>
/** Replaces one text by another of the same length in the answers to these methods. */
const swapped =
  (methods: readonly string[], from: string, to: string) =>
  ({ method }: RpcCall, answer: Answer): Answer => {
    const hex = (text: string): string => Buffer.from(text).toString('hex')
    if (!methods.includes(method)) return answer
    return z.record(z.string(), z.unknown()).parse(JSON.parse(JSON.stringify(answer).replaceAll(hex(from), hex(to))))
  }

/** Collects the warnings of the program log. */
function listening(): { readonly log: LogWriter; readonly warnings: readonly string[] } {
  const warnings: string[] = []
  const silent = (): void => undefined
  return { warnings, log: { info: silent, error: silent, warn: (_fields, text) => void warnings.push(text) } }
}

describe('the first of three nodes, two of which must agree', () => {
  it.for([
    ['the download URL', 'good', 'evil'],
    ['the height', '"height": 9', '"height": 8'],
    ['the presence of a plan', 'upgrade-plan', 'upgrade-plum'],
  ] as const)(
    'that misreports a Bravo proposal (%s) hides nothing and is named',
    async ([_what, from, to], { chain, proxies, place }) => {
      const people = await chain.deploy({ version: 'bravo', timelock: { minDelay: 60 } })
      const { log, warnings } = listening()
      proxies[0].behave({ rewrite: swapped(['eth_getLogs'], from, to) })
      await using watching = watch(
        {
          chains: [
            chainOf(urlsOf(proxies), people.governor, {
              rpc: { agreement: 2 },
              upgradeInfo: { home: place.home, when: 'on-schedule' },
            }),
          ],
        },
        { log },
      )
      await watching.settle()
      const plan = { name: 'v2', height: 900_000, info: { binaries: { 'linux/amd64': 'https://good.example/v2' } } }
      const id = await pass(people, { description: `# Upgrade\n\n${planBlock(plan)}` })
      expect(await watching.upgrade(id, ({ writtenAt }) => writtenAt !== undefined)).toMatchObject({ height: 900_000 })
      expect(place.file()).toStrictEqual(plan)
      expect(watching.events(id)).not.toContain('upgrade_failed')
      expect(warnings.join('\n')).toContain(`${hostOf(proxies[0].url)} reported proposal ${id}`)
      expect((await watching.told('endpoints_disagree', id)).data).toMatchObject({ odd: [hostOf(proxies[0].url)] })
    },
  )

  it('that misreported a plan while the others were down is corrected once they are up', async ({
    chain,
    proxies,
    place,
  }) => {
    const people = await chain.deploy({ version: 'bravo', timelock: { minDelay: 60 } })
    proxies[0].behave({ rewrite: swapped(['eth_getLogs'], 'good', 'evil') })
    for (const proxy of proxies.slice(1)) proxy.behave({ fail: { status: 503 } })
    const config = {
      state: place.state,
      chains: [
        chainOf(urlsOf(proxies), people.governor, {
          rpc: { agreement: 2 },
          upgradeInfo: { home: place.home, when: 'on-schedule' as const },
        }),
      ],
    }
    const first = watch(config)
    await first.settle()
    const plan = {
      name: 'v2',
      height: await chain.heightIn(900),
      info: { binaries: { any: 'https://good.example/v2' } },
    }
    const id = await pass(people, { description: `# Upgrade\n\n${planBlock(plan)}` })
    await first.told('upgrade_scheduled', id)
    await first.stop()
    expect(place.file()).toBeUndefined()
    for (const proxy of proxies.slice(1)) proxy.behave({})
    await using second = watch(config)
    await second.upgrade(id, ({ writtenAt }) => writtenAt !== undefined)
    expect(place.file()).toStrictEqual(plan)
  })

  it('that misreports the memo of a WEMIX ballot hides nothing', async ({ place }) => {
    const wemix = await startWemixChain()
    onTestFinished(() => wemix.stop())
    const [liar, honest] = await Promise.all([startCountingProxy(wemix.url), startCountingProxy(wemix.url)])
    onTestFinished(async () => {
      await Promise.all([liar.stop(), honest.stop()])
    })
    const { registry, signal, vote } = await wemix.wemix()
    liar.behave({ rewrite: swapped(['eth_call'], 'good', 'evil') })
    const { log, warnings } = listening()
    await using watching = watch(
      {
        chains: [
          chainOf([liar.url, wemix.url, honest.url], registry, {
            rpc: { agreement: 2 },
            governance: { system: 'wemix', address: registry },
            upgradeInfo: { home: place.home, when: 'on-schedule' },
          }),
        ],
      },
      { log },
    )
    await watching.settle()
    const plan = { name: 'v2', height: 900_000, info: { by: 'good people' } }
    const id = await signal('software-upgrade', JSON.stringify(plan))
    await watching.told('new_proposal', id)
    await vote(id, true, 0)
    await vote(id, true, 1)
    await watching.upgrade(id, ({ writtenAt }) => writtenAt !== undefined)
    expect(place.file()).toStrictEqual(plan)
    expect(watching.events(id)).not.toContain('upgrade_failed')
    expect(warnings.join('\n')).toContain(`${hostOf(liar.url)} reported proposal ${id}`)
  })

  it.for([
    ['the info', { info: 'evil' }],
    ['the height', { height: 1_900 }],
  ] as const)(
    'that misreports %s of a plan in the wemixvisor dialect hides nothing',
    async ([_what, lie], { place }) => {
      const servers = await Promise.all([startWemixvisorServer(), startWemixvisorServer(), startWemixvisorServer()])
      onTestFinished(async () => {
        await Promise.all(servers.map((server) => server.stop()))
      })
      await using watching = watch({
        chains: [
          {
            ...chainOf(
              servers.map(({ url }) => url),
              '',
              { rpc: { agreement: 2 } },
            ),
            governance: { system: 'wemixvisor-rpc' },
            upgradeInfo: { home: place.home },
          },
        ],
      })
      await watching.settle()
      const plan = { name: 'v2', height: 1_100, info: 'good' }
      for (const [index, server] of servers.entries())
        server.put(wireUpgrade('7', 'passed', index === 0 ? { ...plan, ...lie } : plan))
      for (const server of servers) server.mine()
      await watching.told('upgrade_scheduled', 7n)
      for (const server of servers) server.mine(99)
      await watching.told('upgrade_triggered', 7n)
      expect(place.file()).toStrictEqual({ ...plan, info: { raw: 'good' } })
      expect(watching.events(7n)).not.toContain('upgrade_failed')
    },
  )
})

describe('the info of a plan', () => {
  it('that one node reports differently is never written when all nodes must agree', async ({
    chain,
    proxies,
    place,
  }) => {
    const people = await chain.deploy({ version: 'bravo', timelock: { minDelay: 60 } })
    const sum = (digit: string): string => digit.repeat(64)
    const hex = (text: string): string => Buffer.from(text).toString('hex')
    proxies[0].behave({
      rewrite: (call, answer) =>
        call.method === 'eth_getLogs'
          ? { result: JSON.parse(JSON.stringify(answer['result']).replaceAll(hex(sum('a')), hex(sum('b')))) }
          : answer,
    })
    const warnings: string[] = []
    const silent = (): void => undefined
    await using watching = watch(
      {
        chains: [
          chainOf(urlsOf(proxies), people.governor, { rpc: { agreement: 3 }, upgradeInfo: { home: place.home } }),
        ],
      },
      { log: { info: silent, error: silent, warn: (_fields, text) => void warnings.push(text) } },
    )
    await watching.settle()
    const height = await chain.heightIn(60)
    const info = { binaries: { 'linux/amd64': `https://good.example/v2?checksum=sha256:${sum('a')}` } }
    const id = await pass(people, { description: `# Upgrade\n\n${planBlock({ name: 'v2', height, info })}` })
    await watching.told('upgrade_scheduled', id)
    await chain.mineTo(height)
    const { message } = await watching.told('upgrade_failed', id)
    await watching.settle()

    expect(message).toMatch(
      /of 3 nodes confirm v2 at height .*, 3 must: 127\.0\.0\.1:\d+ reports different info for it/,
    )
    expect(warnings.filter((text) => text.includes('do not agree on the content'))).toHaveLength(1)
    for (const { host } of urlsOf(proxies).map((url) => new URL(url))) expect(warnings.join()).toContain(host)
    expect(place.file()).toBeUndefined()
  })
})

describe('a plan that one of two nodes hides, both of which must agree', () => {
  it('is not written while the node hides it, and is written once it reports it', async ({ chain, proxy, place }) => {
    const people = await chain.deploy()
    // It reports that no proposal was ever made.
    proxy.behave({ rewrite: (call, answer) => (call.method === 'eth_getLogs' ? { result: [] } : answer) })
    await using watching = watch({
      chains: [
        chainOf([chain.url, proxy.url], people.governor, { rpc: { agreement: 2 }, upgradeInfo: { home: place.home } }),
      ],
    })
    const { id, height } = await scheduleV2(watching, people, chain)
    await chain.mineTo(height)
    const { message } = await watching.told('upgrade_failed', id)
    await watching.settle()
    expect(message).toContain('1 of 2 nodes confirm v2')
    expect(place.file()).toBeUndefined()

    proxy.behave({})
    await people.actor.mine(1)
    await watching.told('upgrade_triggered', id)
    expect(place.file()).toStrictEqual({ name: 'v2', height })
  })
})

describe('a node that must agree and is down at the height of an upgrade', () => {
  it('does not delay the reload that replaces it: the file is written at once', async ({ chain, proxies, place }) => {
    const people = await chain.deploy()
    const [down, other] = proxies
    const config = (url: string): ConfigInput & { readonly state: string } => ({
      state: place.state,
      notifier: { handlers: [] },
      chains: [
        chainOf([chain.url, url], people.governor, { rpc: { agreement: 2 }, upgradeInfo: { home: place.home } }),
      ],
    })
    await using watching = watch(config(down.url))
    const { id, height } = await scheduleV2(watching, people, chain)
    down.reset()
    down.behave({ fail: 'drop' })
    await chain.mineTo(height)
    await soon(watching.monitor.heads$.pipe(filter(({ number }) => number >= BigInt(height))), 'the height')
    watching.monitor.reload(config(other.url))
    await watching.told('upgrade_triggered', id)
    expect(place.file()).toStrictEqual({ name: 'v2', height })
    expect(watching.events(id)).not.toContain('upgrade_failed')
  })
})

describe('a vote on an upgrade that ends without success while one of two nodes is down, both of which must agree', () => {
  /** Proposes an upgrade that all five vote against. */
  async function reject(watching: Watching, { actor, ...people }: People, height: number): Promise<bigint> {
    const id = await actor.propose(upgradeDraft(people, { name: 'v2', height }))
    await actor.toVotingStart(id)
    await watching.told('voting_started', id)
    for (const voter of [0, 1, 2, 3, 4]) await actor.vote(id, 0, voter)
    await actor.pastDeadline(id)
    return id
  }

  it('waits alone, says why, and ends once the node is back, also after a restart', async ({ chain, proxy, place }) => {
    const people = await chain.deploy()
    const config = {
      state: place.state,
      chains: [
        chainOf([chain.url, proxy.url], people.governor, {
          rpc: { agreement: 2 },
          upgradeInfo: { home: place.home, when: 'on-schedule' as const },
        }),
      ],
    }
    const first = watch(config)
    await first.settle()
    proxy.behave({ fail: { status: 503 } })
    const height = await chain.heightIn(900)
    const lost = await reject(first, people, height)
    const won = await pass(people, upgradeDraft(people, { name: 'v3', height: height + 10 }))
    await first.told('upgrade_scheduled', won)
    expect((await first.proposal(lost)).status).toBe('voting')
    expect((await first.upgrade(lost)).reasons).toStrictEqual([
      `A node reports that proposal ${lost} is rejected, and fewer than 2 nodes confirm it.`,
    ])
    expect(first.events()).not.toContain('source_down')
    await first.stop()

    await using second = watch(config)
    await second.settle()
    expect(second.events(lost)).toStrictEqual([])
    proxy.behave({})
    await people.actor.mine(1)
    await second.told('proposal_rejected', lost)
    expect((await second.proposal(lost)).finding?.unsure).toBeUndefined()
    await second.upgrade(won, ({ writtenAt }) => writtenAt !== undefined)
    expect(second.monitor.snapshot().upgrades.map(({ name }) => name)).toStrictEqual(['v3'])
  })
})
