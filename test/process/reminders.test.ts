import { beforeAll, describe, expect, onTestFinished } from 'vitest'
import { z } from 'zod'
import { startWebhookServer } from '../support/servers/webhookServer.js'
import { buildWhereStale } from './buildWhereStale.js'
import { openOffice } from './office.js'
import { onProgram as it } from './onProgram.js'
import { start } from './program.js'

const told = z.object({ id: z.string(), event: z.string() })

beforeAll(() => buildWhereStale(), 180_000)

describe('a vote of ours', () => {
  it('is asked for once, by a program that is killed then, and answered by the next one', async ({ chain }) => {
    const { governor, actor, voters } = await chain.deploy({ votingPeriod: 300 })
    const ours = voters[1] ?? ''
    const server = await startWebhookServer()
    onTestFinished(() => server.stop())
    using office = openOffice({
      rpc: chain.url,
      governor,
      votes: { reminders: ['1h'], voters: [ours.toLowerCase()] },
      handlers: [{ type: 'webhook', url: server.url, events: ['not_voted', 'voted'] }],
    })
    const id = await actor.propose({ description: 'Ours to decide' })
    await actor.mine(5)

    const first = start(['run', '--config', office.config])
    await first.says('New proposal')
    // A contract is asked about a proposal from the poll on after the one that found it.
    await actor.mine(1)
    await server.waitFor(1)
    first.signal('SIGKILL')
    await first.ended

    const second = start(['run', '--config', office.config])
    await second.says('local')
    await actor.mine(1)
    await actor.vote(id, 1, 0)
    await actor.vote(id, 1, 1)
    await expect
      .poll(() => server.requests.map(({ body }) => told.parse(JSON.parse(body)).event), { timeout: 20_000 })
      .toContain('voted')
    second.signal('SIGTERM')
    expect((await second.ended).code).toBe(0)

    // Where the answer came and the kill before it was written down, it is delivered again, under the same id.
    const byId = new Map(
      server.requests.map(({ body }) => {
        const { id: given, event } = told.parse(JSON.parse(body))
        return [given, event]
      }),
    )
    expect([...byId.values()]).toStrictEqual(['not_voted', 'voted'])
  })
})
