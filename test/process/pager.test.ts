import { beforeAll, describe, expect, onTestFinished } from 'vitest'
import { toFunctionSelector } from 'viem'
import { z } from 'zod'
import { onOwnChain as it } from '../support/fixtures.js'
import { startWebhookServer } from '../support/servers/webhookServer.js'
import { routingKey, startPagerDuty } from '../support/services/pagerduty.js'
import { buildWhereStale } from './buildWhereStale.js'
import { openOffice } from './office.js'
import { start } from './program.js'

const told = z.object({ event: z.string(), message: z.string() })

beforeAll(() => buildWhereStale(), 180_000)

describe('PagerDuty', () => {
  it('has one alert per proposal across kill and reorg: triggered, acknowledged when voted, resolved when gone', async ({
    chain,
  }) => {
    const { governor, actor, voters } = await chain.deploy({ votingPeriod: 300 })
    const service = await startPagerDuty()
    using office = openOffice({
      rpc: chain.url,
      governor,
      votes: { reminders: ['1h'], voters: [voters[1] ?? ''] },
      handlers: [{ type: 'pagerduty', routingKey, apiUrl: service.url, minPriority: 'high', events: ['not_voted'] }],
    })
    // Blocks of one second give no pace, and so no end of the vote.
    await chain.client.mine({ blocks: 3, interval: 2 })
    const first = start(['run', '--config', office.config])
    await first.says('govstream starts')
    const id = await actor.propose({ description: 'Ours to decide' })
    await first.says('New proposal')
    await actor.mine(2)
    await service.calls.waitFor(1)
    first.signal('SIGKILL')
    await first.ended
    const states = [...service.alerts.values()]

    const second = start(['run', '--config', office.config])
    await second.says('govstream starts')
    await actor.vote(id, 1, 1)
    await expect.poll(() => [...service.alerts.values()]).toStrictEqual(['acknowledged'])
    // The proposal is removed with its blocks.
    await chain.reorg(4)
    await chain.client.mine({ blocks: 2 })
    await expect.poll(() => [...service.alerts.values()]).toStrictEqual(['resolved'])
    second.signal('SIGTERM')
    expect((await second.ended).code).toBe(0)

    expect(states).toStrictEqual(['triggered'])
    expect(new Set(service.events.map(({ dedup_key: key }) => key)).size).toBe(1)
    expect(service.pages).toHaveLength(1)
  })
})

describe('a vote whose voters cannot be read', () => {
  it('is reported as unknown before its end, never as missing', async ({ chain }) => {
    const { governor, actor, voters } = await chain.deploy({ votingPeriod: 300 })
    const ours = voters[1] ?? ''
    // The contract as it is, except that nobody can ask it who has voted.
    const code = (await chain.client.getCode({ address: governor })) ?? '0x'
    const asked = toFunctionSelector('hasVoted(uint256,address)').slice(2)
    await chain.client.setCode({ address: governor, bytecode: `0x${code.slice(2).replace(asked, 'deadbeef')}` })
    const server = await startWebhookServer()
    onTestFinished(() => server.stop())
    using office = openOffice({
      rpc: chain.url,
      governor,
      votes: { reminders: ['10m'], voters: [ours] },
      handlers: [{ type: 'webhook', url: server.url, events: ['voting_ending_soon', 'not_voted', 'voted'] }],
    })
    // An hour of voting.
    await actor.propose({ description: 'Ours to decide' })
    await chain.client.mine({ blocks: 50, interval: 12 })
    const program = start(['run', '--config', office.config])
    await program.says('New proposal')
    await chain.client.mine({ blocks: 215, interval: 12 })
    await server.waitFor(1)
    program.signal('SIGTERM')
    expect((await program.ended).code).toBe(0)

    const messages = server.requests.map(({ body }) => told.parse(JSON.parse(body)))
    expect(messages.map(({ event }) => event)).toStrictEqual(['voting_ending_soon'])
    expect(messages[0]?.message).toContain(`Our voters whose vote is unknown: ${ours}.`)
  })
})
