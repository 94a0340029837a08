import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { ConfigDifference } from '../../src/config/differenceOf.js'
import { ConfigError } from '../../src/domain/errors.js'
import { sendRaw, serving } from './serving.js'

const token = 'w8Hq1sVbYc0dT7ka'
const post = { method: 'POST', headers: { authorization: `Bearer ${token}` } }
const nothing = { added: [], removed: [], changed: [] }

describe('POST /api/v1/reload', () => {
  it('reloads the configuration, and returns the changes', async () => {
    const difference: ConfigDifference = { chains: { ...nothing, added: ['second'] }, handlers: nothing, keys: [] }
    const asked: string[] = []
    const reload = (by: string): ConfigDifference => {
      asked.push(by)
      return difference
    }
    const { ask } = await serving({ tokens: { write: token } }, { reload })
    const answer = await ask('/api/v1/reload', post)
    expect([answer.status, answer.json()]).toStrictEqual([200, difference])
    expect(asked).toStrictEqual(['HTTP'])
  })

  it('returns the problems, without a secret', async () => {
    const reload = (): never => {
      throw new ConfigError([{ path: 'chains[0].rpc.urls', message: `not ${token}` }])
    }
    const { ask } = await serving({ tokens: { write: token } }, { reload })
    const answer = await ask('/api/v1/reload', post)
    expect(answer.headers['content-type']).toBe('application/problem+json')
    expect([answer.status, answer.json()]).toMatchObject([
      422,
      { status: 422, errors: [{ path: 'chains[0].rpc.urls', message: 'not (secret)' }] },
    ])
  })

  it('is refused if the embedding program does not support it, and without a write token', async () => {
    const { ask } = await serving({ tokens: { write: token } })
    expect((await ask('/api/v1/reload', post)).status).toBe(501)
    expect((await ask('/api/v1/reload', { method: 'POST' })).status).toBe(401)
  })
})

describe('POST /api/v1/sync', () => {
  it.each([
    ['without a body and its length', '', ''],
    ['with a body in chunks', 'Transfer-Encoding: chunked\r\n', '2\r\n{}\r\n0\r\n\r\n'],
  ])('is answered %s', async (_, header, body) => {
    const { port } = await serving({ tokens: { write: token } })
    const head = `POST /api/v1/sync HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n`
    expect(await sendRaw(port, `${head}${header}\r\n${body}`)).toMatch(/^HTTP\/1\.1 200 OK/)
  })

  it('is refused if its chunks are too long', async () => {
    const { port } = await serving({ tokens: { write: token } })
    const head = `POST /api/v1/sync HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\nTransfer-Encoding: chunked\r\n\r\n`
    const chunk = `8000\r\n${'x'.repeat(0x8000)}\r\n`
    expect(await sendRaw(port, `${head}${chunk}${chunk}${chunk}0\r\n\r\n`)).toMatch(/^HTTP\/1\.1 413 /)
  })
})

it('the description allows problems with more keys, such as `chains` of a sync', async () => {
  const { ask } = await serving()
  const described = z.object({ components: z.object({ schemas: z.object({ Problem: z.looseObject({}) }) }) })
  const { Problem } = described.parse((await ask('/openapi.json')).json()).components.schemas
  expect(Problem['additionalProperties']).not.toBe(false)
})
