import { describe, expect, it as plain } from 'vitest'
import { keyOf, type Proposal, type ProposalKey } from '../../../../src/domain/proposals/proposal.js'
import type { Json } from '../../../../src/domain/text/json.js'
import { createReader } from '../../../../src/sources/createReader.js'
import { createHttpEndpoints } from '../../../../src/sources/http/createHttpEndpoints.js'
import { createHttpClient } from '../../../../src/transport/createHttpClient.js'
import { untilDone } from '../../../support/fixtures.js'
import { threshold, total } from '../../../support/servers/cosmos/signalRoute.js'
import { startSignalServer } from '../../../support/servers/signalServer.js'

const it = plain
  .extend('server', ({}, cleaning) => untilDone(startSignalServer(), cleaning))
  .extend('celestia', ({ server }) => follow(server.url))

const { signal } = new AbortController()

function follow(url: string, rest: readonly string[] = [url]) {
  const to = { chain: 'celestia', timeoutMs: 60_000, http: createHttpClient() }
  const reader = createReader({
    system: 'signal',
    chain: 'celestia',
    rpc: createHttpEndpoints({ ...to, urls: [url] }),
    rest: createHttpEndpoints({ ...to, urls: rest }),
    now: () => Date.now(),
  })
  const known = new Map<ProposalKey, Proposal>()
  let cursor: Json | undefined
  return {
    reader,
    async poll() {
      const reading = await reader.read({
        ...(cursor !== undefined && { cursor }),
        open: [...known.values()],
        signal,
      })
      for (const proposal of reading.proposals) known.set(keyOf(proposal), proposal)
      cursor = reading.cursor
      return reading
    },
  }
}

