import type { JsonObject } from '../../domain/json.js'
import { isoOfMs } from '../../domain/time.js'
import type { AuditEntry } from '../../sinks/Store.js'

/** One entry as `audit --json` gives it. */
export function auditView({ seq, at, chain, kind, detail }: AuditEntry): JsonObject {
  return { seq, at: isoOfMs(at), chain, kind, detail }
}
