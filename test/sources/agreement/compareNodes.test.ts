import { describe, expect, onTestFinished } from 'vitest'
import { keyOf, type Proposal, type ProposalKey } from '../../../src/domain/proposals/proposal.js'
import type { GoodReading } from '../../../src/domain/reading.js'
import { byKey, proposal, queued, reading, upgrade, upgradeProposal } from '../../support/builders.js'
import { compareNodes } from '../../../src/sources/agreement/compareNodes.js'
import type { CrossCheckOptions } from '../../../src/sources/agreement/crossCheck.js'
import type { CountingProxy, RpcCall } from '../../support/servers/countingProxy.js'
import { followReader, type Follower } from '../../support/followReader.js'
import { startWemixvisorServer } from '../../support/servers/wemixvisorServer.js'
import { readerOf } from '../governance/governor/follow.js'
import { readerOver, wire } from '../governance/wemixvisorRpc/following.js'
import { onOwnChain as it } from '../../support/fixtures.js'
import { firstOf, type GivenNode, nodeThat } from './nodesGiven.js'

const minute = 60_000
/** Three nodes, two of which must agree, polled as the monitor polls; `wait` moves the clock. */
function following(
  proxies: readonly CountingProxy[],
  governor: string,
): Follower & { readonly wait: (ms: number) => void } {
  let time = Date.now()
  const now = (): number => time
  const addresses = [governor]
  const urls = proxies.map(({ url }) => url)
  const known: { proposals: ReadonlyMap<ProposalKey, Proposal> } = { proposals: new Map() }
  const reader = compareNodes(readerOf({ urls, addresses, now }), {
    witnesses: urls.map((url) => ({ ...readerOf({ urls: [url], addresses, now }), host: new URL(url).host })),
    agreement: 2,
    known: () => ({ ...known, upgrades: new Map() }),
    now,
  })
  const follower = followReader(reader)
  known.proposals = follower.proposals
  return { ...follower, wait: (ms) => void (time += ms) }
}
const hostOf = (proxies: readonly CountingProxy[], index: number): string => new URL(proxies[index]?.url ?? '').host
const noLogs = ({ method }: RpcCall, answer: Readonly<Record<string, unknown>>) =>
  method === 'eth_getLogs' ? { result: [] } : answer
const requests = (proxies: readonly CountingProxy[]): number =>
  proxies.reduce((sum, proxy) => sum + proxy.requests.length, 0)

describe('a node without logs, the first of three, two of which must agree', () => {
  it('does not hide an open older proposal, and is named in a warning', async ({ chain, proxies }) => {
    const { governor, actor } = await chain.deploy()
    const id = await actor.propose({ description: 'An old one' })
    proxies[0].behave({ rewrite: noLogs })
    const { poll, proposal } = following(proxies, governor)
    const { warnings } = await poll()
    expect(proposal(id)).toMatchObject({ title: 'An old one' })
    const said = warnings.join()
    expect(said).toContain(`${hostOf(proxies, 0)} did not report that proposal ${id}`)
    expect(said).toMatch(/as 2 nodes agree\. For an hour it is read only if no other node answers: check it\.$/)
  })

  it('hides a new proposal for ten minutes at most, and later proposals are read from another node', async ({
    chain,
    proxies,
  }) => {
    const { governor, actor } = await chain.deploy()
    proxies[0].behave({ rewrite: noLogs })
    const { poll, proposal, wait } = following(proxies, governor)
    await poll()
    const id = await actor.propose({ description: 'A new one' })
    wait(11 * minute)
    await poll()
    expect(proposal(id)).toMatchObject({ title: 'A new one', status: 'submitted' })
    const next = await actor.propose({ description: 'The next one' })
    const { warnings } = await poll()
    expect(proposal(next)).toMatchObject({ title: 'The next one' })
    expect(warnings).toStrictEqual([])
  })

  it('is still read while no other node answers', async ({ chain, proxies }) => {
    const { governor, actor } = await chain.deploy()
    proxies[0].behave({ rewrite: noLogs })
    await actor.propose({ description: 'A hidden one' })
    const { poll, wait } = following(proxies, governor)
    await poll()
    for (const proxy of proxies.slice(1)) proxy.behave({ fail: { status: 503 } })
    await chain.client.mine({ blocks: 3 })
    wait(minute)
    expect((await poll()).head.number).toBe(await chain.client.getBlockNumber())
  })
})

it('comparing nodes makes no extra requests between two comparisons', async ({ chain, proxies }) => {
  const { governor, actor } = await chain.deploy()
  await actor.propose({ description: 'Open' })
  const { poll } = following(proxies, governor)
  await poll()
  await poll()
  await actor.mine(1)
  for (const proxy of proxies) proxy.reset()
  await poll()
  expect(requests(proxies)).toBe(2)
})

