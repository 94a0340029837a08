import { describe, expect, onTestFinished } from 'vitest'
import { startWemixvisorServer, type WemixvisorServer } from '../../../support/servers/wemixvisorServer.js'
import { failureOf, follow, readerOver, signal, upgrade, wire } from './following.js'
import { onWemixvisor as it } from './onWemixvisor.js'

const methods = (server: WemixvisorServer): readonly (readonly string[])[] =>
  server.requests.map((request) => [...new Set(request.map(({ method }) => method))])

describe('a poll', () => {
  it('is two requests with a new block and one without, however many proposals are open', async ({ server }) => {
    for (let id = 1; id <= 60; id++) server.put(wire(String(id), 'voting'))
    const { poll, known } = follow(readerOver([server.url]))
    await poll()
    expect(known.size).toBe(60)

    server.reset()
    await poll()
    expect(methods(server)).toStrictEqual([['status', 'gov/proposals']])
    server.reset()
    server.mine()
    await poll()
    expect(methods(server)).toStrictEqual([
      ['status', 'gov/proposals'],
      ['block', 'gov/proposal'],
    ])
  })

  it('finds proposals that were submitted and executed since the last one, one with each block', async ({ server }) => {
    const { poll, known } = follow(readerOver([server.url]))
    await poll()
    server.put(upgrade('1', 'executed', { name: 'v2', height: '1100', info: '' }))
    server.put(upgrade('2', 'executed', { name: 'v3', height: '1200', info: '' }))
    server.reset()
    for (const [id, name] of [
      ['1', 'v2'],
      ['2', 'v3'],
    ] as const) {
      server.mine()
      await poll()
      expect(known.get(`local/gov/${id}`)).toMatchObject({ status: 'executed', finding: { plan: { name } } })
    }
    expect(server.requests).toHaveLength(4)
    server.mine()
    const { proposals, warnings } = await poll()
    expect([proposals, warnings]).toStrictEqual([[], []])
  })

  it('finds a cancellation that was submitted and executed since the last one', async ({ server }) => {
    server.put(upgrade('1', 'passed', { name: 'v2', height: '1100', info: '' }))
    const { poll, known } = follow(readerOver([server.url]))
    await poll()
    const content = {
      '@type': '/cosmos.upgrade.v1beta1.CancelSoftwareUpgradeProposal',
      title: 'Cancel',
      description: '',
    }
    server.put(wire('2', 'executed', { content }))
    server.mine()
    await poll()
    expect(known.get('local/gov/1')?.finding?.withdrawn).toBe('Proposal 2 cancelled it.')
  })

  it('finds a proposal that an answer left out and that closed before its opening was believed', async ({ server }) => {
    server.put(wire('8', 'voting'))
    const { poll, known } = follow(readerOver([server.url]))
    await poll()
    server.put(upgrade('7', 'voting', { name: 'v2', height: 5_000 }))
    server.mine()
    await poll()
    expect(known.has('local/gov/7')).toBe(false)
    server.put(upgrade('7', 'executed', { name: 'v2', height: 5_000 }))
    server.mine()
    await poll()
    expect(known.get('local/gov/7')?.status).toBe('executed')
  })

  it('requests closed proposals only at the start and after an hour', async ({ server }) => {
    let time = 1_800_000_000_000
    const { poll } = follow(readerOver([server.url], { now: () => time }))
    const asksForRejected = async (): Promise<boolean> => {
      server.reset()
      await poll()
      return server.requests.flat().some(({ params }) => params?.['proposal_status'] === 'rejected')
    }
    expect(await asksForRejected()).toBe(true)
    expect(await asksForRejected()).toBe(false)
    for (let minutes = 5; minutes < 60; minutes += 5) {
      time += 300_000
      expect(await asksForRejected()).toBe(false)
    }
    // The hour counts from the last such request, not from the last poll.
    time += 300_000
    expect(await asksForRejected()).toBe(true)
  })

  it('requests closed proposals after a gap between the polls, too, which may have contained an upgrade', async ({
    server,
  }) => {
    let time = 1_800_000_000_000
    const { poll, known } = follow(readerOver([server.url], { now: () => time }))
    await poll()
    server.put(upgrade('7', 'executed', { name: 'v2', height: '1100', info: '' }))
    server.mine()
    await poll()
    expect(known.size).toBe(0)
    time += 300_001
    await poll()
    expect([...known.values()]).toMatchObject([{ id: '7', finding: { plan: { name: 'v2', height: 1_100 } } }])
  })

  it('reports no previous block without a new block, because that shows no pace', async ({ server }) => {
    const { poll } = follow(readerOver([server.url]))
    await poll()
    expect(await poll()).not.toHaveProperty('previous')
    server.mine()
    expect((await poll()).previous?.number).toBe(1_000n)
  })

  it('makes no requests for closed proposals', async ({ server }) => {
    for (const status of ['rejected', 'executed', 'expired']) server.put(wire(status, status))
    const { poll, known } = follow(readerOver([server.url]))
    await poll()
    expect(known.size).toBe(3)
    server.reset()
    await poll()
    expect(methods(server)).toStrictEqual([['status', 'gov/proposals']])
  })

  it('follows a proposal that has left its lists', async ({ server }) => {
    server.put(wire('1', 'voting'))
    const { poll, known } = follow(readerOver([server.url]))
    await poll()
    server.put(
      wire('1', 'PROPOSAL_STATUS_REJECTED', {
        final_tally_result: { yes: '1', abstain: '0', no: '2', no_with_veto: '0' },
      }),
    )
    server.mine()
    server.reset()
    await poll()

    expect(known.get('local/gov/1')).toMatchObject({ status: 'rejected', tally: { yes: 1n, no: 2n } })
    expect(methods(server)).toStrictEqual([
      ['status', 'gov/proposals'],
      ['block', 'gov/proposal'],
    ])
  })

  it('retracts a proposal that is missing for longer than a node can lag, as after a deposit that ran out', async ({
    server,
  }) => {
    server.put(wire('1', 'submitted'))
    server.put(wire('2', 'voting'))
    const { poll } = follow(readerOver([server.url]))
    await poll()
    server.drop('1')
    expect((await poll()).retracted).toStrictEqual([])
    server.mine(20)
    expect((await poll()).retracted).toStrictEqual([])
    server.mine()
    expect((await poll()).retracted).toStrictEqual(['local/gov/1'])
  })

  it('does not report a proposal that it retracts, though a list still has it with an unknown status', async ({
    server,
  }) => {
    server.put(wire('1', 'submitted'))
    server.put(wire('2', 'voting'))
    const { poll } = follow(readerOver([server.url]))
    await poll()
    server.behave({
      garbled: (id) => id === '1',
      body: (answers) => JSON.stringify(answers, (key, value: unknown) => (key === 'proposal' ? null : value)),
    })
    expect((await poll()).proposals).toMatchObject([{ id: '2' }, { id: '1', notUnderstood: '"asleep"' }])
    server.mine(21)
    const { proposals, retracted } = await poll()
    expect(retracted).toStrictEqual(['local/gov/1'])
    expect(proposals).toMatchObject([{ id: '2' }])
  })

  it('warns once of a proposal that can be read neither in its list nor by its id', async ({ server }) => {
    server.put(wire('1', 'submitted'))
    server.put(wire('2', 'voting'))
    const { poll } = follow(readerOver([server.url]))
    await poll()
    server.behave({ garbled: (id) => id === '1' })
    expect((await poll()).warnings).toStrictEqual(['Proposal 1 has an unknown status and was left out.'])
  })

  it('retracts nothing if the node has only lost the method', async ({ server }) => {
    server.put(wire('1', 'submitted'))
    const { poll } = follow(readerOver([server.url]))
    await poll()
    server.drop('1')
    server.behave({ without: ['gov/proposal'] })
    await expect(poll()).rejects.toThrow(/gov\/proposal with an error: Method not found/)
  })

  it('reports a plan as withdrawn if a later proposal cancelled it', async ({ server }) => {
    const cancel = { '@type': '/cosmos.upgrade.v1beta1.CancelSoftwareUpgradeProposal', title: 'No' }
    server.put(upgrade('1', 'passed', { name: 'v1', height: 500 }, { voting_end_time: '2026-01-01T00:10:00Z' }))
    server.put(upgrade('2', 'passed', { name: 'v2', height: 9_000 }, { voting_end_time: '2026-01-01T00:20:00Z' }))
    server.put(wire('3', 'voting', { content: cancel, voting_end_time: '2026-01-01T00:30:00Z' }))
    const { poll, known } = follow(readerOver([server.url]))
    await poll()
    expect(known.get('local/gov/2')?.finding?.withdrawn).toBeUndefined()

    server.put(wire('3', 'passed', { content: cancel, voting_end_time: '2026-01-01T00:30:00Z' }))
    await poll()
    expect(known.get('local/gov/2')?.finding?.withdrawn).toBe('Proposal 3 cancelled it.')
    expect(known.get('local/gov/1')?.finding?.withdrawn).toBeUndefined()
  })
})

