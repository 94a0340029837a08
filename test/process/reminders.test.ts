import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it as plainIt, onTestFinished } from 'vitest'
import { z } from 'zod'
import { startCosmosServer } from '../support/servers/cosmosServer.js'
import { temporaryDirectory } from '../support/storeGiven.js'
import { startWebhookServer } from '../support/servers/webhookServer.js'
import { buildWhereStale } from './buildWhereStale.js'
import { openOffice } from './office.js'
import { onProgram as it } from './onProgram.js'
import { start } from './program.js'

const told = z.object({ id: z.string(), event: z.string(), message: z.string() })

beforeAll(() => buildWhereStale(), 180_000)

describe('one of our votes', () => {
  it('is asked for once by a program that is then killed, and reported as cast by the next one', async ({ chain }) => {
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
    // Blocks of one second give no pace, and so no end of the vote.
    await actor.mine(5, 2)

    const first = start(['run', '--config', office.config])
    await first.says('New proposal')
    // A contract is asked about a proposal only from the poll after the one that found it.
    await actor.mine(1)
    await server.waitFor(1)
    first.signal('SIGKILL')
    await first.ended

    const second = start(['run', '--config', office.config])
    await second.says('local')
    await actor.mine(1)
    await actor.vote(id, 1, 0)
    await actor.vote(id, 1, 1)
    await expect.poll(() => server.requests.map(({ body }) => told.parse(JSON.parse(body)).event)).toContain('voted')
    second.signal('SIGTERM')
    expect((await second.ended).code).toBe(0)

    // If the kill came between answer and commit, it is delivered again under the same id.
    const byId = new Map(
      server.requests.map(({ body }) => {
        const { id: given, event } = told.parse(JSON.parse(body))
        return [given, event]
      }),
    )
    expect([...byId.values()]).toStrictEqual(['not_voted', 'voted'])
  })
})

describe('one of our votes on a Cosmos chain', () => {
  plainIt('is reported as unknown while the server does not answer, and as missing once it does', async () => {
    const ours = 'cosmos10d07y265gmmuvt4z0w9aw880jnsr700j6zn9kn'
    const [chain, hook] = await Promise.all([startCosmosServer(), startWebhookServer()])
    onTestFinished(() => chain.stop())
    onTestFinished(() => hook.stop())
    chain.behave({ fail: (path) => (path.includes('/votes/') ? { status: 500, body: '{"code":13}' } : undefined) })
    using directory = temporaryDirectory()
    const config = join(directory.path, 'govstream.yaml')
    const governance = { system: 'cosmos', rest: [chain.url] }
    const monitor = { pollInterval: '50ms' }
    const handlers = [{ type: 'webhook', url: hook.url, events: ['voting_ending_soon', 'not_voted'] }]
    writeFileSync(
      config,
      JSON.stringify({
        state: join(directory.path, 'govstream.db'),
        chains: [{ name: 'hub', rpc: { urls: [chain.url] }, governance, monitor }],
        notifier: { voters: [ours], reminders: ['20h'], handlers },
      }),
    )
    chain.put(7)
    const program = start(['run', '--config', config])
    onTestFinished(() => program.signal('SIGKILL'))
    await program.says('govstream starts')
    await expect.poll(() => chain.requests.filter((path) => path.includes('/votes/')).length).toBeGreaterThan(0)
    // Ten hours.
    chain.mine(7_200)
    await hook.waitFor(1)
    chain.behave({})
    chain.mine(1)
    await hook.waitFor(2)

    const messages = hook.requests.map(({ body }) => told.parse(JSON.parse(body)))
    expect(messages.map(({ event }) => event)).toStrictEqual(['voting_ending_soon', 'not_voted'])
    expect(messages[0]?.message).toContain(`Our voters whose vote is unknown: ${ours}.`)
    expect(messages[1]?.message).toContain(`Our voters who have not voted: ${ours}.`)
  })
})
