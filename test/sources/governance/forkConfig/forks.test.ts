import { describe, expect, it } from 'vitest'
import type { ReportedFork } from '../../../../src/sources/governance/forkConfig/cursor.js'
import type { Fork } from '../../../../src/sources/governance/forkConfig/decode.js'
import { fateOf } from '../../../../src/sources/governance/forkConfig/forks.js'
import type { NodeForks } from '../../../../src/sources/governance/forkConfig/node.js'
import { hungAtAfter, patienceWith } from '../../../../src/sources/governance/patience.js'
import { countingOf, nextStatement } from '../../../../src/sources/governance/forkConfig/statement.js'
import { block } from '../../../support/builders.js'

const current: Fork = { id: '0x5167e2a6', time: 0n }
const ready: ReportedFork = { name: 'ready:1', current, next: { id: '0x07c9462e', time: 9_000_000_000n } }
const old: ReportedFork = { name: 'old:1', current }
const fork: Fork = { id: '0x07c9462e', time: 9_000_000_000n }

const answering = ({ name, ...config }: ReportedFork, head = block(7)): NodeForks => ({
  name,
  head,
  config: { current: config.current, ...(config.next !== undefined && { next: config.next }) },
})

describe('the next fork', () => {
  const unreadyWhere = (nodes: readonly NodeForks[]) =>
    fateOf(current.id, fork, { head: block(7), nodes, said: [ready, old] })

  it.each([
    ['answers', [answering(ready), answering(old)]],
    ['is silent', [answering(ready), { name: old.name, problem: 'does not answer' }]],
  ])('lists a node as not ready that last said so and %s', (_, nodes) => {
    expect(unreadyWhere(nodes)).toMatchObject({
      kind: 'ahead',
      unready: [{ host: 'old:1', reason: 'old:1 names no fork after 0x5167e2a6, and is not ready for it.' }],
    })
  })

  it('does not list a node that no longer serves eth_config', () => {
    const nodes = [
      answering(ready),
      { name: old.name, problem: 'does not serve eth_config', isUnserved: true as const },
    ]
    expect(unreadyWhere(nodes)).toMatchObject({ kind: 'ahead', unready: [] })
  })
})

describe('a missed fork', () => {
  const passed: Fork = { id: '0x07c9462e', time: block(7).timestamp - 60n }
  const on = answering({ name: 'ready:1', current: passed })
  const silent = { name: old.name, problem: 'does not answer' }
  const fateWhere = (nodes: readonly NodeForks[], said: ReportedFork) =>
    fateOf(current.id, passed, { head: block(7), nodes, said: [{ name: 'ready:1', current: passed }, said] })

  it('is not completed because the node that runs on without it is silent', () => {
    // The words are true of both, so that it is not announced again when it falls silent.
    const told: unknown = expect.stringContaining('after the time of 0x07c9462e, according to its last answer: ')
    expect(fateWhere([on, answering(old)], old)).toMatchObject({ kind: 'missed', reason: told })
    expect(fateWhere([on, silent], old)).toStrictEqual(fateWhere([on, answering(old)], old))
  })

  it('is undecided for a minute, because servers differ by some blocks', () => {
    const recent: Fork = { ...passed, time: passed.time + 1n }
    const nodes = [answering({ name: 'ready:1', current: recent }), answering(old)]
    const said = [{ name: 'ready:1', current: recent }, old]
    expect(fateOf(current.id, recent, { head: block(7), nodes, said })).toStrictEqual({
      kind: 'undecided',
      fork: recent,
    })
  })

  it('is completed if the silent node was ready for it, runs it, or no longer serves eth_config', () => {
    const done = { kind: 'running', fork: passed }
    expect(fateWhere([on, silent], { ...old, next: passed })).toStrictEqual(done)
    expect(fateWhere([on, silent], { ...old, current: passed })).toStrictEqual(done)
    expect(fateWhere([on, { ...silent, isUnserved: true }], old)).toStrictEqual(done)
  })
})

const at = (timestamp: bigint) => ({ ...block(7), timestamp })
/** What is remembered of a node after these answers, each at its second. */
const after = (answers: readonly (readonly [bigint, ReportedFork])[], was?: ReportedFork) =>
  answers.reduce<ReportedFork | undefined>((before, [second, said]) => nextStatement(before, said, at(second)), was)
const nextOf = (said: ReportedFork | undefined) => said && countingOf(said).next?.id
const naming = (id: string, time = fork.time): ReportedFork => ({ name: 'lone:1', current, next: { id, time } })
const idOf = (number: number): string => `0x${number.toString(16).padStart(8, '0')}`

describe('a node that reports another fork than before', () => {
  it('is believed once it has reported it for ten minutes', () => {
    const turned = after([[100n, old]], ready)
    expect([699n, 700n].map((second) => nextOf(after([[second, old]], turned)))).toStrictEqual([fork.id, undefined])
  })

  it('is believed at the second poll if the fork is near', () => {
    const near = fork.time - 600n
    expect(
      [near - 1n, near].map((second) =>
        nextOf(
          after(
            [
              [100n, old],
              [second - 1n, ready],
              [second, old],
            ],
            ready,
          ),
        ),
      ),
    ).toStrictEqual([fork.id, fork.id])
    expect(
      nextOf(
        after(
          [
            [near, old],
            [near + 12n, old],
          ],
          ready,
        ),
      ),
    ).toBeUndefined()
  })

  it('is believed at once if it runs the fork that it reported, or if it reported none', () => {
    expect(after([[fork.time, { name: 'ready:1', current: fork }]], ready)?.counting).toBeUndefined()
    expect(
      nextOf(
        after([
          [100n, old],
          [112n, ready],
        ]),
      ),
    ).toBe(fork.id)
  })
})