describe('a server with a smaller dialect', () => {
  it('may not accept batches, which wemixvisor does not use', async ({ server }) => {
    server.behave({ single: true })
    server.put(upgrade('1', 'passed', { name: 'v2', height: 5_000 }))
    const { poll, known } = follow(readerOver([server.url]))
    await poll()
    server.mine()
    expect((await poll()).head.number).toBe(1_001n)
    expect(known.get('local/gov/1')).toMatchObject({ status: 'passed', finding: { plan: { name: 'v2' } } })
  })

  it('may know one spelling of the status: the other is tried three times, then every ten minutes', async ({
    server,
  }) => {
    server.behave({ unknownWords: /^PROPOSAL_STATUS_|queued|executed|canceled/ })
    server.put(wire('1', 'voting'))
    let now = 1_800_000_000_000
    const { poll, known } = follow(readerOver([server.url], { now: () => now }))
    const wordsOfPoll = async () => {
      server.reset()
      await poll()
      return server.requests.flat().flatMap(({ params }) => params?.['proposal_status'] ?? [])
    }
    const own = ['submitted', 'voting', 'passed']
    const sdk = ['DEPOSIT_PERIOD', 'VOTING_PERIOD', 'PASSED'].map((word) => `PROPOSAL_STATUS_${word}`)
    const both = [...own.flatMap((word, at) => [word, sdk[at]]), 'queued']
    await poll()
    expect([...known.keys()]).toStrictEqual(['local/gov/1'])
    expect([await wordsOfPoll(), await wordsOfPoll()]).toStrictEqual([both, both])
    expect([await wordsOfPoll(), await wordsOfPoll()]).toStrictEqual([own, own])
    now += 300_000
    expect(await wordsOfPoll()).toStrictEqual(own)
    now += 300_000
    expect([await wordsOfPoll(), await wordsOfPoll()]).toStrictEqual([both, own])
  })

  it('that refuses a known word once fails the reading, so that nothing is missed', async ({ server }) => {
    const { poll, known } = follow(readerOver([server.url]))
    await poll()
    server.put(wire('1', 'voting'))
    server.behave({ unknownWords: /^voting$/ })
    await expect(poll()).rejects.toThrow(/unknown proposal_status/)
    server.behave({})
    await poll()
    expect([...known.keys()]).toStrictEqual(['local/gov/1'])
  })

  it('may change to the other words: readings fail for two polls', async ({ server }) => {
    const { poll, known } = follow(readerOver([server.url]))
    await poll()
    server.put(wire('1', 'PROPOSAL_STATUS_VOTING_PERIOD'))
    server.behave({ unknownWords: /^[a-z]+$/ })
    await expect(poll()).rejects.toThrow(/unknown proposal_status/)
    await expect(poll()).rejects.toThrow(/unknown proposal_status/)
    await poll()
    expect([...known.keys()]).toStrictEqual(['local/gov/1'])
  })

  it('must know a spelling of the open statuses', async ({ server }) => {
    server.behave({ unknownWords: /voting/i })
    await expect(follow(readerOver([server.url])).poll()).rejects.toThrow(
      /gov\/proposals with an error: unknown proposal_status/,
    )
  })

  it('may have no blocks: the head is then made from the height and the clock of the host', async ({ server }) => {
    server.behave({ without: ['block'] })
    const { poll } = follow(readerOver([server.url]))
    expect((await poll()).head).toStrictEqual({
      number: 1_000n,
      hash: 'height-1000',
      parentHash: 'height-999',
      timestamp: 1_800_000_000n,
    })
    server.mine()
    expect((await poll()).head.hash).toBe('height-1001')
  })

  it('may report hash and time in its status', async ({ server }) => {
    server.behave({
      without: ['block'],
      sync: { latest_block_hash: 'ABCD', latest_block_time: '2026-03-25T14:00:43.356134226Z' },
    })
    expect((await follow(readerOver([server.url])).poll()).head).toMatchObject({
      hash: 'abcd',
      timestamp: 1_774_447_243n,
    })
  })

  it('may report another hash at the same height, which is another block', async ({ server }) => {
    server.behave({ without: ['block'], sync: { latest_block_hash: 'ABCD' } })
    const { poll } = follow(readerOver([server.url]))
    await poll()
    server.behave({ without: ['block'], sync: { latest_block_hash: 'EF01' } })
    expect((await poll()).head.hash).toBe('ef01')
  })

  it('may report times that go back: no previous block is reported then', async ({ server }) => {
    const at = (time: string) => ({ without: ['block'], sync: { latest_block_time: time } })
    server.behave(at('2026-03-25T14:00:00Z'))
    const { poll } = follow(readerOver([server.url]))
    await poll()
    server.mine()
    server.behave(at('2026-03-25T13:00:00Z'))
    expect(await poll()).not.toHaveProperty('previous')
    server.mine()
    server.behave(at('2026-03-25T14:00:05Z'))
    expect((await poll()).previous?.number).toBe(1_001n)
  })

  it.for([
    ['150 blocks give the pace of the last hundred', 150, 50n],
    ['50 blocks give the pace of all of them', 50, 1n],
    ['one block gives no pace', 1, undefined],
  ] as const)('may be on a young chain: %s', async ([_what, height, older]) => {
    const server = await startWemixvisorServer(height)
    onTestFinished(() => server.stop())
    expect((await follow(readerOver([server.url])).poll()).previous?.number).toBe(older)
  })

  it('may have no parameters: no threshold is reported then', async ({ server }) => {
    server.behave({ without: ['gov/params'] })
    server.put(wire('1', 'rejected'))
    const {
      proposals: [proposal],
    } = await follow(readerOver([server.url])).poll()
    expect(proposal?.tally).toStrictEqual({ yes: 0n, no: 0n, abstain: 0n, veto: 0n, unit: 'votes' })
  })
})

