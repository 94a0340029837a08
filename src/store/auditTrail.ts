import * as z from 'zod/mini'
import type { Json } from '../domain/text/json.js'
import type { AuditEntry, Store } from './Store.js'
import { decode, encode } from './codec.js'
import { auditBound } from './file/migrations.js'
import { auditDetail } from './schemas.js'
import type { Sql } from './sql.js'

const entryRow = z.object({
  seq: z.number(),
  at: z.number(),
  chain: z.string(),
  kind: z.string(),
  detail: z.string(),
})

/** The append-only record of what happened. The newest 1,000,000 entries are kept. */
export function auditTrail(sql: Sql): Pick<Store, 'record' | 'audit'> {
  const entryOf = ({ detail, ...entry }: z.infer<typeof entryRow>): AuditEntry => ({
    ...entry,
    detail: decode<Json>(auditDetail, detail, { sql, row: `audit entry ${entry.seq}` }),
  })

  return {
    record: ({ at, chain, kind, detail }) =>
      sql.transaction(() => {
        sql.run('INSERT INTO audit (at, chain, kind, detail) VALUES (?, ?, ?, ?)', at, chain, kind, encode(detail))
        sql.run('DELETE FROM audit WHERE seq <= (SELECT max(seq) FROM audit) - ?', auditBound)
      }),

    audit: ({ chain, limit = -1, before = Number.MAX_SAFE_INTEGER, naming }) => {
      const conditions = [
        ...(chain === undefined ? [] : ['chain = ?']),
        ...(naming === undefined ? [] : ['instr(detail, ?) > 0']),
        'seq < ?',
      ]
      return sql
        .all(
          entryRow,
          `SELECT * FROM audit WHERE ${conditions.join(' AND ')} ORDER BY seq DESC LIMIT ?`,
          ...[...(chain === undefined ? [] : [chain]), ...(naming === undefined ? [] : [asWritten(naming)])],
          ...[before, limit],
        )
        .map(entryOf)
    },
  }
}

/** Encodes a text as it appears inside the detail of an entry. */
function asWritten(text: string): string {
  return encode(text).slice(1, -1)
}
