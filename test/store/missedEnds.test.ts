import { join } from 'node:path'
import { expect, it } from 'vitest'
import * as z from 'zod/mini'
import type { OutboxItem } from '../../src/store/DeliveryStore.js'
import { migrate } from '../../src/store/file/migrate.js'
import { migrations } from '../../src/store/file/migrations.js'
import { openStore } from '../../src/store/openStore.js'
import { openSql } from '../../src/store/sql.js'
import type { EmbeddedStore } from '../../src/store/Store.js'
import { announcement, notification, temporaryDirectory, turn } from '../support/storeGiven.js'

const ids = ['1', '2', '3'] as const
const ended = { event: 'proposal_canceled' } as const
const item = (id: string): OutboxItem => ({ notification: notification(id, ended), handler: 'pager', attempts: 0 })
const missed = (store: EmbeddedStore) => store.missedEnds(['pager']).map(({ notification: { id } }) => id)

/** A handler that posted about three proposals, and whose ends of them wait. */
function postedGiven(): EmbeddedStore {
  const store = openStore({ path: ':memory:' })
  store.commit(turn({ announcements: ids.map((id) => announcement(`${id}#new`)) }), () => ['pager'])
  for (const id of ids) store.delivered({ ...item(`${id}#new`), notification: notification(`${id}#new`) }, 2_000, id)
  store.commit(turn({ announcements: ids.map((id) => announcement(`${id}#end`, ended)), time: 3_000 }), () => ['pager'])
  return store
}

it('are those that were given up because their handler was removed, whatever the stored reason says', () => {
  const store = postedGiven()
  store.bury(item('1#end'), 4_000, { reason: 'Its handler was removed.', attempt: 0, isOrphan: true })
  store.bury(item('2#end'), 4_000, { reason: 'No handler pager is configured any more.' })
  expect(missed(store)).toStrictEqual(['1#end'])
})

it('are no longer those that were sent again and then refused', () => {
  const store = postedGiven()
  store.bury(item('1#end'), 4_000, { reason: 'Its handler was removed.', isOrphan: true })
  store.revive('all', 5_000)
  expect(missed(store)).toStrictEqual([])
  store.bury(item('1#end'), 6_000, { reason: 'The pager answered 400.' })
  expect(missed(store)).toStrictEqual([])
})

it('are recognised in the state of a former version by the reason that it stored', () => {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'state.db')
  const sql = openSql(path, path)
  migrate(sql, migrations.slice(0, 23))
  sql.exec(`INSERT INTO notifications (row, id, chain, event, priority, at, read, json)
    VALUES (1, 'a', 'local', 'new_proposal', 'low', 1, 0, '{}');
    INSERT INTO outbox (notification, handler, state, attempts, next_at, at, reason) VALUES
    (1, 'pager', 'dead', 0, 0, 1, 'No handler pager is configured any more.'),
    (1, 'chat', 'dead', 1, 0, 1, 'Chat answered 400.'), (1, 'log', 'pending', 1, 0, 1, 'Busy.')`)
  migrate(sql, migrations)
  const marked = sql.all(z.object({ handler: z.string() }), 'SELECT handler FROM outbox WHERE orphan = 1')
  sql.close()
  expect(marked).toStrictEqual([{ handler: 'pager' }])
})
