import Database from 'libsql'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import type { Change } from '../../src/domain/proposals/change.js'
import { keyOf } from '../../src/domain/proposals/proposal.js'
import type { EmbeddedStore } from '../../src/store/Store.js'
import { openStore } from '../../src/store/openStore.js'
import {
  announcement,
  holding,
  move,
  notification,
  proposal,
  queueing,
  state,
  temporaryDirectory,
  turn,
  upgrade,
} from '../support/storeGiven.js'

const planRow = z.object({ detail: z.string() })

/** The plan steps of each statement run by `work` that scan a whole table. */
function laborious(work: (store: EmbeddedStore) => void): readonly string[] {
  const directory = temporaryDirectory()
  const path = join(directory.path, 'a.db')
  const prepared = vi.spyOn(Database.prototype, 'prepare')
  const store = openStore({ path, journal: 100 })
  onTestFinished(() => {
    store.close()
    directory[Symbol.dispose]()
  })
  prepared.mockClear()
  work(store)
  const texts = [...new Set(prepared.mock.calls.map(([text]) => text))]
  prepared.mockRestore()
  const raw = new Database(path)
  onTestFinished(() => void raw.close())
  expect(texts.length).toBeGreaterThan(0)
  return texts.flatMap((text) =>
    planRow
      .array()
      .parse(raw.prepare(`EXPLAIN QUERY PLAN ${text}`).all())
      .filter(({ detail }) => isLaborious(detail, text))
      .map(({ detail }) => `${detail}: ${text}`),
  )
}

// One row, or one per chain or handler, or as many as are named, or at most a hundred; a
// partial index holds only what is asked for, and a count has to count.
const small =
  /^SCAN (CONSTANT ROW|json_each|waiting|claim|chains|pauses|rebuilt|sync_requests|sqlite_sequence|\w+ USING (COVERING )?INDEX (sqlite_autoindex_(outbox|held)_1|\w+_(unread|dead|retried|next|counts)\b))/

function isLaborious(detail: string, text: string): boolean {
  // The rows of one id are as many as there are contracts.
  if (detail.includes('TEMP B-TREE')) return !text.includes('INDEXED BY proposals_id')
  // In the requested order, it ends at the limit.
  return detail.startsWith('SCAN') && !small.test(detail) && !/ORDER BY \w+ DESC LIMIT/.test(text)
}

const one = proposal('1')
const proposals = holding(one)
const appeared: Change = { type: 'proposalAppeared', proposal: one, backfill: false, chain: 'local', at: 1n, time: 2n }
const vote = { ...one, voter: '0xab', choice: 'yes', weight: 1n, reason: '', block: 1n, index: 0 } as const
const cast: Change = { type: 'voteCast', vote, chain: 'local', at: 1n, time: 2n }
const item = { notification: notification('1'), handler: 'log', attempts: 0 }

describe('no statement scans a whole table', () => {
  it('when a chain is loaded and turns are committed', () => {
    expect(
      laborious((store) => {
        const announcedIds = new Map([[keyOf(one), new Set(['a'])]])
        const full = state({ proposals, upgrades: queueing(upgrade('1')), announcedIds })
        store.load('local')
        store.commit(turn({ state: full, changes: [appeared, cast], moves: [move(upgrade('1'))] }), () => [])
        store.commit(turn({ state: full, rewoundTo: 1n, announcements: [announcement('1')] }), () => ['log'])
        store.resume('local')
        store.recall('local', { keys: [keyOf(one)], before: 9n, surplus: 9 })
        store.load('local')
        store.commit(turn({ forgotten: [keyOf(one)] }), () => [])
        store.journalSince(store.journalBounds()?.after ?? 0, 10)
      }),
    ).toStrictEqual([])
  })

  it('when due rows are read, delivered, postponed and buried', () => {
    expect(
      laborious((store) => {
        store.commit(turn({ announcements: [announcement('1')] }), (_, { hasTold }) =>
          hasTold?.('log', keyOf(one)) === true ? [] : ['log', 'pager'],
        )
        store.due(9_000, 10)
        store.due(9_000, 10, 'log')
        store.nextDue()
        store.postpone(item, 1_000, { reason: '503' })
        store.urgent(9_000, 'log')
        store.commit(turn({ announcements: [announcement('2', { priority: 'critical' })] }), () => ['log'])
        store.urgent(9_000, 'log')
        store.urgent(9_000, 'log', { untried: true })
        store.probe(9_000, 'log')
        store.probe(9_000, 'log', true)
        store.makeDue('log', 9_000)
        store.delivered(item, 2_000, { ts: '1' })
        store.posted(item)
        store.isOutdated(item)
        store.failedDeliveries()
        store.deliveriesOf('1')
        store.newestFailed(10)
        store.failedDeliveriesAfter({ handler: 'log', id: '1' }, 10)
        store.bury({ ...item, handler: 'pager' }, 2_000, { reason: '404' })
        store.deadLetters()
        store.commit(turn({ announcements: [announcement('3')] }), () => ['mail'])
        for (const one of store.due(9_000, 9, 'mail')) store.postpone(one, 99_000, { reason: '503' })
        store.revive('3', 3_000)
        store.revive('1', 3_000)
        store.revive('all', 3_000)
      }),
    ).toStrictEqual([])
  })

  it('when the inbox, the audit trail and the claim are used', () => {
    expect(
      laborious((store) => {
        store.commit(turn({ announcements: [announcement('1')] }), () => [])
        store.notifications({ limit: 10 })
        store.notifications({ unread: true, limit: 10 })
        store.stats()
        store.markRead('1')
        store.markRead('all')
        store.prune({ maxNotifications: 10, before: 1_000 })
        store.record({ at: 1, chain: 'local', kind: 'write', detail: {} })
        store.audit({ limit: 10 })
        store.audit({ chain: 'local', limit: 10 })
        store.votes(one)
        store.votes(one, 10)
        store.voters(one)
        store.heldFor('log')
        store.moves(one)
        store.claim(1_000)
        store.beat(2_000)
        store.finishSync(store.requestSync(1_000))
        store.release()
      }),
    ).toStrictEqual([])
  })

  it('when proposals are read', () => {
    expect(
      laborious((store) => {
        const cases = [
          {},
          { status: 'voting' },
          { type: 'text' },
          { id: '1' },
          { active: false },
          { limit: 10 },
        ] as const
        store.commit(turn({ state: state({ proposals }) }), () => [])
        store.outline('local')
        store.counts()
        store.proposal(keyOf(one))
        store.adjacentIds('1')
        for (const filter of cases) expect([...store.find(filter)]).toHaveLength('active' in filter ? 0 : 1)
        for (const filter of [...cases, { status: 'voting', type: 'text' } as const, { active: true } as const]) {
          store.find(filter, { order: 'newest' })
          store.find({ ...filter, after: keyOf(one) }, { order: 'newest' })
        }
      }),
    ).toStrictEqual([])
  })
})
