import { afterAll, beforeAll, expect, it } from 'vitest'
import { startWebhookServer, type WebhookServer } from './webhookServer.js'

let server: WebhookServer
beforeAll(async () => {
  server = await startWebhookServer()
})
afterAll(() => server.stop())

it('the webhook server records requests and gives the prepared answers', async () => {
  server.answerNext({ status: 429, headers: { 'retry-after': '7' } }, 'drop')
  const post = (body: string) => fetch(`${server.url}/hook?x=1`, { method: 'POST', body, headers: { 'x-mark': body } })

  const waiting = server.waitFor(3)
  const first = await post('ä')
  await expect(post('b')).rejects.toThrow('fetch failed')
  const third = await post('c')

  expect([first.status, first.headers.get('retry-after'), third.status]).toEqual([429, '7', 200])
  const seen = (await waiting).map(({ method, path, body }) => [method, path, body])
  expect(seen).toEqual([
    ['POST', '/hook?x=1', 'ä'],
    ['POST', '/hook?x=1', 'b'],
    ['POST', '/hook?x=1', 'c'],
  ])
  expect(server.requests[2]?.headers['x-mark']).toBe('c')
})
