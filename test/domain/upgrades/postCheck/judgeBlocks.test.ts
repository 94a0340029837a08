import { describe, expect, it } from 'vitest'
import { judgeBlocks, type NodeBlock } from '../../../../src/domain/upgrades/postCheck/judgeBlocks.js'
import type { PostCheck } from '../../../../src/domain/upgrades/postCheck/postCheck.js'

const [a, b] = ['A'.repeat(64), 'b'.repeat(64)] as const
const [own, first, second]: readonly [string, string, string] = ['own:1', 'first:2', 'second:3']
const at = (host: string, hash: string): NodeBlock => ({ host, hash })
const behind = (host: string): NodeBlock => ({ host, isBehind: true })
const silent = (host: string): NodeBlock => ({ host, problem: 'no answer within 5 s' })

/** The check of block 101 when this many blocks have followed, this long after the first one. */
function look(blocks: readonly NodeBlock[], followed = 10n, waitedMs = 120_000): PostCheck {
  return judgeBlocks({ height: 101n, blocks, head: 101n + followed, waitedMs })
}

describe('judgeBlocks', () => {
  it('passes if the hashes are equal, in any spelling', () => {
    expect(look([at(own, a), at(first, `0x${a.toLowerCase()}`), at(second, a)], 1n)).toStrictEqual({
      id: 'block',
      verdict: 'passed',
      reason: 'Block 101 of own:1 and its application hash are the same as on first:2, second:3.',
    })
  })

  it('passes if most nodes agree with the own node, and names the one that does not', () => {
    expect(look([at(own, a), at(first, a), at(second, b)])).toStrictEqual({
      id: 'block',
      verdict: 'passed',
      reason: 'Block 101 of own:1 and its application hash are the same as on first:2. second:3 has another block.',
    })
  })

  it.each([
    { what: 'the own node is alone against two', blocks: [at(own, a), at(first, b), at(second, b)] },
    { what: 'two nodes differ', blocks: [at(own, a), at(first, b)] },
    { what: 'all differ', blocks: [at(own, a), at(first, b), at(second, 'c'.repeat(64))] },
  ])('fails if $what, once ten blocks have followed', ({ blocks }) => {
    expect(look(blocks, 9n)).toMatchObject({ verdict: 'unknown', isEarly: true })
    const { verdict, reason, todo } = look(blocks, 10n)
    expect(verdict).toBe('failed')
    expect(reason).toMatch(/^Block 101 of own:1 differs from that of first:2.*: they are on different chains\.$/)
    expect(todo).toMatch(/^Compare the hash of that block with an explorer/)
  })

  it('fails if the own node stays below the block while the others are past it', () => {
    expect(look([behind(own), at(first, a)], 9n)).toMatchObject({ verdict: 'unknown', isEarly: true })
    expect(look([behind(own), at(first, a)])).toMatchObject({
      verdict: 'failed',
      reason: 'own:1 has not reached block 101, the first one after the height, and first:2 has.',
    })
  })

  it('stays early while the own node is behind and no other node reports the block', () => {
    expect(look([behind(own), silent(first)], 500n)).toMatchObject({ verdict: 'unknown', isEarly: true })
  })

  it.each([
    { what: 'behind', blocks: [behind(own), at(first, a)] },
    { what: 'silent', blocks: [silent(own), at(first, a)] },
  ])('stays early for two minutes, however fast the blocks come, while the own node is $what', ({ blocks }) => {
    expect(look(blocks, 500n, 119_999)).toMatchObject({ verdict: 'unknown', isEarly: true })
    expect(look(blocks, 500n, 120_000).isEarly).toBeUndefined()
  })

  it('ends the reason with one full stop, however the node words its problem', () => {
    const worded = (problem: string) => look([{ host: own, problem }, at(first, a)]).reason
    expect(worded('It is away.')).toBe(worded('It is away'))
    expect(worded('It is away')).toBe('own:1 did not report its block 101: It is away.')
  })

  it.each([
    { what: 'no other node answers', blocks: [at(own, a), silent(first)] },
    { what: 'no other node is at the block', blocks: [at(own, a), behind(first)] },
    { what: 'the own node does not answer', blocks: [silent(own), at(first, a)] },
    { what: 'the own node gives no hash', blocks: [at(own, 'height-101'), at(first, a)] },
    { what: 'another node gives no valid hash', blocks: [at(own, a), at(first, '101')] },
    { what: 'there is no node', blocks: [] },
  ])('is unknown and not early if $what', ({ blocks }) => {
    expect(look(blocks).verdict).toBe('unknown')
    expect(look(blocks).isEarly).toBeUndefined()
  })

  it('stays early while another node is behind, but not while another is silent', () => {
    expect(look([at(own, a), behind(first), silent(second)], 9n)).toMatchObject({ verdict: 'unknown', isEarly: true })
    expect(look([at(own, a), silent(first)], 9n).isEarly).toBeUndefined()
  })

  it('names five of many nodes, and counts the rest', () => {
    const many = Array.from({ length: 7 }, (_, index) => at(`n${index}`, a))
    expect(look([at(own, a), ...many]).reason).toContain('n0, n1, n2, n3, n4 and 2 more')
  })
})
