import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JsonRpcError } from '../../../src/sources/jsonRpc/JsonRpcError.js'
import { type JsonRpcAnswer, matchAnswers } from '../../../src/sources/jsonRpc/matchAnswers.js'

const place = 'node:1 of local'
const status = { id: 1, method: 'status' }
const params = { id: 2, method: 'gov/params' }
const ok = (id: unknown, result: unknown) => ({ jsonrpc: '2.0', id, result })
const error = (id: unknown, failure: unknown) => ({ jsonrpc: '2.0', id, error: failure })
const answersTo = (body: unknown): readonly JsonRpcAnswer[] => matchAnswers([status, params], body, place)
/** The answer to a single call: its result, or the message of its error. */
const told = (body: unknown): unknown => {
  const [answer] = matchAnswers([status], body, place)
  return answer?.ok === true ? { result: answer.result } : answer?.error.message
}

describe('matchAnswers', () => {
  it('returns for each call the answer with its id, in any order', () => {
    expect(answersTo([ok(2, 'params'), ok(1, 'status')])).toStrictEqual([
      { ok: true, result: 'status' },
      { ok: true, result: 'params' },
    ])
  })

  it('accepts a result of null', () => {
    expect(told(ok(1, null))).toStrictEqual({ result: null })
  })

  it('ignores an error of null, which some servers send', () => {
    expect(told({ ...ok(1, 'up'), error: null })).toStrictEqual({ result: 'up' })
  })

  it('ignores notifications, unknown ids, and entries that are no answers', () => {
    const stray = [
      { jsonrpc: '2.0', method: 'status', params: {} },
      { jsonrpc: '2.0', method: 'status', id: 1 },
      ok(9, 'foreign'),
      null,
      7,
      [],
    ]
    expect(answersTo([...stray, ok(1, 'status'), ok(2, 'params')])).toStrictEqual([
      { ok: true, result: 'status' },
      { ok: true, result: 'params' },
    ])
  })

  it('finds the answer to a single call among notifications', () => {
    expect(told([{ jsonrpc: '2.0', method: 'newBlock', params: {} }, ok(1, 'up')])).toStrictEqual({ result: 'up' })
  })

  it.each<[string, unknown, string]>([
    ['no answer', [ok(2, 'params')], 'node:1 of local did not answer status.'],
    ['an id of another type', ok([1], 'up'), 'node:1 of local did not answer status.'],
    ['two answers', [ok(1, 'up'), ok(1, 'down')], 'node:1 of local answered status more than once.'],
    [
      'another protocol',
      { id: 1, result: 'up' },
      'node:1 of local answers status in another protocol than JSON-RPC 2.0.',
    ],
    [
      'an older protocol',
      { jsonrpc: '1.0', id: 1, result: 'up' },
      'node:1 of local answers status in another protocol than JSON-RPC 2.0.',
    ],
    ['nothing', { jsonrpc: '2.0', id: 1 }, 'node:1 of local answers status with neither a result nor an error.'],
    [
      'both',
      { ...ok(1, 'up'), error: { code: 1, message: 'down' } },
      'node:1 of local answers status with both a result and an error.',
    ],
    [
      'an error',
      error(1, { code: -32601, message: 'Method not found' }),
      'node:1 of local answers status with an error: Method not found (code -32601).',
    ],
    [
      'an error with data',
      error(1, { code: -32000, message: 'failed', data: 'no such block' }),
      'node:1 of local answers status with an error: failed: no such block (code -32000).',
    ],
    ['an error that is a string', error(1, 'gone'), 'node:1 of local answers status with an error: gone.'],
    ['an error without a message', error(1, {}), 'node:1 of local answers status with an error: no reason.'],
    [
      'a refusal without an id',
      error(null, { code: -32700, message: 'Parse error' }),
      'node:1 of local refuses the request with an error: Parse error (code -32700).',
    ],
  ])('refuses %s', (_, body, said) => {
    expect(told(body)).toBe(said)
  })

  it('returns the refusal of a batch for every call', () => {
    const answers = answersTo(error(null, { code: -32600, message: 'Invalid Request' }))
    expect(answers.map((answer) => (answer.ok ? undefined : answer.error.code))).toStrictEqual([-32600, -32600])
  })

  it('keeps code and data, and tells permanent from transient errors', () => {
    const [first, second] = answersTo([
      error(1, { code: -32602, message: 'bad', data: { field: 'height' } }),
      error(2, { code: -32603, message: 'busy' }),
    ])
    expect(first).toMatchObject({ ok: false, error: { kind: 'permanent', code: -32602, data: { field: 'height' } } })
    expect(second).toMatchObject({ ok: false, error: { kind: 'transient', code: -32603 } })
  })

  it('never repeats a URL, which may hold a key', () => {
    expect(told(error(1, { code: -32000, message: 'upstream https://node.example/v1/hunter2 failed' }))).not.toContain(
      'hunter2',
    )
  })

  it('returns for every call an answer or a typed error, whatever the body is', () => {
    const entry = fc.record(
      {
        jsonrpc: fc.constantFrom('2.0', '1.0', 2),
        id: fc.constantFrom(1, 2, '1', null),
        result: fc.jsonValue(),
        error: fc.oneof(
          fc.jsonValue(),
          fc.record({ code: fc.jsonValue(), message: fc.jsonValue(), data: fc.jsonValue() }),
        ),
        method: fc.constant('status'),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.jsonValue(), entry, fc.array(entry)), (body) => {
        const answers = answersTo(body)
        expect(answers).toHaveLength(2)
        expect(answers.every((answer) => answer.ok || answer.error instanceof JsonRpcError)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})
