import { parsedJson } from '../../../domain/text/boundedJson.js'
import { type Metadata, metadataFrom } from '../../../domain/proposals/metadata.js'
import { isJsonObject } from '../../../domain/text/json.js'
import { integerOf } from './scalars.js'

/** The votes as the chain counts them, in the smallest unit of the bonded token. */
export interface Votes {
  readonly yes: bigint
  readonly no: bigint
  readonly abstain: bigint
  readonly veto: bigint
}

const maxMetadata = 65_536

/** Parses the votes of a tally, of either version; returns `undefined` if one of them is missing. */
export function votesOf(value: unknown): Votes | undefined {
  if (!isJsonObject(value)) return undefined
  const [yes, no, abstain, veto] = (['yes', 'no', 'abstain', 'no_with_veto'] as const).map((key) =>
    integerOf(value[`${key}_count`] ?? value[key]),
  )
  return yes === undefined || no === undefined || abstain === undefined || veto === undefined
    ? undefined
    : { yes, no, abstain, veto }
}

/** Parses metadata. Many chains store title and summary there as JSON; others store a link, which is not followed. */
export function metadataOf(value: unknown): Readonly<Record<string, unknown>> {
  const parsed = typeof value === 'string' && value.length <= maxMetadata ? parsedJson(value) : undefined
  return isJsonObject(parsed) ? parsed : {}
}

// Fields of the metadata that have their own place in a proposal.
const told: ReadonlySet<string> = new Set(['title', 'Title', 'name', 'summary', 'details', 'description'])

/** Returns the metadata besides title and summary. If it is neither JSON nor readable text, it is kept as a link. */
export function otherMetadata(value: unknown): Metadata | undefined {
  const fields = Object.entries(metadataOf(value)).filter(([name]) => !told.has(name))
  if (fields.length > 0) return metadataFrom(Object.fromEntries(fields))
  const text = typeof value === 'string' ? value.trim() : ''
  return text === '' || /^[{[]/.test(text) || readableMetadata(text) !== ''
    ? undefined
    : metadataFrom({ metadata: text })
}

/** Returns metadata that people can read; empty for a link or a code, which only says where to look. */
export function readableMetadata(metadata: string): string {
  const text = metadata.slice(0, 2_000).trim()
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) || !/\p{L}\s+\S/u.test(text) || /^[{[]/.test(text) ? '' : text
}
