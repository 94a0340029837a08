import { describe, expect, onTestFinished } from 'vitest'
import { emptyBlockTime } from '../../../../src/domain/blocks/blockTime.js'
import { isJsonObject } from '../../../../src/domain/text/json.js'
import { guardHeads } from '../../../../src/sources/agreement/guardHeads.js'
import {
  type Manner,
  startWemixvisorServer,
  timeOfBlock,
  type WemixvisorServer,
} from '../../../support/servers/wemixvisorServer.js'
import { failureOf, follow, type Followed, readerOver, signal, upgrade, wire } from './following.js'
import { onWemixvisor as it } from './onWemixvisor.js'

const restarted = (server: WemixvisorServer, node: Followed): Followed => follow(readerOver([server.url]), node)
async function nextPoll(server: WemixvisorServer, node: Followed) {
  server.mine()
  return node.poll()
}
const far = (2n ** 53n - 1n).toString()

describe('one wrong height', () => {
  it.for([
    ['at the first poll', false],
    ['later', true],
  ] as const)(
    'that is impossible is refused if the node does not have its block (%s)',
    async ([_what, isLater], { server, node }) => {
      if (isLater) await node.poll()
      server.put(wire('1', 'voting'))
      server.behave({ sync: { latest_block_height: far } })
      expect(await failureOf(node.poll())).toMatch(
        /^transient: .* claims to be at block 9007199254740991, which the chain cannot have reached yet, and does not have that block\.$/,
      )
      server.behave({})
      node = restarted(server, node)
      expect((await nextPoll(server, node)).head.number).toBe(1_001n)
      expect(node.known.get('local/gov/1')?.status).toBe('voting')
    },
  )

  it('counts only while it is reported, on a server without blocks, also after a restart', async ({ server, node }) => {
    server.behave({ without: ['block'] })
    await node.poll()
    server.behave({ without: ['block'], sync: { latest_block_height: far } })
    for (const each of [node, restarted(server, node), node])
      await expect(each.poll()).rejects.toThrow(/cannot have reached yet/)
    server.behave({ without: ['block'], sync: { latest_block_height: '90000' } })
    expect((await node.poll()).head.number).toBe(90_000n)
    server.behave({ without: ['block'] })
    node = restarted(server, node)
    server.put(wire('1', 'voting'))
    const { head, rewoundTo } = await nextPoll(server, node)
    expect([head.number, rewoundTo]).toStrictEqual([1_001n, 1_001n])
    expect(node.known.get('local/gov/1')?.status).toBe('voting')
    expect(await nextPoll(server, node)).not.toHaveProperty('rewoundTo')
  })

  it('in a stored state is dropped', async ({ server, node }) => {
    const { cursor } = await node.poll()
    if (!isJsonObject(cursor)) throw new Error('no cursor')
    const head = { number: far, hash: `height-${far}`, parentHash: 'height-0', timestamp: '1800000000' }
    server.put(wire('1', 'voting'))
    const { rewoundTo, previous, proposals } = await readerOver([server.url]).read({
      cursor: { v: 1, head },
      open: [],
      signal,
    })
    expect(rewoundTo).toBe(1_000n)
    // The pace of the chain is computed again, too.
    expect(previous?.number).toBe(900n)
    expect(proposals).toHaveLength(1)
  })

  it('stays if another node reports it, too, whichever is asked first', async ({ server, node }) => {
    const other = await startWemixvisorServer(1_100)
    node = follow(readerOver([server.url, other.url]))
    server.mine(100)
    await node.poll()
    server.mine(-100)
    server.behave({ sync: { latest_block_time: timeOfBlock(5_000) } })
    expect((await node.poll()).head.number).toBe(1_100n)
    await other.stop()
  })

  it('is waited for if the blocks of the node are older, because it lags', async ({ server, node }) => {
    server.mine(100)
    await node.poll()
    server.mine(-100)
    server.put(wire('1', 'voting'))
    expect(await node.poll()).toMatchObject({ head: { number: 1_100n }, proposals: [], lagging: true })
  })
})

