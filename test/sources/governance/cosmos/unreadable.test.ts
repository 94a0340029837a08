import { describe, expect } from 'vitest'
import { upgradeMessage } from '../../../support/servers/cosmos/messages.js'
import { failureOf, follow, nextPoll } from './follow.js'
import { onCosmos as it } from './onCosmos.js'
import { finding } from './scheduledPlan.js'

describe('a proposal that cannot be read', () => {
  it('is tried again after a restart, and its plan is not lost', async ({ server, hub }) => {
    server.put(1, { status: 'REJECTED' })
    server.behave({ garbled: (id) => id === 2 })
    server.put(2, { status: 'PASSED', messages: [upgradeMessage('v18', 5_000)] })
    server.put(3, { status: 'REJECTED' })
    server.schedule({ name: 'v19', height: '6000', info: '' })
    expect((await hub.poll()).warnings).toEqual(['Proposal 2 has an unknown status and was left out.'])
    expect((await nextPoll(server, hub)).warnings).toEqual([])
    server.behave({})
    hub = hub.restarted()
    await nextPoll(server, hub)
    expect(finding(hub, 2)?.withdrawn).toMatch(/another upgrade scheduled in its place: v19/)
  })

  it('fails the reading only if no other one in the list can be read either', async ({ server, hub }) => {
    for (const id of [1, 2, 3]) server.put(id)
    server.behave({ garbled: () => true })
    const { kind, message } = await failureOf(hub.poll())
    expect(kind).toBe('transient')
    expect(message).toMatch(
      /lists only proposals that cannot be read: Proposal 1 has an unknown status and was left out\.$/,
    )
  })

  it('does not hide the others if it is the only new one', async ({ server, hub }) => {
    server.put(1)
    await hub.poll()
    server.put(2, { status: 'PASSED' })
    server.behave({ garbled: (id) => id === 2 })
    expect((await nextPoll(server, hub)).proposals.map(({ id }) => id)).toEqual(['1'])
  })

  it('delays the scheduled plan of the chain by a minute before that is shown by itself', async ({ server }) => {
    let now = Date.now()
    const hub = follow({ rpc: [server.url], rest: [server.url], now: () => now })
    const fromChain = () => [...hub.proposals.values()].filter(({ contract }) => contract === 'upgrade')
    server.put(2, { messages: [upgradeMessage('v18', 5_000)] })
    await hub.poll()
    server.behave({ garbled: (id) => id === 2 })
    server.put(2, { status: 'PASSED', messages: [upgradeMessage('v18', 5_000)] })
    server.schedule({ name: 'v18', height: '5000', info: '' })
    await nextPoll(server, hub)
    now += 59_000
    await nextPoll(server, hub)
    expect(fromChain()).toEqual([])
    now += 1_000
    await nextPoll(server, hub)
    expect(fromChain()).toMatchObject([{ status: 'passed', finding: { plan: { name: 'v18', height: 5_000 } } }])
  })

  it('in one reading keeps its plan in the next one', async ({ server, hub }) => {
    server.put(2, { messages: [upgradeMessage('v18', 5_000)] })
    await hub.poll()
    server.behave({ garbled: (id) => id === 2 })
    server.put(2, { status: 'PASSED', messages: [upgradeMessage('v18', 5_000)] })
    server.schedule({ name: 'v18', height: '5000', info: '' })
    await nextPoll(server, hub)
    server.behave({})
    await nextPoll(server, hub)
    expect([...hub.proposals.values()].map(({ contract, id }) => [contract, id])).toEqual([['gov', '2']])
    expect(finding(hub, 2)).toMatchObject({ plan: { name: 'v18', height: 5_000 } })
  })
})
