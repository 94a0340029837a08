import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPublicClient, http } from 'viem'
import { z } from 'zod'
import {
  classifyRpcError,
  retryAfterIn,
  type RpcErrorClass,
  type RpcFailure,
} from '../../../../src/sources/rpc/errors/classifyRpcError.js'
import { createEvmEndpoints } from '../../../../src/sources/rpc/createEvmEndpoints.js'
import { corpus } from '../../../support/corpus.js'
import { type Said, startAnsweringServer } from '../answeringServer.js'

let said: Said = { body: '' }
let server: Awaited<ReturnType<typeof startAnsweringServer>>
beforeAll(async () => {
  server = await startAnsweringServer(() => said)
})
afterAll(() => server.stop())

/** The error that a node's answer leads to, or `undefined` if it counts as a result. */
const causeOf = async (answer: Said): Promise<unknown> => {
  said = answer
  const client = createPublicClient({
    transport: http(`${server.url}/v3/s3cr3tkey`, { retryCount: 0, timeout: 60_000 }),
  })
  try {
    await client.request({ method: 'eth_chainId' })
    return undefined
  } catch (cause) {
    return cause
  }
}
/** How a node's answer is classified, or `undefined` if it counts as a result. */
const failureOf = async (answer: Said): Promise<RpcFailure | undefined> => {
  const cause = await causeOf(answer)
  if (cause === undefined) return undefined
  const failure = classifyRpcError(cause)
  expect(failure.message).not.toMatch(/s3cr3tkey|:\/\/|eth_chainId"/)
  return failure
}
const error = (message: string, code = -32000, data?: unknown): Said => ({
  body: JSON.stringify({ jsonrpc: '2.0', id: 1, error: { code, message, ...(data !== undefined && { data }) } }),
})

describe('the class of a failure', () => {
  it.each<readonly [string, RpcErrorClass, Said]>([
    [
      'a lagging node, though it speaks of a block range',
      'transient',
      error('block range extends beyond current head block', -32602),
    ],
    ['exactly `invalid block range`', 'transient', error('invalid block range', -32602)],
    ['a reversed range', 'permanent', error('invalid block range params', -32602)],
    ['a range limit under a rate limit code', 'range-too-large', error('up to a 2000 block range', -32005)],
    [
      'a range limit that is in the data',
      'range-too-large',
      error('Invalid params', -32602, {
        range: 'the range 55 - 99 exceeds the range allowed for your plan (49999 > 2000).',
      }),
    ],
    [
      'a range limit with HTTP 413',
      'range-too-large',
      { ...error('eth_getLogs is limited to a 10,000 range', -32614), status: 413 },
    ],
    [
      'a rate limit quoted in an error',
      'rate-limit',
      error('429 Too Many Requests: {"error":{"code":-32016,"message":"over rate limit"}}'),
    ],
    [
      'a bare error object with HTTP 429',
      'rate-limit',
      { status: 429, body: '{"code":-32007,"message":"300/second request limit reached"}' },
    ],
    ['a Cloudflare text', 'rate-limit', { status: 429, type: 'text/plain', body: 'error code: 1015' }],
    [
      'an exhausted monthly quota',
      'rate-limit',
      { ...error('Monthly capacity limit exceeded. Visit https://x.example/key=s3cr3tkey', -32005), status: 402 },
    ],
    ['a contract that reverts', 'reverted', error('execution reverted: user error', 3, '0x08c379a0')],
    ['a bad key', 'permanent', error('API key is not allowed to access blockchain', 0)],
    ['pruned state', 'permanent', error('missing trie node d5648cc9')],
    [
      'HTTP 503 with HTML',
      'transient',
      { status: 503, type: 'text/html', body: '<title>503 Service Temporarily Unavailable</title>' },
    ],
    [
      'HTTP 403 with HTML',
      'permanent',
      { status: 403, type: 'text/html', body: '<H1>ERROR</H1> The request could not be satisfied.' },
    ],
    ['plain text under JSON', 'transient', { body: 'invalid host specified\n' }],
    ['half an answer', 'transient', { body: '{"jsonrpc":"2.0","id":1,"result":' }],
    ['an error without a code', 'transient', { status: 500, body: '{"error":{"message":"server error"}}' }],
    [
      'an error that is a string',
      'transient',
      { body: '{"error":"One of the blocks specified in filter (fromBlock, toBlock or blockHash) cannot be found"}' },
    ],
    [
      'a standard method reported as missing',
      'transient',
      error('the method eth_blockNumber does not exist/is not available', -32601),
    ],
    [
      'a routing problem with HTTP 400',
      'transient',
      { ...error("Can't route your request to suitable provider", 12), status: 400 },
    ],
  ])('of %s is %s', async (_what, expected, answer) => {
    expect((await failureOf(answer))?.class).toBe(expected)
  })

  it('is permanent with unknownTag for a block tag that the node does not know', async () => {
    expect(await failureOf(error('finalized block not found'))).toMatchObject({ class: 'permanent', unknownTag: true })
  })

  it('is transient for a timeout, a refused connection and an abort', async () => {
    const [gone] = createEvmEndpoints({ urls: ['http://127.0.0.1:1/s3cr3tkey'], timeoutMs: 1_000 })
    const refused: unknown = await gone?.client.request({ method: 'eth_chainId' }).catch((cause: unknown) => cause)
    expect(classifyRpcError(refused)).toMatchObject({ class: 'transient' })
    expect(classifyRpcError(refused).message).not.toContain('s3cr3tkey')
    expect(classifyRpcError(new DOMException('This operation was aborted', 'AbortError')).class).toBe('transient')
    expect(classifyRpcError('what?').class).toBe('transient')
  })

  it('comes with the range that the node proposes and the time to wait', async () => {
    expect(
      await failureOf(
        error('query returned more than 10000 results. Try with this block range [0xCB3D, 0x7B737].', -32005),
      ),
    ).toMatchObject({ suggestedRange: { from: 0xcb3dn, to: 0x7b737n } })
    expect(
      await failureOf(error('query exceeds max results 2000, retry with the range 64862334-64862849')),
    ).toMatchObject({ suggestedRange: { from: 64862334n, to: 64862849n } })
    expect(
      await failureOf(
        error('query returned more than 10000 results', -32005, { from: '0x10', limit: 10000, to: '0x20' }),
      ),
    ).toMatchObject({ suggestedRange: { from: 16n, to: 32n } })
    const limited = { ...error('too many requests'), status: 429, headers: { 'retry-after': '7' } }
    expect(retryAfterIn(await causeOf(limited), 0)).toBe(7_000)
  })
})

const entries = z.array(
  z.looseObject({
    id: z.number(),
    class: z.string(),
    httpStatus: z.number().optional(),
    contentType: z.string().optional(),
    body: z.string().optional(),
  }),
)
const known = corpus('rpc/evm-rpc-errors.json')
const samples = known === undefined ? [] : entries.parse(known)
if (known === undefined) process.stdout.write('54 cases skipped: rpc/evm-rpc-errors.json of the corpus is not there\n')

// The classes of the corpus are about the cause; ours about what to do.
const ours: Readonly<Record<string, RpcErrorClass>> = {
  range: 'range-too-large',
  'rate-limit': 'rate-limit',
  auth: 'permanent',
  unavailable: 'transient',
  'filter-needed': 'permanent',
  'missing-data': 'transient',
  timeout: 'transient',
  malformed: 'transient',
  html: 'transient',
  batch: 'transient',
  lag: 'transient',
}
// 74: a firewall, not an outage. 86, 90: odd, but results. 92: a reversed range would be a bug of our own.
const otherwise: Readonly<Record<number, RpcErrorClass | undefined>> = {
  74: 'permanent',
  86: undefined,
  90: undefined,
  92: 'permanent',
}
const isAnswer = ({ id, body }: (typeof samples)[number]): boolean =>
  body !== undefined && ![82, 100, 102, 104, 106, 108].includes(id)

describe.runIf(samples.length > 0)('a real error of a provider, by its number in the corpus', () => {
  it.each(samples.filter(isAnswer))(
    'has the right class: no. $id, $class',
    async ({ id, class: cause, httpStatus, contentType, body = '' }) => {
      const bare = body.startsWith('{"code"') || body.startsWith('{"message"')
      const answer = {
        body: bare ? `{"jsonrpc":"2.0","id":1,"error":${body}}` : body,
        type: contentType ?? 'application/json',
        status: httpStatus ?? 200,
      }

      expect((await failureOf(answer))?.class).toBe(id in otherwise ? otherwise[id] : ours[cause])
    },
  )
})

const exchanges = z.array(z.object({ path: z.string(), exchanges: z.array(z.object({ response: z.string() })) }))
const geth = corpus('rpc/execution-apis-exchanges.json')
const pairs =
  geth === undefined
    ? []
    : exchanges.parse(geth).flatMap(({ path, exchanges: all }) => all.map(({ response }) => ({ path, response })))
if (geth === undefined)
  process.stdout.write('57 cases skipped: rpc/execution-apis-exchanges.json of the corpus is not there\n')

describe.runIf(pairs.length > 0)('a real answer of geth', () => {
  it.each(pairs)('is a failure only if it is an error, with the right class: $path', async ({ path, response }) => {
    const found = (await failureOf({ body: response }))?.class
    const expected =
      !response.includes('"error":{"code"') || response.includes('"result":')
        ? undefined
        : /reverted/.test(response)
          ? 'reverted'
          : /header not found|not found"|beyond current head/.test(response)
            ? 'transient'
            : response.includes('"code":-32602')
              ? 'permanent'
              : 'transient'
    expect({ path, found }).toStrictEqual({ path, found: expected })
  })
})

const patterns = z.record(z.string(), z.array(z.string()))
const ofGateways = corpus('rpc/error-patterns-of-gateways.json')
const rangePatterns = ofGateways === undefined ? [] : (patterns.parse(ofGateways)['ponder getLogsRetryHelper.ts'] ?? [])

describe.runIf(rangePatterns.length > 0)('a text that ponder treats as a range limit', () => {
  it.each(rangePatterns)('is a range limit here, too: %s', async (pattern) => {
    const words = pattern
      .replace(/^["/]|["/]$/g, '')
      .replace(/\\s\*/g, ' ')
      .replace(/0x\(\[0-9a-fA-F\]\+\)/g, '0x10')
      .replace(/\(?(?:\\d|\[\\d[,.]*\])\+\)?/g, '1000')
      .replace(/\\/g, '')
      .replace(/ a 1000$/, ' a 1000 range')
    expect((await failureOf(error(words)))?.class).toBe('range-too-large')
  })
})
