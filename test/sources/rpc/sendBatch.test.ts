import { describe, expect, it, onTestFinished } from 'vitest'
import { BaseError, RpcRequestError } from 'viem'
import { z } from 'zod'
import { createEvmEndpoints } from '../../../src/sources/rpc/createEvmEndpoints.js'
import { type Body, type Said, startAnsweringServer } from './answeringServer.js'
import { askMany, echo, good, wanted } from './batchGiven.js'

const answers = (body: Body): readonly { readonly id: number | undefined; readonly result: string }[] =>
  (Array.isArray(body) ? body : [body]).map(({ id, method }) => ({ id, result: method }))

/** Two calls in one batch, to a server with this reply. */
const ask = async (say: (body: Body) => unknown): Promise<readonly unknown[]> => {
  const server = await startAnsweringServer((body): Said => ({ body: JSON.stringify(say(body)) }))
  onTestFinished(server.stop)
  const [endpoint] = createEvmEndpoints({ urls: [server.url], timeoutMs: 60_000 })
  return Promise.all([
    endpoint?.client.request({ method: 'eth_chainId' }),
    endpoint?.client.request({ method: 'eth_blockNumber' }),
  ])
}

describe('the answers to a batch', () => {
  it('may come in any order', async () => {
    expect(await ask((body) => [...answers(body)].reverse())).toStrictEqual(['eth_chainId', 'eth_blockNumber'])
  })

  it.each<readonly [string, (body: Body) => unknown]>([
    ['the same id twice', (body) => [answers(body)[0], answers(body)[0]]],
    ['one answer too many', (body) => [...answers(body), ...answers(body)]],
    ['an unknown id', (body) => answers(body).map((answer, index) => (index === 0 ? { ...answer, id: -7 } : answer))],
  ])('are refused with %s', async (_what, say) => {
    await expect(ask(say)).rejects.toThrow(/ids that do not match/)
  })

  it('reject every call if the answer is one error for all', async () => {
    await expect(
      ask(() => ({ id: null, jsonrpc: '2.0', error: { code: -32604, message: 'missing request id' } })),
    ).rejects.toThrow(/missing request id/)
  })

  it.each([{ error: 'out of blocks' }, { error: { message: 'out of blocks' } }])(
    'reject every call for %j',
    async (refusal) => {
      await expect(ask(() => refusal)).rejects.toThrow(/out of blocks/)
    },
  )
})

/** The ids of two neighbours swapped: each answer is well-formed but belongs to another call. */
const mixedUp = (body: Body, first = 4): Said => {
  const list = answersOf(body)
  const idAt = (at: number): number | undefined => list[at === first ? first + 1 : at === first + 1 ? first : at]?.id
  return { body: JSON.stringify(list.map((answer, at) => ({ ...answer, id: idAt(at) }))) }
}
const answersOf = (body: Body): readonly { readonly id?: number | undefined }[] =>
  z.array(z.looseObject({ id: z.number().optional() })).parse(echo(body))
const reversed = (body: Body): Said =>
  Array.isArray(body) ? { body: JSON.stringify([...answersOf(body)].reverse()) } : good(body)

describe('answers in another order than the calls', () => {
  it('are requested again, and answers that come in order then count, as the ids may have been swapped', async () => {
    let asked = 0
    const { told, sizes } = await askMany((body) => ((asked += 1) === 1 ? mixedUp(body) : good(body)))

    expect(told).toStrictEqual(wanted)
    expect(sizes).toStrictEqual([[12, 12]])
  })

  it('count if they are the same twice and fit a single call, and the server is trusted from then on', async () => {
    const { told, sizes } = await askMany(reversed, { rounds: 3 })

    expect(told).toStrictEqual(wanted)
    expect(sizes).toStrictEqual([[12, 12, 1], [12], [12]])
  })

  it('do not count if a single call is answered differently, though they are the same twice', async () => {
    const { told, sizes } = await askMany((body) => (Array.isArray(body) ? mixedUp(body, 0) : good(body)))

    expect(told).toStrictEqual(wanted)
    // Twice in a batch, then alone: a call with a displaced answer, and the first of the batch that is refused.
    expect(sizes[0]?.slice(0, 5)).toStrictEqual([12, 12, 1, 1, 6])
  })

  it('count without a single call if two calls have the same answer', async () => {
    const same = (body: Body): Said => ({
      body: JSON.stringify([...answersOf(body)].reverse().map((answer) => ({ ...answer, result: '0x1' }))),
    })
    const { told, sizes } = await askMany(same)

    expect(told).toStrictEqual(wanted.map(() => '0x1'))
    expect(sizes).toStrictEqual([[12, 12]])
  })

  it('are requested again after a batch in order', async () => {
    let asked = 0
    const { told, sizes } = await askMany(
      (body) => {
        asked += 1
        if (asked <= 2) return reversed(body)
        return asked === 5 ? mixedUp(body) : good(body)
      },
      { rounds: 3 },
    )

    expect(told).toStrictEqual(wanted)
    expect(sizes).toStrictEqual([[12, 12, 1], [12], [12, 12]])
  })

  it('are refused if they differ each time, and smaller batches are tried', async () => {
    let asked = 0
    const { told, sizes } = await askMany((body) =>
      Array.isArray(body) && body.length > 6 ? mixedUp(body, (asked += 1)) : good(body),
    )

    expect(told).toStrictEqual(wanted)
    expect(sizes).toStrictEqual([[12, 12, 1, 6, 5]])
  })
})

