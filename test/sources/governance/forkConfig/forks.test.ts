import { describe, expect, it } from 'vitest'
import type { SaidFork } from '../../../../src/sources/governance/forkConfig/cursor.js'
import type { Fork } from '../../../../src/sources/governance/forkConfig/decode.js'
import { fateOf, saidNext } from '../../../../src/sources/governance/forkConfig/forks.js'
import type { NodeForks } from '../../../../src/sources/governance/forkConfig/node.js'
import { block } from '../../../support/builders.js'

const current: Fork = { id: '0x5167e2a6', time: 0n }
const ready: SaidFork = { name: 'ready:1', current, next: { id: '0x07c9462e', time: 9_000_000_000n } }
const old: SaidFork = { name: 'old:1', current }
const fork: Fork = { id: '0x07c9462e', time: 9_000_000_000n }

const answering = ({ name, ...config }: SaidFork, head = block(7)): NodeForks => ({
  name,
  head,
  config: { current: config.current, ...(config.next !== undefined && { next: config.next }) },
})

describe('the fork that comes next', () => {
  const unreadyWhere = (nodes: readonly NodeForks[]) =>
    fateOf(current.id, fork, { head: block(7), nodes, said: [ready, old] })

  it.each([
    ['answers', [answering(ready), answering(old)]],
    ['is silent', [answering(ready), { name: old.name, problem: 'does not answer' }]],
  ])('is not what a node is ready for that last said so, and %s', (_, nodes) => {
    expect(unreadyWhere(nodes)).toMatchObject({
      kind: 'ahead',
      unready: [{ host: 'old:1', reason: 'old:1 names no fork after 0x5167e2a6, and is not ready for it.' }],
    })
  })

  it('is nothing to a node that serves no eth_config any more', () => {
    const nodes = [
      answering(ready),
      { name: old.name, problem: 'does not serve eth_config', isUnserved: true as const },
    ]
    expect(unreadyWhere(nodes)).toMatchObject({ kind: 'ahead', unready: [] })
  })
})

describe('a node that names another fork than before', () => {
  const at = (timestamp: bigint) => ({ ...block(7), timestamp })

  it.each([
    [100n, 700n],
    [8_999_999_000n, 8_999_999_400n],
    [8_999_999_399n, 8_999_999_400n],
    [8_999_999_400n, undefined],
    [9_000_000_001n, undefined],
  ])('at second %s is taken to name it until second %s', (now, until) => {
    expect(saidNext(ready, old, at(now)).held?.until).toBe(until)
  })

  it('is believed once it has kept to it', () => {
    const turned = saidNext(ready, old, at(100n))
    const later = saidNext(turned, old, at(699n))
    expect([later.held, saidNext(later, old, at(700n)).held]).toStrictEqual([{ ...fork, until: 700n }, undefined])
  })

  it('is believed at once where it runs another one than before', () => {
    expect(saidNext(ready, { name: 'ready:1', current: fork }, at(100n)).held).toBeUndefined()
  })
})

describe('a fork whose time has come', () => {
  it('is missed in the same words from block to block', () => {
    const missedAt = (second: bigint) => {
      const head = { ...block(7), number: second / 12n, timestamp: second }
      const nodes = [answering({ name: 'ready:1', current: fork }, head), answering(old, head)]
      return fateOf(current.id, fork, { head, nodes, said: [] })
    }
    expect(missedAt(9_000_000_060n)).toMatchObject({ kind: 'missed' })
    expect(missedAt(9_000_090_000n)).toStrictEqual(missedAt(9_000_000_060n))
  })
})
