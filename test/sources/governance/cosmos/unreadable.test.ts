import { describe, expect } from 'vitest'
import { upgradeMessage } from '../../../support/servers/cosmos/messages.js'
import { failureOf, nextPoll } from './follow.js'
import { onCosmos as it } from './onCosmos.js'
import { finding } from './scheduledPlan.js'

describe('a proposal that cannot be read', () => {
  it('is tried again after a restart, and what it schedules is not lost', async ({ server, hub }) => {
    server.put(1, { status: 'REJECTED' })
    server.behave({ garbled: (id) => id === 2 })
    server.put(2, { status: 'PASSED', messages: [upgradeMessage('v18', 5_000)] })
    server.put(3, { status: 'REJECTED' })
    server.schedule({ name: 'v19', height: '6000', info: '' })
    expect((await hub.poll()).warnings).toEqual(['Proposal 2 has a status that is not known: it was left out.'])
    expect((await nextPoll(server, hub)).warnings).toEqual([])
    server.behave({})
    hub = hub.restarted()
    await nextPoll(server, hub)
    expect(finding(hub, 2)?.withdrawn).toMatch(/another upgrade scheduled in its place: v19/)
  })

  it('is one of many: a list of nothing else is a failed reading', async ({ server, hub }) => {
    for (const id of [1, 2, 3]) server.put(id)
    server.behave({ garbled: () => true })
    const { kind, message } = await failureOf(hub.poll())
    expect(kind).toBe('transient')
    expect(message).toMatch(
      /lists 3 proposals, and none of them can be read: Proposal 1 has a status that is not known: it was left out\.$/,
    )
  })

  it('does not hide the others where it is the only new one', async ({ server, hub }) => {
    server.put(1)
    await hub.poll()
    server.put(2, { status: 'PASSED' })
    server.behave({ garbled: (id) => id === 2 })
    expect((await nextPoll(server, hub)).proposals.map(({ id }) => id)).toEqual(['1'])
  })
})
