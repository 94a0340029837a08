import * as z from 'zod/mini'
import type { RebuiltState } from '../domain/notifications/announceRebuilt.js'
import type { Store } from './Store.js'
import type { Sql } from './sql.js'

const rebuiltRow = z.object({ moved_to: z.string(), problem: z.string() })

/** Stores what happened to a damaged state until it is announced. */
export function rebuilds(
  sql: Sql,
): Pick<Store, 'rebuilt' | 'forgetRebuilt'> & { readonly noteRebuilt: (rebuilt: RebuiltState) => void } {
  return {
    noteRebuilt: ({ movedTo, problem }) => {
      sql.run('INSERT OR REPLACE INTO rebuilt (one, moved_to, problem) VALUES (1, ?, ?)', movedTo, problem)
    },
    rebuilt: () => {
      const [row] = sql.all(rebuiltRow, 'SELECT moved_to, problem FROM rebuilt')
      return row === undefined ? undefined : { movedTo: row.moved_to, problem: row.problem }
    },
    forgetRebuilt: () => {
      sql.run('DELETE FROM rebuilt')
    },
  }
}
