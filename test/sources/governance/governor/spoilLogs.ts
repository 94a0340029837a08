import { z } from 'zod'
import type { RpcCall } from '../../../support/servers/countingProxy.js'

export type Fields = Readonly<Record<string, unknown>>
export const fieldsSchema = z.record(z.string(), z.unknown())
/** The logs in an answer; `undefined` for an answer to any other method. */
export const logsIn = ({ method }: RpcCall, { result }: Fields): readonly Fields[] | undefined =>
  method === 'eth_getLogs' && Array.isArray(result) ? z.array(fieldsSchema).parse(result) : undefined
/** Changes every log that the node returns. */
export const spoilLogs =
  (spoil: (log: Fields) => Fields) =>
  (call: RpcCall, answer: Fields): Fields => {
    const logs = logsIn(call, answer)
    return logs === undefined ? answer : { result: logs.map(spoil) }
  }
