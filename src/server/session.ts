import { createHmac, timingSafeEqual } from 'node:crypto'
import type { HttpConfig } from '../config/schema.js'

type Tokens = HttpConfig['tokens']
/** What a logged-in person may do. */
export type Role = 'read' | 'write'

export const sessionCookie = 'govstream_session'
export const sessionSeconds = 30 * 86_400

/**
 * Creates the session that a browser sends instead of a token: the role and the end of the session, signed with the
 * token. It becomes invalid when the token changes. `now` is Unix milliseconds.
 */
export function sessionFor(role: Role, token: string, now: number): string {
  const claim = `${role}.${Math.floor(now / 1000) + sessionSeconds}`
  return `${claim}.${signature(claim, token)}`
}

/** Returns the role of a session; undefined if it has expired or is not valid. */
export function roleOf(session: string, tokens: Tokens, now: number): Role | undefined {
  const [, claim = '', name, end, signed = ''] = /^((read|write)\.(\d{1,12}))\.([\w-]{43})$/.exec(session) ?? []
  const role = name === 'write' ? 'write' : 'read'
  const token = tokens[role]
  if (claim === '' || token === undefined || Number(end) * 1000 <= now) return undefined
  return timingSafeEqual(Buffer.from(signed), Buffer.from(signature(claim, token))) ? role : undefined
}

function signature(claim: string, token: string): string {
  return createHmac('sha256', token).update(`govstream session ${claim}`).digest('base64url')
}
