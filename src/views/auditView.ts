import { type Json, type JsonObject, isJsonObject } from '../domain/text/json.js'
import { isoOf, isoOfMs } from '../domain/text/time.js'
import type { AuditEntry } from '../store/Store.js'

/** One entry in the format of `audit --json`, with the times in its detail converted. */
export function auditView({ seq, at, chain, kind, detail }: AuditEntry): JsonObject {
  return { seq, at: isoOfMs(at), chain, kind, detail: isJsonObject(detail) ? timed(kind, detail) : detail }
}

/** Converts times: deliveries use milliseconds of the host, upgrades use seconds of the chain. */
function timed(kind: string, detail: JsonObject): JsonObject {
  const times: ReadonlyMap<string, (value: Json) => Json> = timesOf.get(kind) ?? new Map()
  return Object.fromEntries(Object.entries(detail).map(([key, value]) => [key, times.get(key)?.(value) ?? value]))
}

const ofMs = (value: Json): Json => (typeof value === 'number' ? isoOfMs(value) : value)
const ofSeconds = (value: Json): Json =>
  typeof value === 'string' && /^\d{1,12}$/.test(value) ? isoOf(BigInt(value)) : value

const timesOf = new Map([
  [
    'delivery',
    new Map([
      ['until', ofMs],
      ['heldUntil', ofMs],
    ]),
  ],
  ['upgrade', new Map([['time', ofSeconds]])],
])
