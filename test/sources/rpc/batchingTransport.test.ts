import { afterEach, expect, it } from 'vitest'
import { createEndpoints } from '../../../src/sources/rpc/createEndpoints.js'
import { type Body, type Said, startAnsweringServer } from './answeringServer.js'

let stop: (() => Promise<void>) | undefined
afterEach(async () => {
  await stop?.()
  stop = undefined
})

const answers = (body: Body): readonly { readonly id: number | undefined; readonly result: string }[] =>
  (Array.isArray(body) ? body : [body]).map(({ id, method }) => ({ id, result: method }))

/** Two calls in one batch, to a server that answers as told. */
const ask = async (say: (body: Body) => unknown): Promise<readonly unknown[]> => {
  const server = await startAnsweringServer((body): Said => ({ body: JSON.stringify(say(body)) }))
  stop = server.stop
  const [endpoint] = createEndpoints({ urls: [server.url], timeoutMs: 5_000 })
  return Promise.all([endpoint?.client.request({ method: 'eth_chainId' }), endpoint?.client.request({ method: 'eth_blockNumber' })])
}

it('takes the answers of a batch in any order', async () => {
  expect(await ask((body) => [...answers(body)].reverse())).toStrictEqual(['eth_chainId', 'eth_blockNumber'])
})

it.each<readonly [string, (body: Body) => unknown]>([
  ['twice the same id', (body) => [answers(body)[0], answers(body)[0]]],
  ['a missing answer', (body) => [answers(body)[0]]],
  ['one answer too many', (body) => [...answers(body), ...answers(body)]],
  ['an id nobody asked with', (body) => answers(body).map((answer, index) => (index === 0 ? { ...answer, id: -7 } : answer))],
  ['an answer without an id', (body) => answers(body).map(({ result }) => ({ result }))],
])('refuses %s', async (_what, say) => {
  await expect(ask(say)).rejects.toThrow(/ids that do not match|Expected 2 responses/)
})

it('gives the refusal of a whole batch to every call of it', async () => {
  await expect(ask(() => ({ id: null, jsonrpc: '2.0', error: { code: -32604, message: 'missing request id' } }))).rejects.toThrow(/missing request id/)
})

it.each([{ error: 'out of blocks' }, { error: { message: 'out of blocks' } }])('knows %j for a refusal of the whole batch', async (refusal) => {
  await expect(ask(() => refusal)).rejects.toThrow(/out of blocks/)
})
