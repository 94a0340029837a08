import { heightText, votesText, withCommas } from '../../domain/notifications/phrases.js'
import { ownPlanNameIn } from '../../domain/plans/ownPlan.js'
import { announcementIn } from '../../domain/proposals/announced.js'
import type { Tally } from '../../domain/proposals/proposal.js'
import { isJsonObject, type Json, type JsonObject } from '../../domain/text/json.js'
import { percentDecoded } from '../../domain/text/percentDecoded.js'
import type { ShortId } from './shortIds.js'

/** Returns the unit of the votes on a proposal, by its key; `undefined` if it is unknown. */
export type UnitOf = (key: string) => VoteUnit | undefined
type VoteUnit = Pick<Tally, 'unit'> & { readonly decimals?: number | undefined }

/** The detail of an audit entry, with each field formatted for people. */
export interface Fields {
  readonly has: (name: string) => boolean
  /** A field as text; a dash if it is absent. */
  readonly text: (name: string) => string
  /** A large number, formatted for people. */
  readonly count: (name: string) => string
  /** `proposal 7`, or `your own plan v2`. */
  readonly proposal: string
  /** The event and subject of a notification, from its id. */
  readonly subject: string
  /** The field with text around it; empty if the field is absent. */
  readonly phrase: (before: string, name: string, after?: string) => string
  /** A list of texts, separated by commas; empty if it is absent. */
  readonly names: (name: string) => string
  readonly part: (name: string) => Fields
  readonly list: (name: string) => readonly Fields[]
}

/** Returns the fields of a detail; what is not an object has none. */
export function fieldsOf(detail: Json | undefined, short: ShortId, unitOf: UnitOf): Fields {
  const object: JsonObject = isJsonObject(detail) ? detail : {}
  const of = (name: string): Json | undefined => (Object.hasOwn(object, name) ? object[name] : undefined)
  const has = (name: string): boolean => of(name) !== undefined && of(name) !== null && plainText(of(name)) !== ''
  const text = (name: string): string => (has(name) ? shownText(name, plainText(of(name)), plainText(of('name'))) : '-')
  const key = has('proposal') ? text('proposal') : text('key')
  const decimals = of('decimals')
  // The unit that was recorded with the count takes precedence over that of the proposal today.
  const unit = typeof decimals === 'number' ? { unit: text('unit'), decimals } : (unitOf(key) ?? noUnit)
  return {
    has,
    text,
    count: (name) => (/^\d+$/.test(text(name)) ? votesText(BigInt(text(name)), unit) : text(name)),
    proposal: sourceOf(key, short),
    subject: subjectOf(text('id'), short),
    phrase: (before, name, after = '') => (has(name) ? `${before}${text(name)}${after}` : ''),
    names: (name) => {
      const items = of(name)
      return Array.isArray(items) ? items.map((item: Json) => plainText(item)).join(', ') : ''
    },
    part: (name) => fieldsOf(of(name), short, unitOf),
    list: (name) => {
      const items = of(name)
      return Array.isArray(items) ? items.map((item: Json) => fieldsOf(item, short, unitOf)) : []
    },
  }
}

const noUnit: VoteUnit = { unit: 'votes' }

/** An id is chain/contract/proposal:event:fact, chain/channel/name:event:fact or chain:event:fact, with escapes. */
function subjectOf(id: string, short: ShortId): string {
  const [about = '', event = id] = id.split(':').map(percentDecoded)
  const channel = /^[^/]*\/channel\/(.+)$/.exec(about)?.[1]
  if (channel !== undefined) return `${event}, channel ${channel}`
  return about.includes('/') ? `${event}, ${sourceOf(about, short)}` : event
}

/** Names what requested an upgrade, from its key: `proposal 7`, an announcement, or the operator's own plan. */
function sourceOf(key: string, short: ShortId): string {
  const own = ownPlanNameIn(key)
  const announced = announcementIn(key)
  if (announced !== undefined) return announced
  return own === undefined ? `proposal ${short(key.slice(key.lastIndexOf('/') + 1))}` : `your own plan ${own}`
}

// Fields that are formatted. A title is never one of them: it stays as its author wrote it.
const heights: ReadonlySet<string> = new Set(['height', 'at', 'from', 'applied'])
const sentencesOfOurs: ReadonlySet<string> = new Set(['advice', 'missed', 'reason', 'reasons', 'unsure', 'withdrawn'])

function shownText(name: string, text: string, planName: string): string {
  if (heights.has(name)) return /^\d{4,15}$/.test(text) ? heightText(Number(text)) : text
  return sentencesOfOurs.has(name) ? withCommas(text, [planName]) : text
}

/** Renders a value without braces and quotes. */
export function plainText(value: Json | undefined): string {
  if (Array.isArray(value)) return value.map((item: Json) => plainText(item)).join(' ')
  if (isJsonObject(value))
    return Object.entries(value)
      .map(([name, part]) => `${name} ${plainText(part)}`)
      .join(', ')
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}
