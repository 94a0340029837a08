import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { cliHere } from '../support/cliHere.js'
import { governor } from '../support/configs.js'
import { startWebhookServer, type WebhookServer } from '../support/servers/webhookServer.js'
import { startNtfy } from '../support/services/ntfyServer.js'
import { temporaryDirectory } from '../support/storeGiven.js'

const directory = temporaryDirectory()
afterAll(() => directory[Symbol.dispose]())

async function receiver(): Promise<WebhookServer> {
  const server = await startWebhookServer()
  onTestFinished(() => server.stop())
  return server
}

/** Runs `govstream notify …` with these handlers. */
function notify(args: readonly string[], handlers: readonly object[]) {
  const chain = {
    name: 'mainnet',
    rpc: { urls: ['http://127.0.0.1:9'] },
    governance: { system: 'governor', address: governor },
    labels: { team: 'core' },
    links: { block: 'https://scan.example/block/{height}' },
  }
  const config = { chains: [chain], notifier: { timezone: 'Europe/Berlin', handlers } }
  writeFileSync(join(directory.path, 'govstream.yaml'), JSON.stringify(config))
  return cliHere(['notify', ...args], directory.path)
}

describe('notify test', () => {
  it('sends a marked notification regardless of filters, and reports that it was accepted', async () => {
    const server = await receiver()
    const ops = { type: 'webhook', name: 'ops', url: server.url, minPriority: 'critical', chains: [] }
    expect(await notify(['test', 'ops'], [{ type: 'log' }, ops])).toStrictEqual({
      code: 0,
      out: 'ops (webhook): taken.\n',
      err: '',
    })

    const [{ body } = { body: '' }, ...more] = server.requests
    expect(body).toContain('"message":"This is a test: nothing of it has happened.\\n')
    expect(JSON.parse(body)).toMatchObject({
      title: '[TEST] New proposal: Upgrade to v2.1.0',
      labels: { team: 'core' },
    })
    expect(more).toStrictEqual([])
  })

  it('tries each handler once, and prints the answer of a service that refused', async () => {
    const [bad, good] = [await receiver(), await receiver()]
    bad.answerAlways({ status: 404, body: 'no_service' })
    const handlers = [bad, good].map(({ url }, at) => ({ type: 'webhook', name: `hook-${at + 1}`, url }))
    const { code, out } = await notify(['test', 'all'], handlers)
    expect(code).toBe(1)
    expect(out).toMatch(/^hook-1 \(webhook\): refused: .*404.*\nhook-2 \(webhook\): taken\.\n$/)
    expect([bad, good].map(({ requests }) => requests.length)).toStrictEqual([1, 1])

    const asJson = await notify(['test', 'all', '--json'], handlers)
    expect(JSON.parse(asJson.out)).toMatchObject([
      { handler: 'hook-1', type: 'webhook', ok: false, outcome: 'refused' },
      { handler: 'hook-2', type: 'webhook', ok: true, outcome: 'taken', problem: null },
    ])
  })

  it.each([
    ['nothing listens at the address', { type: 'slack', webhookUrl: 'http://127.0.0.1:9/x' }, 'ECONNREFUSED'],
    ['there is no mail server', { type: 'email', smtp: 'smtp://127.0.0.1:9', from: 'a@x.org', to: ['b@x.org'] }, ''],
    ['the program does not exist', { type: 'command', command: ['/no/such/tell'] }, 'is not there'],
  ])('does not report a refusal if %s', async (_case, handler, words) => {
    const { code: exit, out } = await notify(['test', 'all'], [handler])
    expect(exit).toBe(1)
    expect(out).toMatch(new RegExp(`^${handler.type} \\(${handler.type}\\): not taken: .*${words}`))
    expect(out).not.toContain('refused:')
    const asJson = await notify(['test', 'all', '--json'], [handler])
    expect(JSON.parse(asJson.out)).toMatchObject([{ ok: false, outcome: 'not_taken' }])
  })

  it('never prints the secret of an address', async () => {
    const server = await receiver()
    server.answerAlways('drop')
    const { out, err } = await notify(
      ['test', 'all'],
      [{ type: 'webhook', url: `${server.url}/s3cr3t-path-of-a-hook` }],
    )
    expect(out).toMatch(/^webhook \(webhook\): not taken: .*the connection was cut/)
    expect(out + err).not.toContain('s3cr3t')
  })

  it('has its mark once, at the front, if a template changes the title', async () => {
    const phone = await startNtfy()
    const templates = { new_proposal: { title: 'Mine: {{ title }}', body: '{{ data.nope }}' } }
    await notify(['test', 'ntfy'], [{ type: 'ntfy', url: `${phone.url}/gov-alerts`, templates }])
    expect(phone.shown.map(({ title }) => title)).toStrictEqual([
      expect.stringMatching(/^\[TEST\] Mine: New proposal: Upgrade to v2\.1\.0$/),
    ])
  })

  it('rejects unknown names', async () => {
    expect(await notify(['test', 'pager'], [{ type: 'log' }])).toStrictEqual({
      code: 2,
      out: '',
      err: 'pager: expected the name of a handler of the configuration, one of log, or all\n',
    })
  })
})

