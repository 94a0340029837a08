import { isJsonObject } from '../../../domain/text/json.js'
import { decodeProposal, type GovProposal, idOf } from './decodeProposal.js'

/** Some proposals, and where the next ones are. */
export interface Page {
  readonly proposals: readonly GovProposal[]
  /** Absent at the end. */
  readonly next?: string
  /** How many there are in all, where the server says so. */
  readonly total?: bigint
  readonly warnings: readonly string[]
  /** Ids of what is listed and cannot be read. */
  readonly unread: readonly bigint[]
}

/** The page in an answer; `undefined` where it is none. */
export function decodePage(body: unknown): Page | undefined {
  if (!isJsonObject(body)) return undefined
  const list: unknown = body['proposals']
  if (!Array.isArray(list)) return undefined
  const decoded = list.map(decodeProposal)
  const pagination = isJsonObject(body['pagination']) ? body['pagination'] : {}
  const next = pagination['next_key']
  const total = pagination['total']
  return {
    proposals: decoded.filter((proposal) => typeof proposal !== 'string'),
    warnings: decoded.filter((proposal) => typeof proposal === 'string'),
    unread: decoded.flatMap((proposal, index) => (typeof proposal === 'string' ? idIn(list[index]) : [])),
    ...(typeof next === 'string' && next !== '' && next.length <= 256 && { next }),
    ...(typeof total === 'string' && /^[1-9][0-9]{0,15}$/.test(total) && { total: BigInt(total) }),
  }
}

/** All ids on a page, those of what cannot be read included. */
export function idsOn({ proposals, unread }: Page): readonly string[] {
  return [...proposals.map(({ id }) => id), ...unread].map(String)
}

function idIn(entry: unknown): readonly bigint[] {
  const id = isJsonObject(entry) ? idOf(entry) : undefined
  return id === undefined ? [] : [id]
}
