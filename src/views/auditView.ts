import { type Json, type JsonObject, isJsonObject } from '../domain/text/json.js'
import { isoOf, isoOfMs } from '../domain/text/time.js'
import type { AuditEntry } from '../store/Store.js'

/** One entry as `audit --json` gives it, the times in its detail included. */
export function auditView({ seq, at, chain, kind, detail }: AuditEntry): JsonObject {
  return { seq, at: isoOfMs(at), chain, kind, detail: isJsonObject(detail) ? timed(kind, detail) : detail }
}

/** In the trail a delivery counts in milliseconds of the host, an upgrade in seconds of the chain. */
function timed(kind: string, detail: JsonObject): JsonObject {
  if (kind === 'delivery') return { ...detail, ...read(detail, 'until', ofMs), ...read(detail, 'heldUntil', ofMs) }
  return kind === 'upgrade' ? { ...detail, ...read(detail, 'time', ofSeconds) } : detail
}

function read(detail: JsonObject, key: string, isoOfTime: (value: Json) => string | undefined): JsonObject {
  const value = detail[key]
  const time = value === undefined ? undefined : isoOfTime(value)
  return time === undefined ? {} : { [key]: time }
}

function ofMs(value: Json): string | undefined {
  return typeof value === 'number' ? isoOfMs(value) : undefined
}

function ofSeconds(value: Json): string | undefined {
  return typeof value === 'string' && /^\d{1,12}$/.test(value) ? isoOf(BigInt(value)) : undefined
}
