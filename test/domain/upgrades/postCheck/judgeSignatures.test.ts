import { describe, expect, it } from 'vitest'
import { type BlockSignature, judgeSignatures } from '../../../../src/domain/upgrades/postCheck/judgeSignatures.js'

const validator = 'AB12'
/** The look at blocks from 101 on, this long after the first one. */
const look = (signatures: readonly BlockSignature[], problem?: string, waitedMs = 120_000) =>
  judgeSignatures({
    validator,
    waitedMs,
    seen: signatures.map((signature, index) => ({ height: BigInt(101 + index), signature })),
    ...(problem !== undefined && { problem }),
  })
const missing = (count: number): readonly BlockSignature[] => Array.from({ length: count }, () => 'missed')

describe('judgeSignatures', () => {
  it('is content with one block that is signed, the first one or a later one', () => {
    expect(look(['signed'])).toStrictEqual({
      id: 'signature',
      verdict: 'passed',
      reason: 'Block 101, the first one after the height, is signed by AB12.',
    })
    expect(look(['outside', 'missed', 'signed']).reason).toBe(
      'Block 103, number 3 after the height, is signed by AB12.',
    )
  })

  it('waits for ten blocks before it says that none is signed', () => {
    expect(look([])).toMatchObject({ verdict: 'unknown', isEarly: true })
    expect(look(missing(9))).toMatchObject({ verdict: 'unknown', isEarly: true })
    expect(look(missing(10))).toMatchObject({
      verdict: 'failed',
      reason: 'None of the blocks 101 to 110 is signed by AB12, which is one of their validators.',
    })
  })

  it.each([
    { what: 'that is not there', signatures: missing(10), problem: undefined },
    { what: 'that nobody tells of', signatures: [], problem: 'no answer.' },
  ])('waits for a signature $what as long as a switch takes', ({ signatures, problem }) => {
    expect(look(signatures, problem, 119_999)).toMatchObject({ verdict: 'unknown', isEarly: true })
    expect(look(signatures, problem, 120_000).isEarly).toBeUndefined()
  })

  it('is content with a later one, and not with being jailed for it', () => {
    expect(look([...missing(10), 'missed', 'signed']).reason).toBe(
      'Block 112, number 12 after the height, is signed by AB12.',
    )
    expect(look([...missing(10), 'outside'])).toMatchObject({
      verdict: 'failed',
      reason: 'None of the blocks 101 to 110 is signed by AB12, which is one of their validators.',
    })
  })

  it.each([
    { what: 'it is no validator', signatures: [...missing(3), 'outside' as const], problem: undefined },
    { what: 'it never was one', signatures: Array.from({ length: 10 }, () => 'outside' as const), problem: undefined },
    { what: 'a block is not told of', signatures: missing(9), problem: 'no answer.' },
    { what: 'nothing is told', signatures: [], problem: 'no answer.' },
  ])('does not know where $what', ({ signatures, problem }) => {
    const check = look(signatures, problem)
    expect(check).toMatchObject({ verdict: 'unknown' })
    expect(check.isEarly).toBeUndefined()
  })
})
