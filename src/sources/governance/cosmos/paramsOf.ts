import { isJsonObject } from '../../../domain/text/json.js'

type Fields = Readonly<Record<string, unknown>>
export type ParamsKind = 'voting' | 'tallying' | 'deposit'

/** The parameters in an answer; `undefined` where it has none of this kind. */
export function paramsOf(body: unknown, kind: ParamsKind): Fields | undefined {
  if (!isJsonObject(body)) return undefined
  const own = body[{ voting: 'voting_params', tallying: 'tally_params', deposit: 'deposit_params' }[kind]]
  return isJsonObject(body['params']) ? body['params'] : isJsonObject(own) ? own : undefined
}
