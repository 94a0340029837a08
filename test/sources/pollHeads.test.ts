import { lastValueFrom, take, toArray } from 'rxjs'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Head } from '../../src/domain/blocks/head.js'
import { SourceError } from '../../src/domain/errors.js'
import { type HeadReading, pollHeads, type PollHeadsOptions } from '../../src/sources/pollHeads.js'
import { block } from '../support/builders.js'

/** The first `count` results for these heads. */
function looks(count: number, heads: readonly (Head | Error)[]): Promise<readonly HeadReading[]> {
  const left = [...heads]
  const readHead = (): Promise<Head> => {
    const head = left.shift()
    return head instanceof Error || head === undefined
      ? Promise.reject(head ?? new Error('No head is left.'))
      : Promise.resolve(head)
  }
  return looked(count, { chain: 'local', readHead })
}
function looked(count: number, reader: PollHeadsOptions['reader']): Promise<readonly HeadReading[]> {
  return lastValueFrom(
    pollHeads({ reader, periodMs: 1, maxBackoffMs: 1, now: () => 77 }).pipe(take(count), toArray()),
    { defaultValue: [] },
  )
}

describe('pollHeads', () => {
  it('emits every head, also a repeated one', async () => {
    expect(await looks(3, [block(1), block(1), block(2)])).toStrictEqual(
      [block(1), block(1), block(2)].map((head) => ({ ok: true, begunAt: 77, head })),
    )
  })

  it('emits a failure as a value, and continues', async () => {
    const all = await looks(2, [new SourceError('transient', 'node.example is down.'), block(2)])
    expect(all).toStrictEqual([
      { ok: false, begunAt: 77, failure: { kind: 'transient', message: 'node.example is down.' } },
      { ok: true, begunAt: 77, head: block(2) },
    ])
  })

  it('reveals nothing of an unexpected error', async () => {
    expect(JSON.stringify(await looks(1, [new TypeError('http://user:secret@host/')]))).not.toContain('secret')
  })

  it('emits at the same pace without a head if the reader cannot read heads separately', async () => {
    expect(await looked(2, { chain: 'local' })).toStrictEqual([
      { ok: true, begunAt: 77 },
      { ok: true, begunAt: 77 },
    ])
  })

  it('waits longer and longer while requests fail', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const times: number[] = []
    const start = Date.now()
    const readHead = (): Promise<Head> => {
      times.push(Date.now() - start)
      return Promise.reject(new SourceError('transient', 'node.example is down.'))
    }
    const looking = pollHeads({ reader: { chain: 'local', readHead }, periodMs: 1 }).subscribe()
    await vi.advanceTimersByTimeAsync(7_500)
    looking.unsubscribe()
    expect(times).toStrictEqual([0, 1_000, 3_000, 7_000])
  })
})
