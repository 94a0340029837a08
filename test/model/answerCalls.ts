import { z } from 'zod'
import type { HttpRequest } from '../../src/transport/HttpClient.js'
import type { NodeAnswer } from './story.js'

const callSchema = z.looseObject({ id: z.number(), method: z.string(), params: z.unknown().optional() })
export type RpcCall = z.infer<typeof callSchema>
export type RpcResult =
  | { readonly result: unknown }
  | { readonly error: { readonly code: number; readonly message: string; readonly data?: unknown } }

/** Answers the JSON-RPC calls of a request, one or a batch. */
export function answerCalls({ body }: Pick<HttpRequest, 'body'>, answer: (call: RpcCall) => RpcResult): NodeAnswer {
  const asked: unknown = JSON.parse(body ?? '')
  const answers = z
    .array(callSchema)
    .parse(Array.isArray(asked) ? asked : [asked])
    .map((call) => ({ jsonrpc: '2.0', id: call.id, ...answer(call) }))
  return { status: 200, body: Array.isArray(asked) ? answers : answers[0] }
}