describe('a node that makes up another fork with each poll', () => {
  const polls = Array.from({ length: 600 }, (_, poll) => poll)
  const changesOf = (said: (poll: number) => ReportedFork): number => {
    let was: ReportedFork | undefined
    let changes = 0
    for (const poll of polls) {
      const now = nextStatement(was, said(poll), at(BigInt(poll * 12)))
      const [before, counting] = [was && countingOf(was), countingOf(now)]
      if (before?.current.id !== counting.current.id || before.next?.id !== counting.next?.id) changes += 1
      was = now
    }
    return changes
  }

  it.each<[string, (poll: number) => ReportedFork]>([
    ['as the next one', (poll) => naming(idOf(poll + 1))],
    ['as the current one', (poll) => ({ ...naming(fork.id), current: { id: idOf(poll + 1), time: 0n } })],
    ['that is near', (poll) => naming(idOf(poll + 1), BigInt(poll * 12 + 100))],
    ['alternating with none', (poll) => (poll % 2 === 0 ? naming(idOf(poll + 1)) : { name: 'lone:1', current })],
    [
      'and runs it with the next one',
      (poll) => ({
        name: 'lone:1',
        current: { id: idOf(poll + 1), time: BigInt(poll * 12) },
        next: { id: idOf(poll + 2), time: BigInt(poll * 12 + 12) },
      }),
    ],
  ])('changes its counted fork at most once in ten minutes: %s', (_, said) => {
    // In two hours, plus the first one.
    expect(changesOf(said)).toBeLessThanOrEqual(13)
  })

  it('is reported as not ready with the same words in each poll', () => {
    const said = [
      ready,
      after([
        [0n, naming(idOf(1))],
        [12n, naming(idOf(2))],
        [24n, naming(idOf(3))],
      ])!,
    ]
    expect(fateOf(current.id, fork, { head: at(24n), nodes: said.map((one) => answering(one)), said })).toMatchObject({
      unready: [{ host: 'lone:1', reason: 'lone:1 names a different fork in each answer, and is not ready for it.' }],
    })
  })
})

describe('a node that was ready', () => {
  const rolledBackAt = (second: bigint, seen: bigint) => {
    const said = [
      ready,
      after([
        [0n, { ...ready, name: 'back:1' }],
        [seen, { ...ready, name: 'back:1' }],
        [second, { ...old, name: 'back:1' }],
      ])!,
    ]
    return fateOf(current.id, fork, { head: at(second), nodes: said.map((one) => answering(one)), said })
  }

  it('for long is reported as no longer ready, with the time until which it was', () => {
    expect(rolledBackAt(3_612n, 3_600n)).toMatchObject({
      unready: [
        {
          host: 'back:1',
          reason: 'back:1 names no fork after 0x5167e2a6, and is no longer ready for it.',
          readyUntil: 3_600n,
        },
      ],
    })
  })

  it('alternately is reported as not ready', () => {
    expect(rolledBackAt(3_612n, 12n)).toMatchObject({
      unready: [{ reason: 'back:1 names no fork after 0x5167e2a6, and is not ready for it.' }],
    })
    expect(rolledBackAt(3_612n, 12n)).not.toHaveProperty('unready.0.readyUntil')
  })
})

describe('a node that is still syncing', () => {
  const passed: Fork = { id: '0x22222222', time: 50n }

  it.each<[string, Partial<ReportedFork>, number]>([
    ['and reports the past fork as the next one', { next: passed }, 0],
    ['and does not report the past fork', {}, 1],
  ])('counts as not ready only if it would not get there: %s', (_, parts, count) => {
    const behind: ReportedFork = { name: 'behind:1', current: { id: '0x11111111', time: 0n }, ...parts }
    const said = [ready, behind]
    const nodes = said.map((one) => answering(one))
    expect(fateOf(current.id, fork, { head: at(100n), nodes, said })).toMatchObject({
      kind: 'ahead',
      unready: Array.from({ length: count }, () => ({ host: 'behind:1' })),
    })
  })
})

describe('a node that hangs', () => {
  it('gets half a second for ten minutes, then five seconds; an answer or a clock set back restores that', () => {
    const late = (hungAt: number | undefined, now: number) => hungAtAfter(hungAt, { isLate: true, now })
    const hung = late(undefined, 1_000)
    expect([undefined, hung].map((hungAt) => patienceWith(hungAt, 2_000))).toStrictEqual([5_000, 500])
    expect([late(hung, 2_000), late(hung, 601_000)]).toStrictEqual([1_000, 601_000])
    expect(patienceWith(hung, 601_000)).toBe(5_000)
    expect(patienceWith(hung, -3_600_000)).toBe(5_000)
    expect(hungAtAfter(hung, { isLate: false, now: 2_000 })).toBeUndefined()
  })
})

describe('a fork whose time has come', () => {
  it('is reported with the same words from block to block', () => {
    const missedAt = (second: bigint) => {
      const head = { ...block(7), number: second / 12n, timestamp: second }
      const nodes = [answering({ name: 'ready:1', current: fork }, head), answering(old, head)]
      return fateOf(current.id, fork, { head, nodes, said: [] })
    }
    expect(missedAt(9_000_000_060n)).toMatchObject({ kind: 'missed' })
    expect(missedAt(9_000_090_000n)).toStrictEqual(missedAt(9_000_000_060n))
  })
})
