import { describe, expect } from 'vitest'
import type { WemixvisorServer, WireProposal } from '../../../support/servers/wemixvisorServer.js'
import { follow, type Followed, readerOver, upgrade } from './following.js'
import { cancellation } from './monitorGiven.js'
import { onWemixvisor as it } from './onWemixvisor.js'

const end = (minute: number) => ({ voting_end_time: `2026-01-01T00:${minute}:00Z` })
const withdrawn = (node: Followed, id: string) => node.known.get(`local/gov/${id}`)?.finding?.withdrawn
const cancel = (status: string): WireProposal => cancellation('3', status, end(30))
async function pollAfter(server: WemixvisorServer, node: Followed, blocks = 1): Promise<void> {
  server.mine(blocks)
  await node.poll()
}

describe('which plan a cancellation ends', () => {
  it('is decided anew if an answer left out the plan that passed last before it', async ({ server, node }) => {
    server.put(upgrade('1', 'passed', { name: 'v1', height: 9_100 }, end(10)))
    server.put(upgrade('2', 'passed', { name: 'v2', height: 9_000 }, end(20)))
    server.put(cancel('passed'))
    server.behave({ forgets: (id) => id === '2' })
    await node.poll()
    expect(withdrawn(node, '1')).toBe('Proposal 3 cancelled it.')
    server.behave({})
    for (const blocks of [1, 21]) await pollAfter(server, node, blocks)
    expect([withdrawn(node, '1'), withdrawn(node, '2')]).toStrictEqual([undefined, 'Proposal 3 cancelled it.'])
  })

  it('is decided anew if an answer reported as failed what has passed', async ({ server, node }) => {
    server.put(upgrade('1', 'passed', { name: 'v1', height: 9_100 }, end(10)))
    server.put(upgrade('2', 'failed', { name: 'v2', height: 9_000 }, end(20)))
    server.put(cancel('passed'))
    await node.poll()
    expect(withdrawn(node, '1')).toBe('Proposal 3 cancelled it.')
    server.put(upgrade('2', 'executed', { name: 'v2', height: 9_000 }, end(20)))
    node = follow(readerOver([server.url]), node)
    await pollAfter(server, node)
    expect([withdrawn(node, '1'), withdrawn(node, '2')]).toStrictEqual([undefined, 'Proposal 3 cancelled it.'])
  })

  it('stays the same after the height of that plan, when its proposal is not read again', async ({ server, node }) => {
    server.put(upgrade('1', 'passed', { name: 'v1', height: 9_000 }, end(10)))
    server.put(upgrade('2', 'executed', { name: 'v2', height: 1_010 }, end(20)))
    server.put(cancel('passed'))
    await node.poll()
    for (const blocks of [2_000, 1, 1]) await pollAfter(server, node, blocks)
    expect([withdrawn(node, '1'), withdrawn(node, '2')]).toStrictEqual([undefined, 'Proposal 3 cancelled it.'])
  })

  it.for([
    ['passed', 9_000],
    ['executed', 9_000],
    ['executed', 1_002],
  ] as const)(
    'is decided anew once no node knows that plan any more (%s, height %s)',
    async ([status, height], { server, node }) => {
      server.put(upgrade('1', 'passed', { name: 'v1', height: 9_100 }, end(10)))
      server.put(upgrade('2', 'passed', { name: 'v2', height }, end(20)))
      server.put(cancel(status))
      await node.poll()
      expect(withdrawn(node, '2')).toBe('Proposal 3 cancelled it.')
      server.drop('2')
      for (const blocks of [1, 21]) await pollAfter(server, node, blocks)
      expect([node.known.has('local/gov/2'), withdrawn(node, '1')]).toStrictEqual([false, 'Proposal 3 cancelled it.'])
    },
  )

  it('is about the plan as it is read now, if an earlier answer reported another height', async ({ server, node }) => {
    server.put(upgrade('2', 'passed', { name: 'v2', height: 9_009 }, end(20)))
    server.put(cancel('passed'))
    await node.poll()
    server.put(upgrade('2', 'passed', { name: 'v2', height: 9_000 }, end(20)))
    await pollAfter(server, node)
    expect(withdrawn(node, '2')).toBe('Proposal 3 cancelled it.')
  })
})

