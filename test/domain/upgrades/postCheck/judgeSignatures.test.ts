import { describe, expect, it } from 'vitest'
import { type BlockSignature, judgeSignatures } from '../../../../src/domain/upgrades/postCheck/judgeSignatures.js'

const validator = 'AB12'
/** The check of the blocks from 101 on, this long after the first one. */
const look = (signatures: readonly BlockSignature[], problem?: string, waitedMs = 120_000) =>
  judgeSignatures({
    validator,
    waitedMs,
    seen: signatures.map((signature, index) => ({ height: BigInt(101 + index), signature })),
    ...(problem !== undefined && { problem }),
  })
const missing = (count: number): readonly BlockSignature[] => Array.from({ length: count }, () => 'missed')

describe('judgeSignatures', () => {
  it('passes with one signed block, the first or a later one', () => {
    expect(look(['signed'])).toStrictEqual({
      id: 'signature',
      verdict: 'passed',
      reason: 'Block 101, the first one after the height, is signed by AB12.',
    })
    expect(look(['outside', 'missed', 'signed']).reason).toBe(
      'Block 103, number 3 after the height, is signed by AB12.',
    )
  })

  it('stays early for ten blocks, then fails if none is signed', () => {
    expect(look([])).toMatchObject({ verdict: 'unknown', isEarly: true })
    expect(look(missing(9))).toMatchObject({ verdict: 'unknown', isEarly: true })
    expect(look(missing(10))).toMatchObject({
      verdict: 'failed',
      reason: 'None of the blocks 101 to 110 is signed by AB12, which is one of their validators.',
    })
  })

  it.each([
    { what: 'no block is signed', signatures: missing(10), problem: undefined },
    { what: 'no block can be read', signatures: [], problem: 'no answer.' },
  ])('stays early for two minutes while $what', ({ signatures, problem }) => {
    expect(look(signatures, problem, 119_999)).toMatchObject({ verdict: 'unknown', isEarly: true })
    expect(look(signatures, problem, 120_000).isEarly).toBeUndefined()
  })

  it('passes on a signature after ten missed blocks, and fails a validator that left the set after them', () => {
    expect(look([...missing(10), 'missed', 'signed']).reason).toBe(
      'Block 112, number 12 after the height, is signed by AB12.',
    )
    expect(look([...missing(10), 'outside'])).toMatchObject({
      verdict: 'failed',
      reason: 'None of the blocks 101 to 110 is signed by AB12, which is one of their validators.',
    })
  })

  it('tells somebody who is not a validator what may be wrong, on a chain with or without jailing', () => {
    expect(look(['outside'])).toMatchObject({
      reason: 'AB12 is not among the validators of block 101: it has nothing to sign.',
      todo: 'Check whether it has left the validators or is jailed, and whether monitor.validator is the address that signs blocks, not an account.',
    })
  })

  it.each([
    { what: 'it has left the validator set', signatures: [...missing(3), 'outside' as const], problem: undefined },
    {
      what: 'it never was a validator',
      signatures: Array.from({ length: 10 }, () => 'outside' as const),
      problem: undefined,
    },
    { what: 'a block cannot be read', signatures: missing(9), problem: 'no answer.' },
    { what: 'no block can be read at all', signatures: [], problem: 'no answer.' },
  ])('is unknown and not early if $what', ({ signatures, problem }) => {
    const check = look(signatures, problem)
    expect(check).toMatchObject({ verdict: 'unknown' })
    expect(check.isEarly).toBeUndefined()
  })
})
