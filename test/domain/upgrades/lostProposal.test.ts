import { describe, expect, it } from 'vitest'
import { upgrade } from '../../support/builders.js'
import { passed, key, read, told } from './planEvents.js'

describe('stepPlan', () => {
  describe('a proposal that a reorg took away', () => {
    const retracted = read(100, [], { retracted: [key] })

    it('cancels what waits before it is written', () => {
      expect(told([retracted, read(101, [])], {}, [upgrade('1', 'v2', 100)])).toStrictEqual(['cancelled v2', ''])
    })

    it('tells at once what was written already, once', () => {
      const running = upgrade('1', 'v2', 100, {
        status: 'in_progress',
        evidence: { block: 100n, head: 100n, since: 0, movedAt: 0, outage: false },
      })
      expect(told([retracted, retracted], {}, [running])).toStrictEqual(['failed v2', ''])
    })

    it('never completes what was lost, whatever the node does', () => {
      const running = upgrade('1', 'v2', 100, {
        status: 'in_progress',
        evidence: { block: 100n, head: 100n, since: 0, movedAt: 0, nodeVersion: 'v1', outage: false },
      })
      expect(
        told([retracted, read(103, [], { nodeVersion: 'v2' }), read(110, [], { nodeVersion: 'v2' })], {}, [running]),
      ).toStrictEqual(['failed v2', '', ''])
    })

    it('takes a refusal back in silence, and leaves what is done', () => {
      expect(told([retracted], {}, [upgrade('1', 'v2', 100, { status: 'refused' })])).toStrictEqual([
        'silent cancelled v2',
      ])
      expect(told([retracted], {}, [upgrade('1', 'v2', 100, { status: 'completed' })])).toStrictEqual([''])
    })

    it('comes back with its proposal', () => {
      expect(
        told([read(70, [], { retracted: [key] }), read(71, [passed()])], {}, [upgrade('1', 'v2', 100)]),
      ).toStrictEqual(['cancelled v2', 'scheduled v2'])
      expect(told([read(70, [passed()], { retracted: [key] })], {}, [upgrade('1', 'v2', 100)])).toStrictEqual([''])
    })
  })
})
