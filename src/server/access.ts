import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import type { HttpConfig } from '../config/schema.js'
import type { Role } from './session.js'

/** What a client may do: nothing, read the feeds alone, read, or read and write. */
export type Access = 'none' | 'feed' | 'read' | 'write'

/** Who asks, as far as the request tells. */
export interface Asking {
  /** Of the header `Authorization`. */
  readonly authorization?: string | undefined
  /** Of the query, where the route takes one there. */
  readonly token?: string | undefined
  /** Of a cookie: what whoever logged in may do. */
  readonly session?: Role | undefined
  /** Asks from this machine, by a name of this machine, through nobody else. */
  readonly isLocal: boolean
}

/** What whoever asks may do. A token that is none of ours gives nothing, also on this machine. */
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

/** Takes as long whatever the two have in common. */
function isSame(shown: string, token: string | undefined): boolean {
  return token !== undefined && timingSafeEqual(digest(shown), digest(token))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** Whether an address is reached by this machine alone. */
export function isLoopback(address: string): boolean {
  const plain = address.toLowerCase().replace(/^::ffff:/, '')
  if (plain === 'localhost') return true
  return isIP(plain) === 4 ? plain.startsWith('127.') : plain === '::1'
}
