import { asSentence } from '../domain/notifications/phrases.js'
import { isJsonObject, type Json, type JsonObject } from '../domain/text/json.js'
import type { AuditEntry } from '../store/Store.js'

/** An audit entry with details. */
export interface DetailedEntry extends Omit<AuditEntry, 'detail'> {
  readonly detail: JsonObject
}

/** Returns the entries of one kind that have details. */
export function entriesOf(
  { entries }: { readonly entries: readonly AuditEntry[] },
  kind: string,
): readonly DetailedEntry[] {
  return entries.flatMap(({ detail, ...entry }) =>
    entry.kind === kind && isJsonObject(detail) ? [{ ...entry, detail }] : [],
  )
}

/** Formats the reasons in the details of an entry, each with a space before it. */
export function reasonsOf({ reasons, name }: JsonObject): string {
  const sentences = Array.isArray(reasons) ? reasons.map((one: Json) => asSentence(textOf(one), textOf(name))) : []
  return sentences.map((sentence) => ` ${sentence}`).join('')
}

export function textOf(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