describe('a reader of x/signal', () => {
  it('keeps the height of a switch that took place, whatever a server still reports of it', async ({
    server,
    celestia,
  }) => {
    server.schedule(11, 1_100)
    await celestia.poll()
    server.mine(1_101 - server.height())
    server.schedule(11, 1_050)
    const [switched] = (await celestia.poll()).proposals
    expect(switched?.finding).toMatchObject({ plan: { height: 1_101 }, applied: 1_101n })
  })

  it('makes one request without a new block, and five with one', async ({ server, celestia }) => {
    await celestia.poll()
    const count = async (): Promise<readonly string[]> => {
      server.requests.length = 0
      await celestia.poll()
      return server.requests
    }
    expect(await count()).toStrictEqual(['/status'])
    server.mine(1)
    expect(await count()).toStrictEqual([
      '/status',
      '/commit?height=1001',
      '/signal/v1/upgrade',
      '/signal/v1/tally/11',
      '/signal/v1/tally/12',
    ])
  })

  it('reports versions with signals, also one that would be skipped, and no others', async ({ server, celestia }) => {
    server.signal(12, 7)
    const { proposals } = await celestia.poll()
    expect(proposals.map(({ id, status }) => [id, status])).toStrictEqual([['12', 'voting']])
  })

  it('keeps a version open whose validators have all signalled another', async ({ server, celestia }) => {
    server.signal(11, 7)
    await celestia.poll()
    server.signal(11, 0)
    server.mine(1)
    expect((await celestia.poll()).proposals).toMatchObject([{ id: '11', status: 'voting', tally: { yes: 0n } }])
  })

  it('closes a version that a later one skipped as expired, and the one that runs as executed', async ({
    server,
    celestia,
  }) => {
    server.signal(11, 7)
    server.signal(12, threshold)
    server.schedule(12, 1_010)
    await celestia.poll()
    server.mine(100)
    expect((await celestia.poll()).proposals).toMatchObject([
      { id: '11', status: 'expired', derived: true },
      { id: '12', status: 'executed', derived: true, finding: { applied: 1_011n }, tally: { yes: BigInt(threshold) } },
    ])
    server.mine(1)
    expect((await celestia.poll()).proposals).toStrictEqual([])
  })

  it('keeps the previous tally with a warning if the chain fails to answer', async ({ server, celestia }) => {
    server.signal(11, 7)
    await celestia.poll()
    server.answer('/signal/v1/tally/11', { status: 500, body: { code: 13, message: 'panic' } })
    server.mine(1)
    const { proposals, warnings } = await celestia.poll()
    expect(proposals).toMatchObject([{ tally: { yes: 7n } }])
    expect(warnings.join()).toMatch(/does not report the signals for version 11/)
  })

  it('does not delay the height if the server does not count signals', async ({ server, celestia }) => {
    server.signal(11, 7)
    server.schedule(11, 1_010)
    await celestia.poll()
    for (const failure of [{ status: 503, body: 'no' }, 'hang'] as const) {
      for (const version of [11, 12]) server.answer(`/signal/v1/tally/${version}`, failure)
      server.mine(1)
      const { head, proposals, warnings } = await celestia.poll()
      expect(head.number).toBe(BigInt(server.height()))
      expect(proposals).toMatchObject([{ id: '11', status: 'passed', tally: { yes: 7n } }])
      expect(warnings[0]).toMatch(/does not report the signals for version 11: it does not answer\.$/)
    }
  })

  it.for<[string, { status: number; body: unknown }, RegExp]>([
    ['has no x/signal', { status: 501, body: { code: 12, message: 'Not Implemented' } }, /does not serve x\/signal/],
    ['returns something else', { status: 200, body: { plan: null } }, /neither names the scheduled upgrade/],
    [
      'reports a height of 0',
      { status: 200, body: { upgrade: { app_version: '11', upgrade_height: '0' } } },
      /neither/,
    ],
  ])('refuses a server that %s', async ([, answer, sentence], { server, celestia }) => {
    server.answer('/signal/v1/upgrade', answer)
    await expect(celestia.poll()).rejects.toThrow(sentence)
  })

  it.for<[string, { app_version: string; upgrade_height: string }]>([
    ['that no chain can have next', { app_version: '900', upgrade_height: '9000' }],
    ['that the blocks have already, before its height', { app_version: '10', upgrade_height: '9000' }],
  ])('does not believe a schedule for a version %s', async ([, upgrade], { server, celestia }) => {
    server.schedule(11, 9_000)
    await celestia.poll()
    server.answer('/signal/v1/upgrade', { status: 200, body: { upgrade } })
    server.mine(1)
    await expect(celestia.poll()).rejects.toThrow(/which is impossible while its blocks are of version 10/)
    server.answer('/signal/v1/upgrade', undefined)
    expect((await celestia.poll()).proposals).toMatchObject([{ id: '11', status: 'passed' }])
  })

  it('does not believe a single answer about a new schedule', async ({ server, celestia }) => {
    const upgrade = { app_version: '11', upgrade_height: '9000' }
    server.signal(11, threshold)
    server.answer('/signal/v1/upgrade', { status: 200, body: { upgrade } }, 1)
    expect((await celestia.poll()).proposals).toMatchObject([{ id: '11', status: 'voting' }])

    server.mine(1)
    server.answer('/signal/v1/upgrade', { status: 200, body: { upgrade: { ...upgrade, upgrade_height: '1100' } } }, 1)
    server.schedule(11, 9_000)
    expect((await celestia.poll()).proposals).toMatchObject([
      { id: '11', status: 'passed', finding: { plan: { height: 9_001 } } },
    ])
    server.requests.length = 0
    server.mine(1)
    await celestia.poll()
    expect(server.requests.filter((path) => path === '/signal/v1/upgrade')).toHaveLength(1)
  })

  it('believes that a schedule has moved once that is reported for longer than a server may be wrong', async ({
    server,
    celestia,
  }) => {
    const heights: (number | undefined)[] = []
    server.schedule(11, 1_100)
    for (const [upgradeHeight, blocks] of [
      [1_100, 0],
      [1_200, 1],
      [1_200, 20],
      [1_200, 1],
    ] as const) {
      server.schedule(11, upgradeHeight)
      server.mine(blocks)
      heights.push((await celestia.poll()).proposals[0]?.finding?.plan.height)
    }
    expect(heights).toStrictEqual([1_101, 1_101, 1_101, 1_201])
  })

  it('reports nothing of a switch that took place before the first reading', async ({ server, celestia }) => {
    server.schedule(11, 1_001)
    server.mine(2)
    server.schedule(11, 1_001)
    expect((await celestia.poll()).proposals).toStrictEqual([])
  })

  it('refuses an impossible version in a block', async ({ server, celestia }) => {
    server.mine(1)
    const header = { height: '1001', version: { app: '9'.repeat(40) } }
    for (const path of ['/commit', '/block'])
      server.answer(path, { status: 200, body: { result: { signed_header: { header }, block: { header } } } })
    await expect(celestia.poll()).rejects.toThrow(/does not report the application version of block 1001/)
  })

  it('uses the next REST server if one is not a Celestia node', async ({ server }) => {
    await using other = { ...(await startSignalServer()), [Symbol.asyncDispose]: () => other.stop() }
    other.answer('/signal/v1/upgrade', { status: 501, body: { code: 12, message: 'Not Implemented' } })
    server.signal(11, 7)
    expect((await follow(server.url, [other.url, server.url]).poll()).proposals).toMatchObject([{ id: '11' }])
  })

  it('reads whether a validator has signed a block, only from its own chain', async ({ server, celestia }) => {
    await celestia.poll()
    const { reader } = celestia
    const ours = 'AB'.repeat(20)
    const commit = (chain_id: string) => ({
      status: 200,
      body: {
        result: {
          signed_header: {
            header: { chain_id, height: '999' },
            commit: { height: '999', signatures: [{ block_id_flag: 2, validator_address: ours }] },
          },
          canonical: true,
        },
      },
    })
    server.answer('/commit', commit('celestia'))
    expect(await reader.readSignature!(999n, ours, signal)).toBe('signed')
    server.answer('/commit', commit('mocha-4'))
    await expect(reader.readSignature!(999n, ours, signal)).rejects.toThrow(/is on chain mocha-4/)
  })

  it('returns a version, its rules, its validators, and a summary for the check', async ({
    server,
    celestia: { reader },
  }) => {
    server.signal(11, 300_000_060)
    server.schedule(12, 9_000)
    expect(await reader.readProposal('signal', '11', signal)).toMatchObject({ id: '11', status: 'voting' })
    expect(await reader.readProposal('signal', '13', signal)).toBeUndefined()
    expect(await reader.readProposal('gov', '11', signal)).toBeUndefined()
    expect(await reader.readProposals('passed', signal)).toMatchObject([
      { id: '12', finding: { plan: { name: 'v12' } } },
    ])
    expect(await reader.readParameters(signal)).toMatchObject([
      { quorum: BigInt(threshold), totalSupply: BigInt(total), details: { appVersion: '10' } },
    ])
    expect(await reader.readMembers(signal)).toHaveLength(2)
    expect(await reader.check(signal)).toStrictEqual([
      {
        system: 'signal',
        contract: 'signal',
        summary:
          'celestia at block 1000, gaia v17.0.0, app version 10, version 11 signalled by 50.0 % of the voting power, it takes 83.3 %, version 12 scheduled from block 9001 on',
      },
    ])
  })
})
