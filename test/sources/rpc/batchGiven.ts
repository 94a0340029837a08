import { onTestFinished } from 'vitest'
import { classifyRpcError } from '../../../src/sources/rpc/errors/classifyRpcError.js'
import { createEvmEndpoints } from '../../../src/sources/rpc/createEvmEndpoints.js'
import { type Body, type Said, startAnsweringServer } from './answeringServer.js'

/** Makes twelve calls at once, `rounds` times, and returns the answers and how many calls each request held. */
export const askMany = async (
  say: (body: Body) => Said,
  { rounds = 1, batchSize = 100 } = {},
): Promise<{ readonly told: readonly unknown[]; readonly sizes: readonly (readonly number[])[] }> => {
  let seen: number[] = []
  const server = await startAnsweringServer((body) => {
    seen.push(Array.isArray(body) ? body.length : 1)
    return say(body)
  })
  onTestFinished(server.stop)
  const [endpoint] = createEvmEndpoints({ urls: [server.url], timeoutMs: 60_000, batchSize })
  const sizes: (readonly number[])[] = []
  let told: readonly unknown[] = []
  for (let round = 0; round < rounds; round++) {
    seen = []
    told = await Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        endpoint!.client
          .request({ method: 'eth_getBlockByNumber', params: [`0x${at.toString(16)}`, false] })
          .catch((cause: unknown) => classifyRpcError(cause).message),
      ),
    )
    sizes.push(seen)
  }
  return { told, sizes }
}
export const echo = (body: Body): unknown => {
  const given = (Array.isArray(body) ? body : [body]).map(({ id, params }) => ({
    jsonrpc: '2.0',
    id,
    result: Array.isArray(params) ? params[0] : undefined,
  }))
  return Array.isArray(body) ? given : given[0]
}
export const good = (body: Body): Said => ({ body: JSON.stringify(echo(body)) })
export const wanted = Array.from({ length: 12 }, (_, at) => `0x${at.toString(16)}`)
