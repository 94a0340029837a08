import { describe, expect, it } from 'vitest'
import {
  type BranchSplit,
  branchSplitIn,
  type BranchWatch,
  type HeldBlock,
  isLookDue,
  stepBranchWatch,
} from '../../../src/domain/blocks/branchSplit.js'
import { placeholderHash } from '../../../src/sources/governance/cosmosSdk/checkpoints.js'
import { block } from '../../support/builders.js'

/** Nodes a, b, c…: each letter is the hash of its block, `-` stands for none. */
const held = (hashes: string): readonly HeldBlock[] =>
  Array.from(hashes, (hash, at) => ({
    host: 'abcdefgh'.charAt(at),
    block: hash === '-' ? undefined : block(100, { hash: `0x${hash}` }),
  }))

describe('nodes that are asked for the block of one height', () => {
  it.each([
    ['11', undefined, undefined],
    ['1-', undefined, undefined],
    ['', undefined, undefined],
    ['12', ['a', 'b'], []],
    ['121', ['a+c', 'b'], ['b']],
    ['1-2', ['a', 'c'], []],
    ['1122', ['a+b', 'c+d'], []],
    ['12333', ['c+d+e', 'a', 'b'], ['a', 'b']],
  ])('%j: on the branches %j, alone %j', (hashes, sides, odd) => {
    const split = branchSplitIn(100n, held(hashes))
    expect(split?.sides.map(({ hosts }) => hosts.join('+'))).toStrictEqual(sides)
    expect(split?.odd).toStrictEqual(odd)
  })

  it('have the same block in whatever way they write its hash', () => {
    const [one] = held('a')
    const other = { host: 'b', block: block(100, { hash: 'A' }) }
    expect(branchSplitIn(100n, [one!, other])).toBeUndefined()
  })

  it('are not compared by a hash that was made from the height, because the server reports none', () => {
    const [one] = held('a')
    const other = { host: 'b', block: block(100, { hash: placeholderHash(100n) }) }
    expect(branchSplitIn(100n, [one!, other])).toBeUndefined()
  })
})

/** What is told after looks at so many seconds, and where the nodes are looked at then. */
function told(looks: readonly (readonly [number, string])[]): readonly [readonly number[], bigint | undefined] {
  let watch: BranchWatch = { lookedAt: 0 }
  const at: number[] = []
  for (const [second, hashes] of looks) {
    const step: { readonly watch: BranchWatch; readonly split?: BranchSplit } = stepBranchWatch(watch, {
      height: watch.pinned?.height ?? BigInt(second),
      held: held(hashes),
      now: second * 1000,
    })
    watch = step.watch
    if (step.split !== undefined) at.push(second)
  }
  return [at, watch.pinned?.height]
}

describe('two branches', () => {
  it.each([
    [
      'are told once they have lasted for two minutes, and once',
      [
        [300, '12'],
        [360, '12'],
        [420, '12'],
        [720, '12'],
      ],
      [420],
      300n,
    ],
    [
      'are not told before',
      [
        [300, '12'],
        [419, '12'],
      ],
      [],
      300n,
    ],
    [
      'are not told if they join',
      [
        [300, '12'],
        [360, '11'],
        [660, '11'],
      ],
      [],
      undefined,
    ],
    [
      'are told if a node reaches the height later',
      [
        [300, '1-'],
        [360, '12'],
        [420, '12'],
      ],
      [420],
      300n,
    ],
    [
      'are told again if they had joined',
      [
        [300, '12'],
        [420, '12'],
        [720, '11'],
        [1020, '12'],
        [1140, '12'],
      ],
      [420, 1140],
      1020n,
    ],
    [
      'are not told again if a node fails at a look after they were told',
      [
        [300, '12'],
        [420, '12'],
        [720, '1-'],
        [1020, '12'],
        [1140, '12'],
      ],
      [420],
      300n,
    ],
    [
      'are not looked for for ever at a height that a node does not reach',
      [
        [300, '1-'],
        [360, '1-'],
        [420, '1-'],
      ],
      [],
      undefined,
    ],
  ] as const)('%s', (_title, looks, at, height) => {
    expect(told(looks)).toStrictEqual([at, height])
  })

  it('are looked for every five minutes, where they are in doubt every minute, and at once if the clock was set back', () => {
    const pinned = { height: 1n, since: 0, isTold: false }
    const due = (watch: Partial<BranchWatch>, now: number): boolean => isLookDue({ lookedAt: 1_000_000, ...watch }, now)
    expect([1_299_999, 1_300_000, 999_999].map((now) => due({}, now))).toStrictEqual([false, true, true])
    expect([1_059_999, 1_060_000].map((now) => due({ pinned }, now))).toStrictEqual([false, true])
    expect(due({ pinned: { ...pinned, isTold: true } }, 1_060_000)).toBe(false)
  })
})