describe('notify preview', () => {
  it('prints the text of a notification', async () => {
    const { code, out } = await notify(['preview', 'upgrade_scheduled'], [{ type: 'log' }])
    expect(code).toBe(0)
    expect(out).toBe(`Upgrade v2.1.0 scheduled for height 1,234,567

mainnet: the proposal passed; the node switches to v2.1.0 at height 1,234,567.
Block 1,234,567 comes in about 3 h 20 min, Wed 04:25 Europe/Berlin: 4,000 blocks to go.

What to do: Stage the binary before then.

Upgrade:     v2.1.0
Height:      1,234,567
Expected:    Wed 1 Jan 2025 04:25 Europe/Berlin
Chain is at: block 1,230,567
Proposal:    42
Labels:      team=core

Block 1,234,567: https://scan.example/block/1234567
`)
  })

  it('prints it with the templates of a handler', async () => {
    const templates = {
      new_proposal: { title: 'Vote: {{ data.title }}', body: '{{ labels.team }}, look at {{ data.proposalId }}' },
    }
    const { out } = await notify(['preview', 'new_proposal', '--handler', 'log'], [{ type: 'log', templates }])
    expect(out).toContain(
      'Vote: Upgrade to v2.1.0\n\ncore, look at 42\n\nlog (log) gets:\nNew proposal: Upgrade to v2.1.0\n',
    )
  })

  it('says that the filter of a handler excludes the notification', async () => {
    const { out } = await notify(['preview', 'voted', '--handler', 'log'], [{ type: 'log', minPriority: 'high' }])
    expect(out).toContain('log (log) does not get this, because of its filter, but would get:\nVoted: ')
  })

  it.each([
    ['slack', { token: 'xoxb-hush', channel: 'C1' }, '"blocks": ['],
    ['matrix', { homeserver: 'http://127.0.0.1:9', token: 'hush', room: '#ops:example.org' }, '"formatted_body": "'],
    ['pagerduty', { routingKey: 'f'.repeat(32) }, '"event_action": "trigger"'],
    ['email', { smtp: 'smtp://127.0.0.1:9', from: 'a@x.org', to: ['b@x.org'] }, 'What to do'],
    ['command', { command: ['/no/such/tell'] }, '"event":"upgrade_failed"'],
  ])('prints what a handler would send, without secrets: %s', async (type, settings, part) => {
    const { code, out, err } = await notify(['preview', 'upgrade_failed', '--handler', type], [{ type, ...settings }])
    expect([code, err]).toStrictEqual([0, ''])
    expect(out.split(`${type} (${type}) gets:\n`)[1]).toContain(part)
    expect(out).not.toMatch(/hush|f{32}/)
  })

  it('hides a secret in the values of what a handler would send, not in the keys', async () => {
    const webhook = { type: 'webhook', url: 'http://127.0.0.1:9/hook', secret: 'timestamp', minPriority: 'low' }
    const { out } = await notify(['preview', 'voted', '--handler', 'webhook'], [webhook])
    const sent: unknown = JSON.parse(out.split('webhook (webhook) gets:\n')[1] ?? '')
    expect(sent).toMatchObject({ event: 'voted', timestamp: '2025-01-01T00:05:00.000Z' })
    expect(sent).toHaveProperty('data.clock', '(secret)')
  })

  it('prints it as a mail, and as JSON', async () => {
    const html = await notify(['preview', 'source_down', '--html'], [])
    expect(html.out).toMatch(/^<!doctype html>[\s\S]*mainnet cannot be read/i)
    const json = await notify(['preview', 'source_down', '--json'], [])
    expect(JSON.parse(json.out)).toMatchObject({ event: 'source_down', title: 'mainnet cannot be read', links: [] })
  })

  it('reports a template that cannot be rendered, and prints the default text', async () => {
    const templates = { new_proposal: { title: '{{ data.nope }}' } }
    const { code, out, err } = await notify(
      ['preview', 'new_proposal', '--handler', 'log'],
      [{ type: 'log', templates }],
    )
    expect(code).toBe(0)
    expect(out).toMatch(/^New proposal: Upgrade to v2\.1\.0\n/)
    expect(err).toBe(
      'The template of new_proposal cannot be filled: its default title is used: undefined variable: data.nope (line 1, column 4 of the template)\n',
    )
  })

  it('rejects unknown events, and suggests the closest one', async () => {
    const { code, err } = await notify(['preview', 'new_propsal'], [])
    expect([code, err]).toStrictEqual([2, expect.stringContaining('did you mean new_proposal?')])
  })
})
