import type { JsonObject } from '../domain/text/json.js'
import { isoOfMs } from '../domain/text/time.js'
import type { AuditEntry } from '../store/Store.js'

/** One entry as `audit --json` gives it. */
export function auditView({ seq, at, chain, kind, detail }: AuditEntry): JsonObject {
  return { seq, at: isoOfMs(at), chain, kind, detail }
}
