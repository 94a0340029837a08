import { text } from 'node:stream/consumers'
import { hexToNumber, isHex, numberToHex } from 'viem'
import { z } from 'zod'
import { listen } from './listen.js'

const callSchema = z.looseObject({ id: z.number(), method: z.string(), params: z.array(z.unknown()).default([]) })
const bodySchema = z.union([z.array(callSchema), callSchema.transform((call) => [call])])
type Call = z.infer<typeof callSchema>
const answerSchema = z.looseObject({ result: z.unknown() })

export interface Balancer {
  readonly url: string
  /** HTTP requests so far. */
  readonly requests: () => number
  readonly stop: () => Promise<void>
}

/**
 * One URL in front of two servers of a chain: every other request reaches one that is `lag`
 * blocks behind and does not have newer blocks. It answers with the error of `geth`, or, as
 * some do, with null (`silent`). With `branch` its newest block is another one with the same
 * content.
 */
export async function startBalancer(
  node: string,
  {
    lag,
    silent = false,
    branch = false,
  }: { readonly lag: number; readonly silent?: boolean; readonly branch?: boolean },
): Promise<Balancer> {
  let requests = 0
  const ask = async (call: object): Promise<Readonly<Record<string, unknown>>> => {
    const response = await fetch(node, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(call),
    })
    return answerSchema.parse(await response.json())
  }
  const behind = async (call: Call): Promise<unknown> => {
    const { result } = await ask({ jsonrpc: '2.0', id: 1, method: 'eth_blockNumber', params: [] })
    const top = hexToNumber(hexOf(result)) - lag
    const isNewer =
      JSON.stringify(call.params).includes(`"${numberToHex(top + 1)}"`) ||
      Array.from({ length: lag }, (_, index) => numberToHex(top + 1 + index)).some((hex) =>
        JSON.stringify(call.params).includes(`"${hex}"`),
      )
    if (isNewer) {
      const { id, method } = call
      if (method === 'eth_getBlockByNumber') return { jsonrpc: '2.0', id, result: null }
      if (method === 'eth_getLogs' && silent) return { jsonrpc: '2.0', id, result: [] }
      const error =
        method === 'eth_getLogs'
          ? { code: -32602, message: 'block range extends beyond current head block' }
          : { code: -32000, message: 'header not found' }
      return { jsonrpc: '2.0', id, error }
    }
    const answer = await ask({
      ...call,
      params: call.params.map((param) => (param === 'latest' ? numberToHex(top) : param)),
    })
    return branch ? onBranch(answer, numberToHex(top)) : answer
  }
  const server = await listen((request, response) => {
    requests += 1
    const isBehind = requests % 2 === 0
    void (async () => {
      const parsed: unknown = JSON.parse(await text(request))
      const answers = await Promise.all(bodySchema.parse(parsed).map((call) => (isBehind ? behind(call) : ask(call))))
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify(Array.isArray(parsed) ? answers : answers[0]))
    })().catch(() => response.writeHead(502).end())
  })
  return { url: server.url, requests: () => requests, stop: server.stop }
}

/** The answer with another hash for the block of this number. */
function onBranch({ result, ...rest }: Readonly<Record<string, unknown>>, number: string): object {
  const changed = (key: string): ((value: Readonly<Record<string, unknown>>) => object) => {
    return (value) => ({ ...value, [key]: `0x${'ab'.repeat(32)}` })
  }
  const block = z.looseObject({ number: z.literal(number), hash: z.string() }).transform(changed('hash'))
  const log = z.looseObject({ blockNumber: z.literal(number), blockHash: z.string() }).transform(changed('blockHash'))
  return { ...rest, result: z.union([block, z.array(z.union([log, z.unknown()])), z.unknown()]).parse(result) }
}

function hexOf(value: unknown): `0x${string}` {
  if (!isHex(value)) throw new Error('The node has no height.')
  return value
}