describe('a cancellation that no node knows any more', () => {
  it.for(['passed', 'PROPOSAL_STATUS_PASSED', 'executed'])(
    'ends after longer than a node can lag, also after a restart (%s)',
    async (status, { server, node }) => {
      server.put(upgrade('2', 'passed', { name: 'v2', height: 9_000 }, end(20)))
      server.put(cancel(status))
      await node.poll()
      server.drop('3')
      await pollAfter(server, node)
      await node.poll()
      node = follow(readerOver([server.url]), node)
      await pollAfter(server, node, 20)
      expect(withdrawn(node, '2')).toBe('Proposal 3 cancelled it.')
      await pollAfter(server, node)
      expect(withdrawn(node, '2')).toBeUndefined()
      expect(node.known.has('local/gov/3')).toBe(false)
    },
  )

  it.for(['2', '3'])(
    'stays while enough other nodes may know the proposal that is gone (%s)',
    async (id, { server }) => {
      let answer: boolean | undefined
      const reader = readerOver([server.url])
      const isKnown = (_contract: string, asked: string): Promise<boolean | undefined> =>
        Promise.resolve(asked === id ? answer : true)
      const node = follow({ ...reader, read: (request) => reader.read({ ...request, isKnown }) })
      server.put(upgrade('2', 'passed', { name: 'v2', height: 9_000 }, end(20)))
      server.put(cancel('executed'))
      await node.poll()
      server.drop(id)
      await pollAfter(server, node)
      for (const said of [undefined, true, false]) {
        answer = said
        await pollAfter(server, node, 21)
        expect([node.known.has(`local/gov/${id}`), withdrawn(node, '2')]).toStrictEqual(
          said === false ? [false, undefined] : [true, 'Proposal 3 cancelled it.'],
        )
      }
    },
  )

  it('counts from the first answer again if an answer has it meanwhile', async ({ server, node }) => {
    server.put(upgrade('2', 'passed', { name: 'v2', height: 9_000 }, end(20)))
    server.put(cancel('executed'))
    await node.poll()
    for (const isForgotten of [true, false, true]) {
      server.behave({ forgets: (id) => isForgotten && id === '3' })
      await pollAfter(server, node, 15)
    }
    expect(withdrawn(node, '2')).toBe('Proposal 3 cancelled it.')
  })

  it('ends also if an answer was lost meanwhile', async ({ server, node }) => {
    server.put(upgrade('2', 'passed', { name: 'v2', height: 9_000 }, end(20)))
    server.put(cancel('executed'))
    await node.poll()
    server.drop('3')
    await pollAfter(server, node)
    server.behave({ without: ['gov/proposal'] })
    await pollAfter(server, node, 20)
    server.behave({})
    await pollAfter(server, node)
    expect(withdrawn(node, '2')).toBeUndefined()
  })

  it('ends also if one node invented it when the height of the plan was past', async ({ server, node }) => {
    server.put(upgrade('2', 'executed', { name: 'v2', height: 1_001 }, end(20)))
    await node.poll()
    server.put(cancel('executed'))
    node = follow(readerOver([server.url]), node)
    await pollAfter(server, node, 30)
    expect(withdrawn(node, '2')).toBe('Proposal 3 cancelled it.')
    server.drop('3')
    node = follow(readerOver([server.url]), node)
    for (const blocks of [1, 21]) await pollAfter(server, node, blocks)
    expect(withdrawn(node, '2')).toBeUndefined()
    expect(node.known.has('local/gov/3')).toBe(false)
  })

  it('is not concluded from a node that does not have the method', async ({ server, node }) => {
    server.put(upgrade('2', 'passed', { name: 'v2', height: 9_000 }, end(20)))
    server.put(cancel('executed'))
    await node.poll()
    server.behave({ without: ['gov/proposal'] })
    for (const blocks of [1, 30, 30]) await pollAfter(server, node, blocks)
    expect(withdrawn(node, '2')).toBe('Proposal 3 cancelled it.')
  })
})
