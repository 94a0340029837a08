import { describe, expect, it } from 'vitest'
import { block, proposal } from '../../support/builders.js'
import { passed, key, read, later, run, told } from '../lineGiven.js'

describe('the line of stages', () => {
  describe('at the first sync', () => {
    it('announces what is open once, nothing that was over, and schedules what is ahead', () => {
      const history = [
        proposal('2', { status: 'executed' }),
        proposal('3', { status: 'rejected' }),
        proposal('4'),
        passed(),
      ]
      expect(told([read(60, history), read(61, history)])).toStrictEqual([
        'new_proposal, new_proposal, upgrade_scheduled',
        '',
      ])
    })

    it('announces nothing before it has caught up, and writes nothing before that', () => {
      const turns = told([read(40, [passed()], { backlog: 70n }), read(105, [], { backlog: 5n }), read(110)], {})
      expect(turns).toStrictEqual(['', '', 'new_proposal, upgrade_refused'])
    })

    it('serves the height at the head, and announces the refusal of one passed within lateLimit', () => {
      expect(told([read(100, [passed({ status: 'executed' })])])).toStrictEqual(['upgrade_scheduled, due v2'])
      expect(told([read(200, [passed()], { previous: block(190) })], { lateLimit: 100_000 })).toStrictEqual([
        'new_proposal, upgrade_refused',
      ])
      expect(told([read(201, [passed()], { previous: block(191) })], { lateLimit: 100_000 })).toStrictEqual([''])
    })

    it('announces the refusal of a plan whose vote ended too late for its height, within lateLimit', () => {
      expect(told([read(100, [passed({ votingEnd: 100n })])])).toStrictEqual(['new_proposal, upgrade_refused'])
    })

    it('records a passed plan that is long past silently, and never writes it', () => {
      const turns = run([read(100, [passed({ status: 'executed' })]), read(101), read(200)].map(later))
      expect(turns.flatMap(({ announcements }) => announcements)).toStrictEqual([])
      expect(turns.flatMap(({ due }) => due)).toStrictEqual([])
      expect(turns[2]?.state.upgrades.get(key)).toMatchObject({
        status: 'past',
        reasons: [expect.stringMatching(/^height already passed/)],
      })
    })
  })
})