describe('a node that cannot be trusted', () => {
  it('is on another chain than configured', async ({ server }) => {
    server.behave({ status: { node_info: { network: 'other-1', version: '0.38' } } })
    expect(await failureOf(follow(readerOver([server.url], { chainId: 'wemix-1' })).poll())).toMatch(
      /^permanent: .* is on chain other-1, expected wemix-1: check rpc.urls and rpc.chainId\.$/,
    )
  })

  it('is on another chain than before', async ({ server }) => {
    server.behave({ status: { node_info: { network: 'wemix-1' } } })
    const { poll } = follow(readerOver([server.url]))
    expect(await poll()).toMatchObject({ ok: true })
    server.behave({ status: { node_info: { network: 'other-1' } } })
    await expect(poll()).rejects.toThrow(/expected wemix-1/)
  })

  it('is on another chain than before it stopped reporting one', async ({ server }) => {
    server.behave({ status: { node_info: { network: 'wemix-1' } } })
    const { poll } = follow(readerOver([server.url]))
    await poll()
    server.behave({})
    await poll()
    server.behave({ status: { node_info: { network: 'other-1' } } })
    await expect(poll()).rejects.toThrow(/expected wemix-1/)
  })

  it('is on another chain according to its blocks only', async ({ server }) => {
    const { poll } = follow(readerOver([server.url], { chainId: 'wemix-1' }))
    const saying = (network: string) => (answers: readonly object[]) =>
      JSON.stringify(answers).replaceAll('"header":{', `"header":{"chain_id":"${network}",`)
    server.behave({ body: saying('wemix-1') })
    expect(await poll()).toMatchObject({ ok: true })
    server.mine()
    server.behave({ body: saying('other-1') })
    await expect(poll()).rejects.toThrow(/is on chain other-1, expected wemix-1/)
  })

  it('is on another chain: the error is about that, not about the different blocks', async ({ server }) => {
    server.behave({ status: { node_info: { network: 'wemix-1' } } })
    const { poll } = follow(readerOver([server.url]))
    await poll()
    server.restart(3_000)
    server.behave({ status: { node_info: { network: 'other-1' } } })
    await expect(poll()).rejects.toThrow(/is on chain other-1, expected wemix-1/)
    server.restart(7)
    await expect(poll()).rejects.toThrow(/is on chain other-1, expected wemix-1/)
  })

  it('does not report the configured chain id', async ({ server }) => {
    await expect(follow(readerOver([server.url], { chainId: 'wemix-1' })).poll()).rejects.toThrow(
      /does not report its chain id: remove rpc.chainId/,
    )
  })

  it('reports its version, cleaned of control characters', async ({ server }) => {
    server.behave({ status: { node_info: { version: '0.38\u001b[31m' } } })
    expect((await follow(readerOver([server.url])).poll()).nodeVersion).toBe('0.38')
  })

  it("reports its version if it is the first one, because others are not the operator's node", async ({ server }) => {
    const other = await startWemixvisorServer()
    onTestFinished(() => other.stop())
    server.behave({ status: { node_info: { version: 'v1' } } })
    other.behave({ status: { node_info: { version: 'v2' } } })
    const { poll } = follow(readerOver([server.url, other.url]))
    expect((await poll()).nodeVersion).toBe('v1')
    server.behave({ body: () => 'gone' })
    expect(await poll()).not.toHaveProperty('nodeVersion')
  })

  it('is still catching up', async ({ server }) => {
    server.behave({ sync: { catching_up: true } })
    expect(await failureOf(follow(readerOver([server.url])).poll())).toMatch(
      /^transient: .* is still catching up with its chain, at block 1000\.$/,
    )
    expect(await readerOver([server.url]).readNodeState?.(signal)).toMatchObject({
      head: { number: 1_000n },
      isSyncing: true,
    })
  })

  it('goes back: nothing is read there, and the head stays', async ({ server }) => {
    server.put(wire('1', 'voting'))
    const { poll } = follow(readerOver([server.url]))
    await poll()
    server.mine(-10)
    server.drop('1')
    expect(await poll()).toMatchObject({ head: { number: 1_000n }, proposals: [], retracted: [] })
  })

  it.for<[string, Record<string, unknown>]>([
    ['none', { latest_block_height: null }],
    ['a negative one', { latest_block_height: '-5' }],
    ['a word', { latest_block_height: 'high' }],
    ['an enormous one', { latest_block_height: '9'.repeat(40) }],
  ])('has an invalid height: %s', async ([_, sync], { server }) => {
    server.behave({ sync })
    expect(await failureOf(follow(readerOver([server.url])).poll())).toMatch(/^transient: .* names no height\.$/)
  })

  it('returns another block than requested', async ({ server }) => {
    server.behave({ body: (answers) => JSON.stringify(answers).replaceAll('"height":"1000"', '"height":"7"') })
    await expect(follow(readerOver([server.url])).poll()).rejects.toThrow(
      /answered with block 7 where block 1000 was asked for/,
    )
  })

  it('is skipped for the next one', async ({ server }) => {
    const second = await startWemixvisorServer(2_000)
    server.behave({ httpStatus: 503, body: () => '' })
    expect((await follow(readerOver([server.url, second.url])).poll()).head.number).toBe(2_000n)
    await second.stop()
  })
})

describe('the cursor', () => {
  it('survives JSON unchanged', async ({ server }) => {
    server.behave({ status: { node_info: { network: 'wemix-1' } } })
    const { cursor } = await follow(readerOver([server.url])).poll()
    const restarted = await readerOver([server.url]).read({ cursor: structuredClone(cursor), open: [], signal })
    expect(restarted.head.number).toBe(1_000n)
    expect(restarted.cursor).toStrictEqual(cursor)
  })

  it('is refused if another system wrote it', async ({ server }) => {
    expect(await failureOf(readerOver([server.url]).read({ cursor: { v: 1, chainId: 1 }, open: [], signal }))).toMatch(
      /^permanent: .* cannot be read/,
    )
  })
})
