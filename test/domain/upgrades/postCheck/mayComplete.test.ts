import { describe, expect, it } from 'vitest'
import { mayComplete } from '../../../../src/domain/upgrades/postCheck/mayComplete.js'
import type { PostCheck, PostCheckRecord } from '../../../../src/domain/upgrades/postCheck/postCheck.js'

const minute = 60_000
const early: PostCheck = { id: 'block', verdict: 'unknown', reason: 'So far.', isEarly: true }

const may = (postCheck: PostCheckRecord | undefined, now = 10 * minute): boolean =>
  mayComplete({ height: 100, ...(postCheck !== undefined && { postCheck }) }, now, {
    postCheck: true,
  })

describe('mayComplete', () => {
  it('waits for the first check, and at most five minutes for one that is early', () => {
    expect(may(undefined)).toBe(false)
    const since = 10 * minute
    for (const record of [{ since }, { since, verdict: 'unknown' as const, checks: [early] }]) {
      expect(may(record, since + 5 * minute)).toBe(false)
      expect(may(record, since + 5 * minute + 1)).toBe(true)
      // By a clock that was set back since.
      expect(may(record, since - 5 * minute - 1)).toBe(true)
    }
  })

  it('does not wait for a check that is unknown, and never completes one that failed', () => {
    expect(may({ since: 0, verdict: 'unknown', checks: [] })).toBe(true)
    expect(may({ since: 0, verdict: 'passed' })).toBe(true)
    expect(may({ since: 0, verdict: 'failed' }, 1e9)).toBe(false)
  })

  it('does not wait if checks are disabled, or if the plan has no height', () => {
    expect(mayComplete({ height: 100 }, 0, { postCheck: false })).toBe(true)
    expect(mayComplete({}, 0, { postCheck: true })).toBe(true)
  })
})