describe('the result of a vote', () => {
  // Behind one address each request may reach another node: the status is from one, the lists are from another.
  it.for([
    ['passed', 'voting'],
    ['PROPOSAL_STATUS_PASSED', 'PROPOSAL_STATUS_VOTING_PERIOD'],
    ['rejected', 'voting'],
    ['voting', 'submitted'],
    ['queued', 'passed'],
    ['executed', 'passed'],
    ['failed', 'passed'],
    ['canceled', 'queued'],
  ] as const)('is not undone by an older answer: %s is not reported as %s', async ([now, then], { server, node }) => {
    const told = upgrade('6', now, { name: 'v6', height: '1200' })
    server.put(upgrade('6', 'voting', { name: 'v6', height: '1200' }))
    await node.poll()
    server.put(told)
    // Polls may be further apart than nodes lag, so the first such answer proves nothing.
    server.mine(50)
    await node.poll()
    const known = structuredClone([...node.known.values()])
    server.put({ ...told, status: then })
    for (const [each, blocks] of [
      [node, 50],
      [restarted(server, node), 20],
    ] as const) {
      server.mine(blocks)
      expect(await each.poll()).toMatchObject({
        proposals: [],
        retracted: [],
        warnings: [expect.stringMatching(/^.* of local reports proposal 6 as it was earlier: /)],
      })
    }
    server.put(told)
    await nextPoll(server, node)
    expect([...node.known.values()]).toMatchObject(known.map(({ status, finding }) => ({ status, finding })))
  })

  it.for(['executed', 'failed'] as const)(
    'stays %s after any time while the height of its plan is ahead',
    async (now, { server, node }) => {
      const told = upgrade('6', now, { name: 'v6', height: '5000' })
      server.put(told)
      await node.poll()
      for (const each of [node, restarted(server, node)]) {
        server.put(told)
        server.mine(1_000)
        await each.poll()
        await nextPoll(server, each)
        server.put({ ...told, status: 'voting' })
        expect((await nextPoll(server, each)).proposals).toStrictEqual([])
      }
    },
  )

  it.for([
    ['rejected', 'voting'],
    ['PROPOSAL_STATUS_PASSED', 'PROPOSAL_STATUS_VOTING_PERIOD'],
    ['executed', 'passed'],
    ['failed', 'queued'],
  ] as const)(
    'of a closed proposal, %s, becomes %s only after longer than a node can lag',
    async ([now, then], { server, node }) => {
      server.put(wire('5', now))
      server.put(wire('6', 'canceled'))
      await node.poll()
      server.mine(1_000)
      await node.poll()
      server.put(wire('5', then))
      const each = restarted(server, node)
      expect(await nextPoll(server, node)).toMatchObject({
        proposals: [],
        warnings: [
          expect.stringMatching(/^.* of local reports proposal 5 as (open, although it was completed|it was earlier)/),
        ],
      })
      server.mine(1)
      for (const blocks of [0, 20]) {
        server.mine(blocks)
        expect((await each.poll()).proposals.map(({ id }) => id)).not.toContain('5')
      }
      expect((await nextPoll(server, each)).proposals).toMatchObject([{ id: '5' }])
      server.put(wire('7', 'voting'))
      expect((await nextPoll(server, each)).proposals).toContainEqual(expect.objectContaining({ id: '7' }))
    },
  )

  it('that one answer made up does not delay other proposals beyond the next full reading', async ({
    server,
    node,
  }) => {
    server.put(wire('999999', 'rejected'))
    await node.poll()
    server.mine(1_000)
    await node.poll()
    server.drop('999999')
    server.put(wire('7', 'voting'))
    const each = restarted(server, node)
    expect((await nextPoll(server, each)).proposals).toStrictEqual([])
    server.put(wire('8', 'voting'))
    expect((await nextPoll(server, each)).proposals).toMatchObject([{ id: '8' }])
  })

  it('is corrected if the proposal is open in every poll for longer than a node can lag', async ({ server, node }) => {
    server.put(wire('6', 'passed'))
    await node.poll()
    server.put(wire('6', 'voting'))
    expect((await nextPoll(server, node)).proposals).toStrictEqual([])
    server.mine(20)
    expect((await node.poll()).proposals).toStrictEqual([])
    expect((await nextPoll(server, node)).proposals).toMatchObject([{ id: '6', status: 'voting' }])
  })
})

