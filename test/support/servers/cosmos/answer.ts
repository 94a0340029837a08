/** The answer of the server to one request. */
export interface Answer {
  readonly status: number
  readonly body: unknown
}

/** The gateway has no such route. */
export const unserved: Answer = { status: 501, body: { code: 12, message: 'Not Implemented', details: [] } }
/** A proposal that cannot be encoded spoils the whole answer. */
export const spoilt: Answer = {
  status: 500,
  body: {
    code: 13,
    message:
      'no concrete type registered for type URL /centauri.ratelimit.v1beta1.MsgAddRateLimit against interface *types.Msg',
    details: [],
  },
}
export function ok(body: unknown): Answer {
  return { status: 200, body }
}
