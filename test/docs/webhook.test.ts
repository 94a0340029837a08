import { execFileSync, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { webhookHandler } from '../../src/channels/webhook.js'
import { notification as given, temporaryDirectory } from '../support/storeGiven.js'
import { type ReceivedRequest, startWebhookServer, type WebhookServer } from '../support/servers/webhookServer.js'
import { blocksIn } from './pages.js'

const secret = 'hunter2-and-more'
const notification = given('local/0xc0ffee/12:proposal_passed', {
  event: 'proposal_passed',
  priority: 'high',
  title: 'Passed: Größeres',
  message: 'local: it passed.',
  data: { proposalId: '12' },
})
const moduleSchema = z.object({
  isFromGovstream: z.custom<(headers: unknown, body: string, secret: string) => boolean>(
    (value) => typeof value === 'function',
  ),
})

const directory = temporaryDirectory()
let server: WebhookServer
let isFromGovstream: z.infer<typeof moduleSchema>['isFromGovstream']

beforeAll(async () => {
  server = await startWebhookServer()
  const file = join(directory.path, 'receiver.mjs')
  writeFileSync(
    file,
    blocksIn('js')
      .map(({ text }) => text)
      .join('\n'),
  )
  isFromGovstream = moduleSchema.parse({ ...(await import(pathToFileURL(file).href)) }).isFromGovstream
})
afterAll(async () => {
  await server.stop()
  directory[Symbol.dispose]()
})

/** What a receiver gets for a notification that is sent at `now`, in Unix milliseconds. */
async function received(now: number): Promise<ReceivedRequest> {
  const count = server.requests.length + 1
  const handler = webhookHandler({ url: server.url, secret, timeoutMs: 5_000, now: () => now })
  await handler.handle(notification, { signal: new AbortController().signal })
  const request = (await server.waitFor(count)).at(-1)
  if (request === undefined) throw new Error('Nothing was received.')
  return request
}

describe('the receiver of the README', () => {
  it('accepts what govstream has just sent', async () => {
    const { headers, body } = await received(Date.now())

    expect(isFromGovstream(headers, body, secret)).toBe(true)
  })

  it.each<[string, (request: ReceivedRequest) => unknown, string, string]>([
    ['another body', ({ headers }) => headers, `${JSON.stringify(notification)} `, secret],
    ['another secret', ({ headers }) => headers, JSON.stringify(notification), 'guess'],
    [
      'no signature',
      ({ headers: { 'x-govstream-signature': _, ...headers } }) => headers,
      JSON.stringify(notification),
      secret,
    ],
    [
      'a signature with non-ASCII letters',
      ({ headers }) => ({ ...headers, 'x-govstream-signature': 'é'.repeat(71) }),
      JSON.stringify(notification),
      secret,
    ],
    [
      'no timestamp',
      ({ headers: { 'x-govstream-timestamp': _, ...headers } }) => headers,
      JSON.stringify(notification),
      secret,
    ],
    [
      'another time',
      ({ headers }) => ({ ...headers, 'x-govstream-timestamp': String(Number(headers['x-govstream-timestamp']) - 1) }),
      JSON.stringify(notification),
      secret,
    ],
  ])('refuses %s', async (_, headersOf, body, key) => {
    expect(isFromGovstream(headersOf(await received(Date.now())), body, key)).toBe(false)
  })

  it('refuses an old notification', async () => {
    const { headers, body } = await received(Date.now() - 301_000)

    expect(isFromGovstream(headers, body, secret)).toBe(false)
  })

  itWithOpenssl('computes the same signature in a shell', async () => {
    const { headers, body } = await received(Date.now())
    writeFileSync(join(directory.path, 'body.json'), body)
    const script = blocksIn('bash')
      .map(({ text }) => text)
      .join('\n')
    const said = execFileSync('sh', ['-c', script], {
      cwd: directory.path,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], WEBHOOK_SECRET: secret, TIMESTAMP: String(headers['x-govstream-timestamp']) },
    })

    expect(said).toBe(`${String(headers['x-govstream-signature'])}\n`)
  })
})

/** Runs if there is a shell with openssl, and reports if not, because the program itself needs neither. */
function itWithOpenssl(title: string, body: () => Promise<void>): void {
  if (spawnSync('sh', ['-c', 'command -v openssl']).status === 0) {
    it(title, body)
    return
  }
  process.stdout.write('1 case skipped: openssl is not there\n')
  it.skip(title, body)
}