const overThree =
  (refusal: Said) =>
  (body: Body): Said =>
    Array.isArray(body) && body.length > 3 ? refusal : good(body)
const noBatch =
  (refusal: Said) =>
  (body: Body): Said =>
    Array.isArray(body) ? refusal : good(body)
const fault = (code: number, message: string, data?: unknown): string =>
  JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message, data } })

describe('a batch that a node refuses', () => {
  it.each<readonly [string, Said]>([
    ['as too large', { status: 500, body: fault(31, 'Batch of more than 3 requests are not allowed on free tier') }],
    ['as geth does', { body: `[${fault(-32600, 'batch too large')}]` }],
    ['with 413 and a page', { status: 413, type: 'text/html', body: '<h1>Request Entity Too Large</h1>' }],
    ['without saying why', { status: 500, type: 'text/plain', body: 'Internal Server Error' }],
    ['in JSON without saying why', { body: fault(-32603, 'Internal error') }],
    ['as a limit on requests', { status: 429, body: fault(-32005, 'Too many requests in batch, 3 at most') }],
    ['as a matter of rights', { status: 403, type: 'text/plain', body: 'Batches of more than 3 are forbidden' }],
    ['with nothing', { status: 204, body: '' }],
    ['with an empty list', { body: '[]' }],
  ])('is halved, and the size remembered (%s)', async (_what, refusal) => {
    const { told, sizes } = await askMany(overThree(refusal), { rounds: 2 })
    expect(told).toStrictEqual(wanted)
    expect(sizes[1]).toStrictEqual([3, 3, 3, 3])
  })

  it.each<readonly [string, Said]>([
    ['400', { status: 400, body: 'invalid request body' }],
    ['405', { status: 405, body: '' }],
    ['an error with id null', { body: fault(-32604, 'missing request id') }],
    ['an error that is a string', { body: '{"error":"Invalid request"}' }],
    ['500', { status: 500, body: '{"error": "Internal Server Error"}' }],
    ['401', { status: 401, body: 'Batch requests are not part of your plan' }],
    ['one answer for all', { body: '{"jsonrpc":"2.0","id":1,"result":"0x1"}' }],
  ])('of any size becomes single calls (%s)', async (_what, refusal) => {
    const { told, sizes } = await askMany(noBatch(refusal), { rounds: 2 })
    expect(told).toStrictEqual(wanted)
    expect(sizes[1]).toStrictEqual(wanted.map(() => 1))
  })

  it.each<readonly [string, (entry: Readonly<Record<string, unknown>>, at: number) => unknown]>([
    ['no ids', ({ jsonrpc, result }) => ({ jsonrpc, result })],
    ['the same id twice', (entry, at) => (at === 1 ? { ...entry, id: Number(entry['id']) - 1 } : entry)],
    ['unknown ids', (entry, at) => ({ ...entry, id: at - 5 })],
  ])('because of unusable ids becomes single calls (%s)', async (_what, spoil) => {
    const { told, sizes } = await askMany(
      (body) =>
        Array.isArray(body)
          ? {
              body: JSON.stringify(
                body.map(({ id, params }, at) => spoil({ jsonrpc: '2.0', id, result: params?.[0] }, at)),
              ),
            }
          : good(body),
      { rounds: 2 },
    )
    expect(told).toStrictEqual(wanted)
    expect(sizes[1]).toStrictEqual(wanted.map(() => 1))
  })

  it('becomes single calls, though the first of them is refused for a reason of its own', async () => {
    const { told } = await askMany((body) =>
      Array.isArray(body)
        ? { status: 400, body: 'invalid request body' }
        : body.params?.[0] === '0x0'
          ? { body: JSON.stringify({ jsonrpc: '2.0', id: body.id, error: { code: -32000, message: 'pruned' } }) }
          : good(body),
    )
    expect(told).toStrictEqual([expect.stringContaining('pruned'), ...wanted.slice(1)])
  })

  it('is asked again for the answers that are missing', async () => {
    const onlyThree = (body: Body): Said => ({
      body: JSON.stringify(Array.isArray(body) ? [echo(body)].flat().slice(0, 3) : echo(body)),
    })
    const { told, sizes } = await askMany(onlyThree, { rounds: 2 })
    expect(told).toStrictEqual(wanted)
    expect(sizes[1]).toStrictEqual([3, 3, 3, 3])
  })

  it('is asked again for the calls that were cancelled with the rest', async () => {
    const cancelling = (body: Body): Said =>
      Array.isArray(body) && body.length > 3
        ? {
            body: JSON.stringify(
              body.map(({ id }) => ({
                jsonrpc: '2.0',
                id,
                error: {
                  code: -32600,
                  message: 'Invalid Request',
                  data: { message: 'Cancelled due to validation errors in batch request' },
                },
              })),
            ),
          }
        : good(body)
    expect((await askMany(cancelling)).told).toStrictEqual(wanted)
  })

  it('is not tried in full again for a hundred polls', async () => {
    const { sizes } = await askMany(overThree({ status: 413, body: '' }), { rounds: 103 })
    expect(sizes.slice(1, 100).flat()).not.toContain(12)
    expect(sizes.slice(100).flat()).toContain(12)
  })

  it.each<readonly [string, Said, readonly number[], RegExp]>([
    ['a limit on requests', { status: 429, body: 'slow down' }, [12], /slow down/],
    [
      'a rate limit in JSON',
      { body: fault(-32005, 'daily request count exceeded, request rate limited') },
      [12],
      /rate limited/,
    ],
    ['an outage', { status: 503, type: 'text/html', body: '<h1>Guru Meditation</h1>' }, [12], /Guru Meditation/],
    ['a wrong key', { status: 401, body: 'no such key' }, [12], /no such key/],
    ['a fault of the server', { status: 500, body: 'boom' }, [12, 1], /boom/],
    ['a fault of the server in JSON', { body: '{"error":"boom"}' }, [12, 1], /boom/],
    [
      'a limit that names its time',
      { status: 429, headers: { 'retry-after': '9' }, body: 'too many requests, batch them' },
      [12],
      /batch them/,
    ],
    ['a page in place of an answer', { type: 'text/html', body: '<h1>maintenance</h1>' }, [12], /maintenance/],
  ])('is not halved for %s, and the words of the server are shown', async (_what, refusal, sizes, words) => {
    const asked = await askMany(() => refusal)
    expect(asked.sizes).toStrictEqual([sizes])
    expect(asked.told).toHaveLength(12)
    for (const message of asked.told) expect(message).toMatch(words)
  })
})

