import { lastValueFrom, map, toArray, VirtualTimeScheduler } from 'rxjs'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Head } from '../../../src/domain/blocks/head.js'
import { confirmHeight } from '../../../src/sources/agreement/confirmHeight.js'
import { block } from '../../support/builders.js'

describe('confirmHeight', () => {
  type Answer = Head | undefined | Error
  const doubts = (
    answers: readonly Answer[],
    agreement: number,
    problemOf = (_: Head, _who?: string): string | undefined => undefined,
  ) =>
    lastValueFrom(
      confirmHeight(100n, {
        readers: answers.map((answer, index) => ({
          host: `${'abc'.charAt(index)}:1`,
          readBlock: () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)),
        })),
        agreement,
        problemOf,
        isWanted: () => false,
        scheduler: new VirtualTimeScheduler(),
      }).pipe(
        map(({ doubt }) => doubt),
        toArray(),
      ),
      { defaultValue: [] },
    )
  const [ours, theirs] = [block(100), block(100, { hash: `0x${'f'.repeat(64)}` })]

  it.each<[string, readonly Answer[], number]>([
    ['all have the same block', [ours, ours, ours], 3],
    ['two of three have it', [ours, theirs, ours], 2],
    ['two of three have it, and one has no block', [undefined, ours, ours], 2],
    ['two of three have it, and one fails', [new Error('Down.'), ours, ours], 2],
    ['one writes the hash in capitals', [ours, { ...ours, hash: ours.hash.toUpperCase().replace('0X', '') }], 2],
  ])('has no doubt if %s', async (_, answers, agreement) => {
    expect(await doubts(answers, agreement)).toStrictEqual([undefined])
  })

  it.each<[string, readonly Answer[], number, RegExp]>([
    ['they are on two branches', [ours, theirs], 2, /^At most 1 of 2 nodes have the same block 100, 2 must:$/],
    ['one does not have it', [ours, undefined], 2, /2 must: b:1 does not have block 100\.$/],
    ['one fails', [ours, new Error('Down.')], 2, /2 must: Down\.$/],
    ['there are no nodes', [], 1, /^At most 0 of 0 nodes/],
  ])('says why if %s', async (_, answers, agreement, words) => {
    expect(await doubts(answers, agreement)).toStrictEqual([expect.stringMatching(words)])
  })

  it.each<[string, Answer, boolean]>([
    ['ends once two of three nodes have failed for three seconds', new Error('Down.'), true],
    ['goes on if one node fails and another does not have the block yet', undefined, false],
  ])('%s, and two must agree', async (_, second, isDone) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const told: (string | undefined)[] = []
    const readers = [ours, second, new Error('Down.')].map((answer, index) => ({
      host: `${'abc'.charAt(index)}:1`,
      readBlock: () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)),
    }))
    const asking = confirmHeight(100n, { readers, agreement: 2, problemOf: () => undefined }).subscribe({
      next: ({ doubt }) => told.push(doubt),
    })
    await vi.advanceTimersByTimeAsync(10_000)
    asking.unsubscribe()
    expect(told).toStrictEqual(isDone ? ['At most 1 of 3 nodes have the same block 100, 2 must: Down.'] : [])
  })

  it('checks the block of each node together with its host', async () => {
    const about: unknown[] = []
    await doubts([ours, theirs], 2, (block, who) => void about.push([block, who]))
    expect(about).toStrictEqual([
      [ours, 'a:1'],
      [theirs, 'b:1'],
    ])
  })

  it('does not count a block that cannot be the one of that height', async () => {
    expect(await doubts([ours, ours], 1, () => 'It is of next year.')).toStrictEqual([
      expect.stringMatching(/1 must: It is of next year\.$/),
    ])
  })
})
