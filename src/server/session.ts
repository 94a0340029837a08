import { createHmac, timingSafeEqual } from 'node:crypto'
import type { HttpConfig } from '../config/schema.js'

type Tokens = HttpConfig['tokens']
/** What somebody who logged in may do. */
export type Role = 'read' | 'write'

export const sessionCookie = 'govstream_session'
export const sessionSeconds = 30 * 86_400

/**
 * What a browser shows in place of a token: the role and the end of the session, signed by the token. It is worth
 * nothing once the token is another one. `now` is Unix milliseconds.
 */
export function sessionFor(role: Role, token: string, now: number): string {
  const claim = `${role}.${Math.floor(now / 1000) + sessionSeconds}`
  return `${claim}.${signature(claim, token)}`
}

/** What a session gives; nothing where it is over, or none of ours. */
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
