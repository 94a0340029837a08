import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Announceable, stepAnnounce } from '../../../src/domain/notifications/stepAnnounce.js'
import { change, contract, move, proposal, upgrade } from '../../support/builders.js'
import { letters } from '../../support/marbles.js'
import { startingHealth } from '../../../src/domain/stepHealth.js'

const rejected = change({ type: 'statusMoved', proposal: proposal('1', { status: 'rejected' }), from: 'voting' })
const happenings = letters<Announceable>({
  r: { type: 'change', change: rejected },
  u: { type: 'upgrade', move: move('scheduled', upgrade('1', 'v2', 100)) },
  h: {
    type: 'health',
    from: startingHealth('local', 0),
    to: { ...startingHealth('local', 5), state: 'down', trouble: { since: 5 } },
  },
  q: { type: 'change', change: change({ type: 'detailsRead', proposal: proposal('1') }) },
})
const happening = (...names: readonly string[]): readonly Announceable[] => names.map((name) => happenings[name]!)
const nothing: ReadonlyMap<string, ReadonlySet<string>> = new Map()

describe('stepAnnounce', () => {
  it('announces each fact of changes, upgrades and health once, in order', () => {
    const { announcements } = stepAnnounce(nothing, happening('q', 'r', 'r', 'u', 'h', 'u'))
    expect(announcements.map(({ notification }) => notification.event)).toStrictEqual([
      'voting_ended',
      'proposal_rejected',
      'upgrade_scheduled',
      'source_down',
    ])
  })

  it('uses the configured priorities, and the defaults for other events', () => {
    const { announcements } = stepAnnounce(
      nothing,
      happening('u', 'h'),
      {},
      { priorities: { upgrade_scheduled: 'low' } },
    )
    expect(announcements.map(({ notification }) => notification.priority)).toStrictEqual(['low', 'high'])
  })

  it('remembers ids by subject, except those that cannot occur twice', () => {
    const { announcedIds, announcements } = stepAnnounce(nothing, happening('u'))
    expect(announcedIds).toStrictEqual(new Map([[`local/${contract}/1`, new Set([announcements[0]?.notification.id])]]))
    expect(stepAnnounce(nothing, happening('h')).announcedIds).toBe(nothing)
  })

  it('returns the same memory if nothing was announced', () => {
    const { announcedIds } = stepAnnounce(nothing, happening('u'))
    expect(stepAnnounce(announcedIds, happening('u'))).toStrictEqual({ announcedIds, announcements: [] })
    expect(stepAnnounce(announcedIds, happening('u')).announcedIds).toBe(announcedIds)
  })

  it('announces no fact twice, in any order of events', () => {
    const some = fc.array(fc.constantFrom('r', 'u', 'q'), { maxLength: 30 })
    fc.assert(
      fc.property(some, (names) => {
        let announcedIds = nothing
        const ids = names.flatMap((name) => {
          const step = stepAnnounce(announcedIds, happening(name))
          announcedIds = step.announcedIds
          return step.announcements.map(({ notification }) => notification.id)
        })
        expect(new Set(ids).size).toBe(ids.length)
        expect(ids.length).toBe((names.includes('r') ? 2 : 0) + (names.includes('u') ? 1 : 0))
      }),
    )
  })
})
