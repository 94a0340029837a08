import { describe, expect, it } from 'vitest'
import type { Head } from '../../src/domain/blocks/head.js'
import { SourceError } from '../../src/domain/errors.js'
import { pollProposals } from '../../src/sources/pollProposals.js'
import { block, reading } from '../support/builders.js'
import { reader, readings } from './pollProposalsGiven.js'

describe('pollProposals with a reader that reads heads', () => {
  const looked = (...heads: readonly (Head | Error)[]) => {
    const left = [...heads]
    return (): Promise<Head> => {
      const head = left.shift()
      if (head === undefined) return new Promise(() => undefined)
      return head instanceof Error ? Promise.reject(head) : Promise.resolve(head)
    }
  }

  it('reads at once, then from each head that was read', async () => {
    const source = reader(reading(1), reading(2), reading(2))
    await readings({ ...source, readHead: looked(block(2), block(2)) }, 3)
    expect(source.asked.map(({ head, cursor }) => [head, cursor])).toStrictEqual([
      [undefined, undefined],
      [block(2), { block: 1 }],
      [block(2), { block: 2 }],
    ])
  })

  it('dates a reading at the start of its head request', async () => {
    let clock = 0
    const source = reader(reading(1), reading(2))
    const readHead = looked(block(2))
    const all = await readings(
      {
        ...source,
        readHead: () => {
          clock += 10
          return readHead()
        },
      },
      2,
      { now: () => clock },
    )
    expect(all.map(({ begunAt }) => begunAt)).toStrictEqual([0, 0])
  })

  it('emits a failed reading for a failed head request, and then reads without a head', async () => {
    const source = reader(reading(1), reading(2))
    const readHead = looked(new SourceError('transient', 'node.example is down.'))
    const all = await readings({ ...source, readHead }, 3, { maxBackoffMs: 1 })
    expect(all[1]).toStrictEqual({
      ok: false,
      begunAt: 77,
      silentSince: 77,
      chain: 'local',
      readAt: 77,
      failure: { kind: 'transient', message: 'node.example is down.' },
    })
    expect(source.asked.map(({ head }) => head)).toStrictEqual([undefined, undefined])
  })

  it('reads the portions of a history without a head, because the chain has moved on', async () => {
    const source = reader(reading(1), reading(2, [], { backlog: 9n }), reading(11))
    await readings({ ...source, readHead: looked(block(11)) }, 3)
    expect(source.asked.map(({ head }) => head)).toStrictEqual([undefined, block(11), undefined])
  })

  it('aborts the head request and the read when it is unsubscribed from', async () => {
    const signals: AbortSignal[] = []
    const source = reader(reading(1))
    const readHead = (signal: AbortSignal): Promise<Head> => {
      signals.push(signal)
      return signals.length === 1 ? Promise.resolve(block(2)) : new Promise(() => undefined)
    }
    const subscription = pollProposals({ reader: { ...source, readHead }, periodMs: 1, now: () => 0 }).subscribe()
    await expect.poll(() => [source.asked.length, signals.length]).toStrictEqual([2, 2])
    subscription.unsubscribe()
    expect([source.asked[1]?.signal.aborted, signals[1]?.aborted]).toStrictEqual([true, true])
  })
})
