import { describe, expect, it as plain } from 'vitest'
import { keyOf, type Proposal, type ProposalKey } from '../../../../src/domain/proposals/proposal.js'
import type { GoodReading } from '../../../../src/domain/reading.js'
import { createReader } from '../../../../src/sources/createReader.js'
import type { GovernanceReader } from '../../../../src/sources/governance/GovernanceReader.js'
import { createHttpEndpoints, type HttpEndpoint } from '../../../../src/sources/http/createHttpEndpoints.js'
import { createHttpClient } from '../../../../src/transport/createHttpClient.js'
import { untilDone } from '../../../support/fixtures.js'
import { threshold } from '../../../support/servers/cosmos/signalRoute.js'
import { type SignalServer, startSignalServer } from '../../../support/servers/signalServer.js'

const it = plain
  .extend('liar', ({}, cleaning) => untilDone(startSignalServer(), cleaning))
  .extend('b', ({}, cleaning) => untilDone(startSignalServer(), cleaning))
  .extend('c', ({}, cleaning) => untilDone(startSignalServer(), cleaning))

const { signal } = new AbortController()

interface FollowOptions {
  /** The REST servers. @defaultValue all servers */
  readonly rest?: readonly SignalServer[]
  /** True if govstream restarts before each poll. @defaultValue false */
  readonly isRestarted?: boolean
}

/** Follows several servers, of which two must agree; the first is read first. */
function follow(
  servers: readonly SignalServer[],
  { rest = servers, isRestarted = false }: FollowOptions = {},
): () => Promise<Pick<GoodReading, 'warnings'> & Known> {
  const http = createHttpClient()
  const endpointsOf = (some: readonly SignalServer[]): readonly HttpEndpoint[] =>
    createHttpEndpoints({ chain: 'celestia', urls: some.map(({ url }) => url), timeoutMs: 60_000, http })
  const start = (): GovernanceReader =>
    createReader({
      system: 'signal',
      chain: 'celestia',
      rpc: endpointsOf(servers),
      rest: endpointsOf(rest),
      agreement: 2,
    })
  const known = new Map<ProposalKey, Proposal>()
  let reader = start()
  let last: GoodReading | undefined
  return async () => {
    if (isRestarted) reader = start()
    for (const server of servers) server.mine(1)
    last = await reader.read({ ...(last && { cursor: last.cursor }), open: [...known.values()], signal })
    for (const proposal of last.proposals) known.set(keyOf(proposal), proposal)
    const plans = [...known.values()].map(({ id, status, finding }) => ({ id, status, height: finding?.plan.height }))
    return { warnings: last.warnings, plans }
  }
}

interface Known {
  readonly plans: readonly Pick<Proposal, 'id' | 'status'>[]
}

const voting = { id: '11', status: 'voting', height: undefined }
const scheduled = { id: '11', status: 'passed', height: 1_101 }

describe('the first of three servers, of which two must agree', () => {
  it('does not hide a schedule', async ({ liar, b, c }) => {
    for (const server of [b, c]) server.schedule(11, 1_100)
    expect((await follow([liar, b, c])()).plans).toStrictEqual([scheduled])
  })

  it('neither invents nor moves one', async ({ liar, b, c }) => {
    for (const server of [liar, b, c]) server.signal(11, threshold)
    liar.schedule(12, 1_050)
    const poll = follow([liar, b, c])
    expect((await poll()).plans).toStrictEqual([voting])
    for (const server of [b, c]) server.schedule(11, 1_100)
    liar.schedule(11, 1_090)
    expect((await poll()).plans).toStrictEqual([scheduled])
  })

  it('is not believed while too few others answer, and what is known stands', async ({ liar, b, c }) => {
    for (const server of [liar, b, c]) server.signal(11, threshold)
    for (const server of [b, c]) server.answer('/signal/v1/upgrade', { status: 503, body: {} })
    liar.schedule(11, 1_100)
    const poll = follow([liar, b, c])
    const { warnings, plans } = await poll()
    expect(plans).toStrictEqual([voting])
    expect(warnings.join(' ')).toContain('It counts once 2 servers report it.')
    b.answer('/signal/v1/upgrade', undefined)
    b.schedule(11, 1_100)
    expect((await poll()).plans).toStrictEqual([scheduled])
    b.answer('/signal/v1/upgrade', { status: 503, body: {} })
    expect(await poll()).toStrictEqual({ warnings: [], plans: [scheduled] })
  })

  it('does not switch the version alone: the next node is read', async ({ liar, b, c }) => {
    for (const server of [liar, b, c]) server.signal(11, threshold)
    const poll = follow([liar, b, c])
    await poll()
    const header = { height: '1002', version: { app: '11' } }
    liar.answer('/commit', { status: 200, body: { result: { signed_header: { header } } } })
    expect((await poll()).plans).toStrictEqual([voting])
  })
})

describe('at the height of a switch, the first of three servers', () => {
  it('does not deny alone that it took place', async ({ liar, b, c }) => {
    for (const server of [liar, b, c]) server.schedule(11, 1_002)
    const poll = follow([liar, b, c])
    for (const _block of [1_001, 1_002]) await poll()
    const header = { height: '1003', version: { app: '10' } }
    liar.answer('/commit', { status: 200, body: { result: { signed_header: { header } } } })
    expect((await poll()).plans).toStrictEqual([{ id: '11', status: 'executed', height: 1_003 }])
  })
})

describe('of two nodes that must agree', () => {
  const fail = (server: SignalServer): void => {
    for (const path of ['/status', '/commit', '/block']) server.answer(path, { status: 503, body: {} })
  }
  const executed = { id: '11', status: 'executed', height: 1_003 }

  it('one that is down delays no reading after a restart, until the version changes', async ({ b, c }) => {
    for (const server of [b, c]) server.signal(11, threshold)
    const poll = follow([b, c], { isRestarted: true })
    await poll()
    fail(c)
    expect((await poll()).plans).toStrictEqual([voting])
    for (const server of [b, c]) server.schedule(11, server.height())
    await expect(poll()).rejects.toThrow('Fewer than 2 nodes of celestia report the same application version')
  })

  it.for([true, false])(
    'one may be down once both have reported a switch: restarted %s',
    async (isRestarted, { b, c }) => {
      for (const server of [b, c]) server.schedule(11, 1_002)
      const poll = follow([b, c], { isRestarted })
      for (const expected of [
        { id: '11', status: 'passed', height: 1_003 },
        { id: '11', status: 'passed', height: 1_003 },
        executed,
      ])
        expect((await poll()).plans).toStrictEqual([expected])
      fail(c)
      expect((await poll()).plans).toStrictEqual([executed])
    },
  )

  it('one may be down once both have reported that the chain did not switch', async ({ b, c }) => {
    for (const server of [b, c]) server.schedule(11, 1_002)
    const poll = follow([b, c])
    await poll()
    for (const server of [b, c]) server.unschedule()
    for (const _block of [1_002, 1_003]) await poll()
    fail(c)
    expect((await poll()).plans).toStrictEqual([{ id: '11', status: 'passed', height: 1_003 }])
  })
})

it('a schedule is asked about twice if there is one REST server', async ({ liar, b }) => {
  for (const server of [liar, b]) server.signal(11, threshold)
  const upgrade = { app_version: '11', upgrade_height: '1100' }
  liar.answer('/signal/v1/upgrade', { status: 200, body: { upgrade } }, 1)
  expect((await follow([liar, b], { rest: [liar] })()).plans).toStrictEqual([voting])
})
