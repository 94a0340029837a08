import Database from 'libsql'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { keyOf } from '../../src/domain/proposals/proposal.js'
import { openStore } from '../../src/store/openStore.js'
import {
  at,
  holding,
  move,
  proposal,
  queueing,
  state,
  announcement,
  temporaryDirectory,
  turn,
  upgrade,
} from '../support/storeGiven.js'

const nobody = (): readonly string[] => []
const first = proposal('1')
const second = proposal('2', { status: 'executed' })
const announcedIds = new Map([[keyOf(first), new Set(['a', 'b'])]])

const counts = (path: string): unknown =>
  new Database(path)
    .prepare(
      `SELECT (SELECT count(*) FROM proposals) AS proposals, (SELECT count(*) FROM upgrades) AS upgrades,
    (SELECT count(*) FROM told) AS told, (SELECT count(*) FROM notifications) AS notifications,
    (SELECT count(*) FROM outbox) AS outbox, (SELECT count(*) FROM audit) AS audit`,
    )
    .all()[0]

describe('a commit', () => {
  describe('that fails', () => {
    const before = state({ proposals: holding(first) })
    const failing = turn(
      {
        state: state({ head: at(11n), proposals: holding(second), upgrades: queueing(upgrade('2')), announcedIds }),
        changes: [{ type: 'statusMoved', chain: 'local', at: 11n, time: 22n, proposal: second, from: 'voting' }],
        moves: [move(upgrade('2'))],
        announcements: [announcement('1'), announcement('2')],
      },
      before,
    )
    const noWayTo2 = ({ id }: { readonly id: string }): readonly string[] => {
      if (id === '2') throw new RangeError('no route to 2')
      return ['log']
    }

    it('writes nothing of its turn', () => {
      using directory = temporaryDirectory()
      const path = join(directory.path, 'a.db')
      const store = openStore({ path })
      store.commit(turn({ state: before }), nobody)
      const untouched = counts(path)

      expect(() => store.commit(failing, noWayTo2)).toThrow(new RangeError('no route to 2'))
      expect(counts(path)).toStrictEqual(untouched)
      expect(openStore({ path }).load('local')).toStrictEqual(before)
    })

    it('leaves nothing in memory either: the next one is written in full', () => {
      using directory = temporaryDirectory()
      const path = join(directory.path, 'a.db')
      const store = openStore({ path })
      store.commit(turn({ state: before }), nobody)
      expect(() => store.commit(failing, noWayTo2)).toThrow(RangeError)
      store.commit(failing, nobody)

      expect(openStore({ path }).load('local')).toStrictEqual(failing.state)
      expect(counts(path)).toStrictEqual({ proposals: 1, upgrades: 1, told: 1, notifications: 2, outbox: 0, audit: 4 })
    })
  })

  it('stays bounded over many turns', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const store = openStore({ path })
    let before = state()
    const sizes = [0, 1, 2].map((round) => {
      for (let step = 0; step < 100; step += 1) {
        const number = round * 100 + step
        const kept = Array.from({ length: 5 }, (_, back) => proposal(String(number - back)))
        const subjects = new Map(kept.map((one) => [keyOf(one), new Set([one.id])]))
        const after = state({ head: at(BigInt(number)), proposals: holding(...kept), announcedIds: subjects })
        store.commit(
          turn(
            {
              state: after,
              announcements: [announcement(String(number))],
              forgotten: [keyOf(proposal(String(number - 5)))],
              time: number,
            },
            before,
          ),
          () => ['log'],
        )
        before = after
        for (const item of store.due(number, 10)) store.delivered(item, number)
        store.prune({ maxNotifications: 20, before: 0 })
        store.finishSync(store.requestSync(number))
      }
      const syncs: unknown = new Database(path).prepare('SELECT count(*) AS n FROM sync_requests').all()[0]
      return [counts(path), syncs]
    })

    expect(sizes).toStrictEqual(
      [100, 200, 300].map((audit) => [
        { proposals: 5, upgrades: 0, told: 5, notifications: 20, outbox: 20, audit },
        { n: 100 },
      ]),
    )
  })
})