it('the data of an error reaches the caller: bytes unchanged, texts without secrets', async () => {
  const errors = [
    { code: 3, message: 'execution reverted', data: '0x08c379a0' },
    { code: -32015, message: 'VM execution error.', data: { message: 'key s3cret', data: '0xab', gas: 7 } },
    { code: -32000, message: 'nothing more' },
  ]
  const server = await startAnsweringServer((body) => ({
    body: JSON.stringify((Array.isArray(body) ? body : [body]).map(({ id }, at) => ({ id, error: errors[at] }))),
  }))
  onTestFinished(server.stop)
  const conceal = (text: string): string => text.replaceAll('s3cret', '(secret)')
  const [endpoint] = createEvmEndpoints({ urls: [server.url], timeoutMs: 60_000, conceal })
  const told = await Promise.all(
    errors.map(() =>
      endpoint!.client.request({ method: 'eth_blockNumber' }, { dedupe: false }).then(
        () => undefined,
        (cause: unknown) =>
          cause instanceof BaseError ? cause.walk((one) => one instanceof RpcRequestError) : undefined,
      ),
    ),
  )
  expect(told.map((error) => (error instanceof RpcRequestError ? error.data : 'no error'))).toStrictEqual([
    '0x08c379a0',
    { message: 'key (secret)', data: '0xab', gas: 7 },
    undefined,
  ])
})