describe('a chain that was reset under the same name', () => {
  it.for([
    ['is below the last reading', 7],
    ['is above it', 3_000],
  ] as const)('is refused with what to do: it %s', async ([_what, height], { server, node }) => {
    server.put(wire('1', 'voting'))
    await node.poll()
    await nextPoll(server, node)
    server.restart(height)
    for (const each of [node, restarted(server, node)]) {
      expect(await failureOf(each.poll())).toMatch(
        /^permanent: The history at .* differs from what was recorded.*: it is another chain or one that was reset\. Check rpc\.urls, or start with a new state file\.$/,
      )
    }
  })

  it('is not concluded from one wrong hash', async ({ server, node }) => {
    await node.poll()
    const wrong = `0x${'ab'.repeat(32)}`
    server.behave({
      body: (answers) => JSON.stringify(answers).replaceAll(`0x${(1_001).toString(16).padStart(64, '0')}`, wrong),
    })
    await nextPoll(server, node)
    server.behave({})
    expect((await nextPoll(server, node)).head.number).toBe(1_002n)
  })
})

describe('a node that invented all blocks so far', () => {
  it('does not make the others look like those of another chain', async ({ server, node }) => {
    server.behave({ body: (answers) => JSON.stringify(answers).replaceAll(/0x0{60}(?=03[ef])/g, '0xde') })
    server.mine(8)
    await node.poll()
    await nextPoll(server, node)
    server.behave({})
    for (const each of [node, restarted(server, node)])
      expect((await nextPoll(server, each)).head.number).toBe(BigInt(server.height()))
  })

  it('even the oldest, is not read first if two nodes that must agree have another one', async ({ server }) => {
    const others = [await startWemixvisorServer(), await startWemixvisorServer()]
    for (const other of others) onTestFinished(() => other.stop())
    server.behave({ body: (answers) => JSON.stringify(answers).replaceAll(/"0x0{40}/g, `"0x${'de'.repeat(20)}`) })
    const urls = [server, ...others].map(({ url }) => url)
    const nodes = urls.map((url) => readerOver([url]))
    const known = () => ({ blockTime: emptyBlockTime })
    const guarded = guardHeads(readerOver(urls), { nodes, agreement: 2, known, now: Date.now })
    const { host } = await guarded.read({ open: [], signal })
    expect(host).toBe(new URL(others[0]!.url).host)
  })

  it('far above the chain does not make it look like one that was reset', async ({ server, node }) => {
    server.mine(5_000)
    await node.poll()
    await nextPoll(server, node)
    server.mine(-5_000)
    server.behave({ sync: { latest_block_time: timeOfBlock(9_000) } })
    expect((await nextPoll(server, node)).rewoundTo).toBe(1_002n)
  })
})

describe('the block of a height that the node refuses', () => {
  const refusing = (below: number): Manner => ({
    body: (answers) =>
      JSON.stringify(
        answers.map((answer) => {
          const height = /"height":"(\d+)"/.exec(JSON.stringify(answer))?.[1]
          return height !== undefined && Number(height) < below
            ? { jsonrpc: '2.0', id: 'id' in answer ? answer.id : null, error: { code: -32603, message: 'pruned' } }
            : answer
        }),
      ),
  })
  const read = (server: WemixvisorServer, height: bigint) => readerOver([server.url]).readBlock(height, signal)

  it('counts as pruned if the node has the newest block of its status', async ({ server }) => {
    server.behave(refusing(1_000))
    expect(await read(server, 900n)).toMatchObject({ number: 900n, hash: 'height-900' })
    expect(await read(server, 1_000n)).toMatchObject({ number: 1_000n })
  })

  it('does not exist if the node lacks the newest block, too, or if it is that one', async ({ server }) => {
    server.behave({ sync: { latest_block_height: '2000' } })
    expect([await read(server, 1_500n), await read(server, 2_000n)]).toStrictEqual([undefined, undefined])
    server.behave({ without: ['block'], sync: { latest_block_height: '2000' } })
    expect(await read(server, 2_000n)).toMatchObject({ number: 2_000n, hash: 'height-2000' })
  })
})

describe('a hash', () => {
  it.for(['0'.repeat(64), `0x${'0'.repeat(64)}`, ''])(
    'of "%s" is ignored, and readings continue',
    async (hash, { server, node }) => {
      server.behave({ without: ['block'], sync: { latest_block_hash: hash } })
      expect((await node.poll()).head.hash).toBe('height-1000')
      server.put(wire('1', 'voting'))
      expect((await nextPoll(server, node)).head.hash).toBe('height-1001')
      expect(node.known.get('local/gov/1')?.status).toBe('voting')
    },
  )
})

describe('a proposal that is missing', () => {
  it('is retracted only after longer than a node can lag, also after a restart', async ({ server, node }) => {
    server.put(upgrade('1', 'passed', { name: 'v2', height: 5_000 }))
    await node.poll()
    server.behave({ forgets: () => true })
    expect((await nextPoll(server, node)).retracted).toStrictEqual([])
    server.behave({})
    expect((await nextPoll(server, node)).retracted).toStrictEqual([])
    server.behave({ forgets: () => true })
    expect((await nextPoll(server, node)).retracted).toStrictEqual([])
    node = restarted(server, node)
    expect((await nextPoll(server, node)).retracted).toStrictEqual([])
    server.mine(20)
    expect((await node.poll()).retracted).toStrictEqual(['local/gov/1'])
  })
})

describe('a plan that was cancelled', () => {
  const cancel = { '@type': '/cosmos.upgrade.v1beta1.CancelSoftwareUpgradeProposal', title: 'No' }
  const end = (minute: number) => ({ voting_end_time: `2026-01-01T00:${minute}:00Z` })
  const finding = (node: Followed) => node.known.get('local/gov/2')?.finding

  it.beforeEach(async ({ server, node }) => {
    server.put(upgrade('1', 'passed', { name: 'v1', height: 500 }, end(10)))
    server.put(upgrade('2', 'passed', { name: 'v2', height: 9_000 }, end(20)))
    server.put(wire('3', 'passed', { content: cancel, ...end(30) }))
    await node.poll()
    expect(finding(node)?.withdrawn).toBe('Proposal 3 cancelled it.')
  })

  it.for([
    [
      'is in no list that is read',
      (server: WemixvisorServer) => server.put(wire('3', 'executed', { content: cancel, ...end(30) })),
    ],
    ['cannot be read', (server: WemixvisorServer) => server.behave({ garbled: (id) => id === '3' })],
    ['is gone', (server: WemixvisorServer) => server.drop('3')],
  ] as const)('stays cancelled if the cancelling proposal %s', async ([_what, happens], { server, node }) => {
    happens(server)
    for (const each of [node, node]) {
      await each.poll()
      expect(finding(node)?.withdrawn).toBe('Proposal 3 cancelled it.')
    }
    node = restarted(server, node)
    await nextPoll(server, node)
    expect(finding(node)?.withdrawn).toBe('Proposal 3 cancelled it.')
  })

  it('stays cancelled if its own proposal cannot be read, and no other plan is cancelled', async ({ server, node }) => {
    server.behave({ garbled: (id) => id === '2' })
    const { standings } = await nextPoll(server, node)
    expect(standings).toStrictEqual([
      { key: 'local/gov/2', name: 'v2', height: 9_000, withdrawn: 'Proposal 3 cancelled it.' },
    ])
    expect(node.known.get('local/gov/1')?.finding?.withdrawn).toBeUndefined()
  })

  it('is restored if the cancelling proposal turns out not to have passed', async ({ server, node }) => {
    server.put(wire('3', 'voting', { content: cancel, ...end(30) }))
    await nextPoll(server, node)
    expect(finding(node)).toHaveProperty('withdrawn')
    server.mine(21)
    await node.poll()
    expect(finding(node)).not.toHaveProperty('withdrawn')
  })
})

describe('a list in which nothing can be read', () => {
  it('fails the reading, unlike an empty one', async ({ server, node }) => {
    server.put(wire('1', 'voting'))
    server.put(wire('2', 'passed'))
    server.behave({ garbled: () => true })
    expect(await failureOf(node.poll())).toMatch(
      /^transient: .* lists only proposals that cannot be read: Proposal [12] has an unknown status and was left out\.$/,
    )
  })
})
