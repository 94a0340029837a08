import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import type { HttpConfig } from '../config/schema.js'
import type { Role } from './session.js'

/** What a client may do: nothing, only read the feeds, read, or read and write. */
export type Access = 'none' | 'feed' | 'read' | 'write'

/** The credentials and the origin of a request. */
export interface Asking {
  /** The header `Authorization`. */
  readonly authorization?: string | undefined
  /** The token in the query, if the route accepts one there. */
  readonly token?: string | undefined
  /** The role of the session cookie. */
  readonly session?: Role | undefined
  /** True if the request comes from this machine, under a name of this machine and through no proxy. */
  readonly isLocal: boolean
}

/** Returns what a client may do. A wrong token gives no access, even on this machine. */
export function accessOf(
  { authorization, token, session, isLocal }: Asking,
  { tokens }: Pick<HttpConfig, 'tokens'>,
): Access {
  const shown = bearerIn(authorization)
  if (shown !== undefined) {
    if (isSame(shown, tokens.write)) return 'write'
    return isSame(shown, tokens.read) ? 'read' : 'none'
  }
  if (authorization !== undefined) return 'none'
  if (token !== undefined) return isSame(token, tokens.feed) ? 'feed' : 'none'
  return session ?? (isLocal ? 'read' : 'none')
}

function bearerIn(authorization = ''): string | undefined {
  return /^bearer +(\S+)$/i.exec(authorization.trim())?.[1]
}

/** Compares in constant time. */
function isSame(shown: string, token: string | undefined): boolean {
  return token !== undefined && timingSafeEqual(digest(shown), digest(token))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** Returns true if only this machine can reach the address. */
export function isLoopback(address: string): boolean {
  const plain = address.toLowerCase().replace(/^::ffff:/, '')
  if (plain === 'localhost') return true
  return isIP(plain) === 4 ? plain.startsWith('127.') : plain === '::1'
}
