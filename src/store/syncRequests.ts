import * as z from 'zod/mini'
import type { Store } from './Store.js'
import type { Sql } from './sql.js'

/** Maximum number of requests kept. The senders of older ones have stopped waiting. */
const bound = 100

const idRow = z.object({ id: z.number() })
const resultRow = z.object({ done: z.number(), problem: z.nullable(z.string()) })

/** Requests for a sync, from a process without the claim to the one that holds it. */
export function syncRequests(sql: Sql): Pick<Store, 'requestSync' | 'pendingSyncs' | 'finishSync' | 'syncResult'> {
  return {
    requestSync: (now) =>
      sql.transaction(() => {
        const [made] = sql.all(idRow, 'INSERT INTO sync_requests (at, done) VALUES (?, 0) RETURNING id', now)
        const id = made?.id ?? 0
        sql.run('DELETE FROM sync_requests WHERE id <= ?', id - bound)
        return id
      }),

    pendingSyncs: () => sql.all(idRow, 'SELECT id FROM sync_requests WHERE done = 0 ORDER BY id').map(({ id }) => id),

    finishSync: (request, problem) => {
      sql.run('UPDATE sync_requests SET done = 1, problem = ? WHERE id = ?', problem ?? null, request)
    },

    syncResult: (request) => {
      const [found] = sql.all(resultRow, 'SELECT done, problem FROM sync_requests WHERE id = ?', request)
      if (found === undefined)
        return { ok: false, problem: `The sync request ${request} is not in the state file any more: ask again.` }
      if (found.done === 0) return undefined
      return found.problem === null ? { ok: true } : { ok: false, problem: found.problem }
    },
  }
}