it('a node that is a block behind causes no warning', async ({ chain, proxies }) => {
  const { governor, actor } = await chain.deploy()
  const { poll, proposal, wait } = following(proxies, governor)
  await poll()
  const before = await chain.client.getBlockNumber()
  const id = await actor.propose({ description: 'Seen by others first' })
  const stale = await chain.client.request({
    method: 'eth_getBlockByNumber',
    params: [`0x${before.toString(16)}`, false],
  })
  proxies[0].behave({
    rewrite: ({ method, params }, answer) =>
      method === 'eth_getBlockByNumber' && params?.[0] === 'latest' ? { result: stale } : answer,
  })
  wait(11 * minute)
  expect((await poll()).warnings).toStrictEqual([])
  proxies[0].behave({})
  expect((await poll()).warnings).toStrictEqual([])
  expect(proposal(id)).toMatchObject({ title: 'Seen by others first' })
})

it('a proposal that is missing from the lists of a wemixvisor server is found at the others', async () => {
  const servers = await Promise.all([startWemixvisorServer(), startWemixvisorServer(), startWemixvisorServer()])
  onTestFinished(async () => {
    await Promise.all(servers.map((server) => server.stop()))
  })
  const urls = servers.map(({ url }) => url)
  for (const server of servers) server.put(wire('7', 'voting'))
  servers[0].behave({ forgets: () => true })
  const known: { proposals: ReadonlyMap<ProposalKey, Proposal> } = { proposals: new Map() }
  const { poll, proposals, proposal } = followReader(
    compareNodes(readerOver(urls), {
      witnesses: urls.map((url) => ({ ...readerOver([url]), host: new URL(url).host })),
      agreement: 2,
      known: () => ({ ...known, upgrades: new Map() }),
      now: () => 1_800_000_000_000,
    }),
  )
  known.proposals = proposals
  await poll()
  expect(proposal(7n)).toMatchObject({ status: 'voting' })
})

/** A node that always reports the same reading, and this proposal when it is asked for it. */
const nodeWith = (reports: GoodReading, told: Proposal): GivenNode =>
  nodeThat({ reports: () => reports, says: () => told })

it('an archived proposal is not hidden from a node whose history ends before the proposal was closed', async () => {
  const closed = proposal('1', { status: 'canceled' })
  const [first, other] = [reading(900), reading(40, [proposal('1')], { backlog: 860n })]
  const { proposals, warnings } = await compareNodes(nodeWith(first, closed), {
    witnesses: [nodeWith(first, closed), nodeWith(other, closed)],
    agreement: 2,
    known: () => ({ proposals: new Map(), upgrades: new Map() }),
    recorded: (key) => (key === keyOf(closed) ? closed : undefined),
    now: () => 0,
  }).read({ open: [], signal: new AbortController().signal })

  expect([proposals, warnings]).toStrictEqual([[], []])
})

it('a node that invented a passed plan is not read again, so that the plan does not come and go with each poll', async () => {
  const invented = upgradeProposal('9', 'evil', 1_000, { status: 'passed' })
  const liar = nodeThat({ host: 'a', reports: () => reading(10, [invented]), says: () => invented })
  const honest = ['b', 'c'].map((host) => nodeThat({ host, reports: () => reading(10) }))
  const nodes = [liar, ...honest]
  const state = { proposals: byKey(invented), upgrades: queued(upgrade('9', 'evil', 1_000)) }
  const reader = compareNodes(firstOf(nodes), { witnesses: nodes, agreement: 2, known: () => state, now: () => 0 })
  const read = () => reader.read({ open: [], signal: new AbortController().signal })

  expect((await read()).retracted).toStrictEqual([keyOf(invented)])
  Object.assign(state, { proposals: byKey(), upgrades: queued() })
  expect((await read()).proposals).toStrictEqual([])
})

it.each<[string, Partial<CrossCheckOptions>, string]>([
  ['one node is enough', { agreement: 1 }, 'governor'],
  ['there is only one node', { witnesses: [nodeThat({})] }, 'governor'],
  ['the chain itself holds its plan', {}, 'signal'],
])('nodes are not compared if %s', (_what, options, system) => {
  const reader = { ...nodeThat({}), system }
  const known = () => ({ proposals: new Map(), upgrades: new Map() })

  const two = [nodeThat({}), nodeThat({})]
  expect(compareNodes(reader, { witnesses: two, agreement: 2, known, now: () => 0, ...options })).toBe(reader)
})

describe('a plan whose height is not an integer', () => {
  const odd = upgradeProposal('1', 'v2', 5.5, { status: 'executed' })
  const readOnce = (first: GoodReading, other: GoodReading): Promise<GoodReading> =>
    compareNodes(nodeWith(first, odd), {
      witnesses: [nodeWith(first, odd), nodeWith(other, odd)],
      agreement: 2,
      known: () => ({ proposals: new Map(), upgrades: new Map() }),
      now: () => 0,
    }).read({ open: [], signal: new AbortController().signal })

  it('does not keep a portion of the history from being read', async () => {
    expect(await readOnce(reading(4, [odd], { backlog: 3n }), reading(4))).toMatchObject({ proposals: [odd] })
  })

  it('is found at another node like any other plan', async () => {
    expect(await readOnce(reading(5), reading(4, [odd]))).toMatchObject({ proposals: [odd] })
  })
})
