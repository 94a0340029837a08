import { describe, expect, it } from 'vitest'
import { upgrade } from '../../support/builders.js'
import { passed, key, read, told } from './planEvents.js'

describe('stepPlan', () => {
  describe('an upgrade whose proposal a reorg removed', () => {
    const retracted = read(100, [], { retracted: [key] })

    it('is cancelled if nothing was written', () => {
      expect(told([retracted, read(101, [])], {}, [upgrade('1', 'v2', 100)])).toStrictEqual(['cancelled v2', ''])
    })

    it('fails at once if its file was written, announced once', () => {
      const running = upgrade('1', 'v2', 100, {
        status: 'in_progress',
        evidence: { block: 100n, head: 100n, since: 0, movedAt: 0, outage: false },
      })
      expect(told([retracted, retracted], {}, [running])).toStrictEqual(['failed v2', ''])
    })

    it('never completes, whatever version the node reports', () => {
      const running = upgrade('1', 'v2', 100, {
        status: 'in_progress',
        evidence: { block: 100n, head: 100n, since: 0, movedAt: 0, nodeVersion: 'v1', outage: false },
      })
      expect(
        told([retracted, read(103, [], { nodeVersion: 'v2' }), read(110, [], { nodeVersion: 'v2' })], {}, [running]),
      ).toStrictEqual(['failed v2', '', ''])
    })

    it('is cancelled silently if it was refused, and left alone if it was completed', () => {
      expect(told([retracted], {}, [upgrade('1', 'v2', 100, { status: 'refused' })])).toStrictEqual([
        'silent cancelled v2',
      ])
      expect(told([retracted], {}, [upgrade('1', 'v2', 100, { status: 'completed' })])).toStrictEqual([''])
    })

    it('is scheduled again when its proposal comes back', () => {
      expect(
        told([read(70, [], { retracted: [key] }), read(71, [passed()])], {}, [upgrade('1', 'v2', 100)]),
      ).toStrictEqual(['cancelled v2', 'scheduled v2'])
      expect(told([read(70, [passed()], { retracted: [key] })], {}, [upgrade('1', 'v2', 100)])).toStrictEqual([''])
    })
  })
})
