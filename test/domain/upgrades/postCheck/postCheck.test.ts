import { describe, expect, it } from 'vitest'
import { type PostVerdict, postVerdictOf } from '../../../../src/domain/upgrades/postCheck/postCheck.js'

describe('postVerdictOf', () => {
  it.each<readonly [PostVerdict, readonly PostVerdict[]]>([
    ['passed', ['passed', 'passed']],
    ['unknown', ['passed', 'unknown']],
    ['failed', ['unknown', 'failed', 'passed']],
    // No check proves nothing.
    ['unknown', []],
  ])('is %s if the verdicts of the checks are %j', (verdict, looks) => {
    expect(postVerdictOf(looks.map((one) => ({ verdict: one })))).toBe(verdict)
  })
})
