import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { ChainState } from '../../../src/domain/chainState.js'
import type { Head } from '../../../src/domain/blocks/head.js'
import { SourceError } from '../../../src/domain/errors.js'
import type { Proposal } from '../../../src/domain/proposals/proposal.js'
import { block, byKey, queued } from '../../support/builders.js'
import { due, given, passed, type Node, unused } from './vouchedWritesGiven.js'

const faked: ('setTimeout' | 'clearTimeout' | 'setInterval' | 'clearInterval' | 'Date')[] = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'Date',
]
const never = <T>(): Promise<T> => new Promise<T>(() => undefined)

describe('before a file is written', () => {
  it('the block at the height is read: a claimed head is not enough', async () => {
    const asked: bigint[] = []
    const { done, isWritten } = given(
      [
        {
          block: (height) => {
            asked.push(height)
            return Promise.resolve(block(height))
          },
        },
      ],
      1,
    )
    expect(await done()).toStrictEqual(['written'])
    expect({ asked, written: isWritten() }).toStrictEqual({ asked: [100n], written: true })
  })

  it.each<['written' | 'not written', string, readonly Node[], number]>([
    ['written', 'one of two has the block, and one is enough', [{ block: () => Promise.resolve(undefined) }, {}], 1],
    [
      'written',
      'two of three have the same block',
      [{ block: (height) => Promise.resolve(block(height, { hash: '0xf' })) }, {}, {}],
      2,
    ],
    [
      'written',
      'an agreeing node writes the hash in upper case',
      [
        {
          block: (height) =>
            Promise.resolve(block(height, { hash: block(height).hash.toUpperCase().replace('0X', '') })),
        },
        {},
      ],
      2,
    ],
    [
      'not written',
      'one of two reports other info',
      [
        {
          proposal: () =>
            Promise.resolve({
              ...passed,
              finding: {
                ...passed.finding!,
                plan: { name: 'v2', height: 100, info: { binaries: { 'linux/amd64': 'https://evil.example/v2' } } },
              },
            }),
        },
        {},
      ],
      2,
    ],
    [
      'not written',
      'one of two omits the info',
      [
        {
          proposal: () =>
            Promise.resolve({ ...passed, finding: { ...passed.finding!, plan: { name: 'v2', height: 100 } } }),
        },
        {},
      ],
      2,
    ],
    [
      'not written',
      'one of two reports the plan as cancelled',
      [
        { proposal: () => Promise.resolve({ ...passed, finding: { ...passed.finding!, withdrawn: 'It is off.' } }) },
        {},
      ],
      2,
    ],
    [
      'not written',
      'one of two does not know whether the plan is still valid',
      [{ proposal: () => Promise.resolve({ ...passed, finding: { ...passed.finding!, unsure: 'Who knows.' } }) }, {}],
      2,
    ],
    [
      'not written',
      'one doubt is enough, and no node has the block yet',
      [{ proposal: () => Promise.resolve(undefined), block: never }, { block: never }],
      2,
    ],
    ['written', 'the third hangs', [{ proposal: () => never(), block: () => never() }, {}, {}], 2],
  ])('the file is %s when %s', async (expected, _where, nodes, agreement) => {
    const { done, isWritten } = given(nodes, agreement)
    expect(await done()).toStrictEqual([expected === 'written' ? 'written' : 'failed'])
    expect(isWritten()).toBe(expected === 'written')
  })

  it('the nodes that confirm the plan and those that do not are recorded', async () => {
    const [silent, other] = [{ proposal: () => Promise.resolve(undefined) }, {}]
    const written = await given([{}, silent, other], 2).outcome()
    expect(written).toMatchObject({ result: 'written', vouchedBy: { plan: ['a:1', 'c:1'] } })
    const failed = await given([{ block: never }, { ...silent, block: never }], 2).outcome()
    expect(failed).toMatchObject({ result: 'failed', vouchedBy: { plan: ['a:1'] } })
    expect(failed).toHaveProperty(
      'reason',
      'At most 1 of 2 nodes confirm v2 at height 100, 2 must: b:1 does not confirm it.',
    )
  })

  it('nodes that are a block behind are retried for a while', async () => {
    vi.useFakeTimers({ toFake: faked })
    onTestFinished(() => void vi.useRealTimers())
    const asked: bigint[] = []
    const behind = given(
      [
        {
          block: (height) => {
            asked.push(height)
            return Promise.resolve(asked.length > 2 ? block(height) : undefined)
          },
        },
      ],
      1,
      { isVirtual: false },
    )
    await vi.advanceTimersByTimeAsync(1_000)
    expect(behind.isWritten()).toBe(false)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await behind.done()).toStrictEqual(['written'])
    expect(asked).toStrictEqual([100n, 100n, 100n])
  })

  it('a lost answer about the plan is asked for again, and a node that fails for three seconds is doubted', async () => {
    vi.useFakeTimers({ toFake: faked })
    onTestFinished(() => void vi.useRealTimers())
    let asked = 0
    const lost = (): Promise<Proposal> =>
      (asked += 1) === 1 ? Promise.reject(new Error('Lost.')) : Promise.resolve(passed)
    const lucky = given([{ proposal: lost }, {}], 2, { isVirtual: false })
    const doubted = given([{ proposal: () => Promise.reject(new Error('Down.')) }, {}], 2, { isVirtual: false })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await lucky.done()).toStrictEqual(['written'])
    await vi.advanceTimersByTimeAsync(2_000)
    expect(await doubted.done()).toStrictEqual(['failed'])
  })

  it('nodes that restart at the height get a minute if their chain stops them there', async () => {
    vi.useFakeTimers({ toFake: faked })
    onTestFinished(() => void vi.useRealTimers())
    const restarting = (): Node => {
      const since = Date.now()
      const isBack = (): boolean => Date.now() - since >= 50_000
      return {
        proposal: () => (isBack() ? Promise.resolve(passed) : Promise.reject(new Error('It restarts.'))),
        block: (height) => (isBack() ? Promise.resolve(block(height)) : Promise.reject(new Error('It restarts.'))),
      }
    }
    const held = given([{}, restarting()], 2, { isVirtual: false, wanted: { ...due, held: true } })
    const other = given([{}, restarting()], 2, { isVirtual: false })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await held.done()).toStrictEqual(['written'])
    expect(await other.done()).toStrictEqual(['failed'])
  })

  it('nodes that do not answer at all get a minute on every chain, and those that withhold something do not', async () => {
    vi.useFakeTimers({ toFake: faked })
    onTestFinished(() => void vi.useRealTimers())
    const failing = (how: ConstructorParameters<typeof SourceError>[2]): Node => {
      const since = Date.now()
      const answered = <T>(answer: T): Promise<T> =>
        Date.now() - since >= 50_000
          ? Promise.resolve(answer)
          : Promise.reject(new SourceError('transient', 'No answer.', how))
      return { proposal: () => answered(passed), block: (height) => answered(block(height)) }
    }
    const restarting = given([{}, failing({ unanswered: true })], 2, { isVirtual: false })
    const hiding = given([{}, failing({ withholds: true })], 2, { isVirtual: false })
    await vi.advanceTimersByTimeAsync(4_000)
    expect(await hiding.done()).toStrictEqual(['failed'])
    await vi.advanceTimersByTimeAsync(56_000)
    expect(await restarting.done()).toStrictEqual(['written'])
  })

  it('nodes that do not answer delay a stop by three seconds, and no outcome comes of them', async () => {
    vi.useFakeTimers({ toFake: faked })
    onTestFinished(() => void vi.useRealTimers())
    let isDown = true
    const down = (): Promise<Proposal> =>
      isDown
        ? Promise.reject(new SourceError('transient', 'No answer.', { unanswered: true }))
        : Promise.resolve(passed)
    const lucky = given([{}, { proposal: down }], 2, { isVirtual: false })
    const stopped = given([{}, { proposal: () => never() }], 2, { isVirtual: false })
    for (const one of [lucky, stopped]) one.stop()
    await vi.advanceTimersByTimeAsync(1_500)
    isDown = false
    await vi.advanceTimersByTimeAsync(1_500)
    expect([await lucky.done(), await stopped.done()]).toStrictEqual([['written'], []])
  })

  it('nodes that are away for more than a minute are doubted, and a denial of the plan counts at once', async () => {
    vi.useFakeTimers({ toFake: faked })
    onTestFinished(() => void vi.useRealTimers())
    const wanted = { ...due, held: true as const }
    const denied = given([{}, { proposal: () => Promise.resolve(undefined) }], 2, { isVirtual: false, wanted })
    expect(await denied.done()).toStrictEqual(['failed'])
    const doubted = given([{}, { proposal: () => Promise.reject(new Error('Away.')) }], 2, { isVirtual: false, wanted })
    await vi.advanceTimersByTimeAsync(61_000)
    expect(await doubted.outcome()).toMatchObject({
      result: 'failed',
      reason: 'At most 1 of 2 nodes confirm v2 at height 100, 2 must: Away.',
    })
  })

  it('nodes that hang for two minutes fail the write with a reason that blames the nodes, not the disk', async () => {
    let isAsked = (): void => undefined
    const waiting = new Promise<void>((resolve) => (isAsked = resolve))
    const hanging = given(
      [
        {
          block: () => {
            isAsked()
            return never()
          },
        },
      ],
      1,
    )
    await waiting
    hanging.wait()
    const outcome = await hanging.outcome()
    expect(outcome?.result).toBe('failed')
    expect(outcome !== undefined && 'reason' in outcome ? outcome.reason : '').toMatch(
      /^The nodes did not confirm v2 at block 100 within 120 s/,
    )
    expect(hanging.isWritten()).toBe(false)
  })

  it('a write that timed out writes nothing, even if the nodes answer later', async () => {
    let answer = (_: Head): void => undefined
    let isAsked = (): void => undefined
    const asked = new Promise<void>((resolve) => (isAsked = resolve))
    const late = given(
      [
        {
          block: () => {
            isAsked()
            return new Promise((resolve) => (answer = resolve))
          },
        },
      ],
      1,
    )
    await asked
    late.wait()
    await late.done()
    answer(block(100))
    await new Promise((resolve) => setImmediate(resolve))
    expect(late.isWritten()).toBe(false)
  })

  it('a plan that no file can hold is not confirmed: nodes past its height could not report it', async () => {
    const gone = { proposal: () => Promise.resolve(undefined) }
    const { done, isWritten } = given([gone, gone], 2, { wanted: { ...due, name: '..', unwritten: true } })
    expect(await done()).toStrictEqual(['skipped'])
    expect(isWritten()).toBe(false)
  })

  it('no node confirms a plan of the operator, also if the read node lags', async () => {
    const own = { ...due, kind: 'coordinated' } as const
    for (const lagging of [{}, { lagging: true } as const]) {
      const asked = given([{ proposal: unused }, { proposal: unused }], 2, { wanted: own, lagging })
      expect(await asked.outcome()).toMatchObject({ result: 'written', vouchedBy: { block: ['a:1', 'b:1'] } })
    }
  })

  it('a single node confirms the plan again if the reading lags: it may have been cancelled since', async () => {
    const off = { ...passed, finding: { ...passed.finding!, withdrawn: 'It is off.' } }
    const lagging = { lagging: true } as const
    expect(await given([{}], 1, { lagging }).outcome()).toMatchObject({ vouchedBy: { plan: ['a:1'], block: ['a:1'] } })
    const called = given([{ proposal: () => Promise.resolve(off) }], 1, { lagging })
    expect(await called.done()).toStrictEqual(['failed'])
    expect(called.isWritten()).toBe(false)
  })

  it('the plan is confirmed by the nodes for proposals if those differ from the nodes for blocks', async () => {
    let asked = 0
    const blocks = { proposal: unused }
    const proposals = {
      proposal: () => {
        asked += 1
        return Promise.resolve(passed)
      },
      block: unused,
    }
    const split = given([blocks, blocks], 2, { tellers: [proposals, proposals], lagging: { lagging: true } })
    expect(await split.outcome()).toMatchObject({ result: 'written', vouchedBy: { plan: ['a:1', 'b:1'] } })
    // Once with the block, and once more after it.
    expect(asked).toBe(4)
  })

  it.each<[string, readonly Node[], number]>([
    ['one of two has another', [{ block: (height) => Promise.resolve(block(height, { hash: '0xf' })) }, {}], 2],
    ['the reported one has another height', [{ block: () => Promise.resolve(block(99)) }], 1],
    [
      'the timestamp of the reported one does not fit its neighbours',
      [{ block: (height) => Promise.resolve(block(height, { timestamp: 1n })) }],
      1,
    ],
  ])('the block is awaited when %s, and nothing is written', async (_, nodes, agreement) => {
    const waiting = given(nodes, agreement, { lagging: { lagging: true } })
    await new Promise((resolve) => setImmediate(resolve))
    expect(waiting.isWritten()).toBe(false)
    waiting.wait()
    expect(await waiting.done()).toStrictEqual(['failed'])
    expect(waiting.isWritten()).toBe(false)
  })

  it.each([
    ['the block at the height less the lead is read', 93, 90n],
    ['the block at the height is read once it exists', 100, 100n],
  ])('with a lead, %s', async (_, head, expected) => {
    const asked: bigint[] = []
    const readsBlock = (height: bigint) => {
      asked.push(height)
      return Promise.resolve(block(height))
    }
    const early = given([{ block: readsBlock }], 1, { leadBlocks: 10, head: block(head) })
    expect(await early.done()).toStrictEqual(['written'])
    expect(asked).toStrictEqual([expected])
  })

  it.each<[string, Partial<ChainState>]>([
    ['a reorg removes the proposal', { proposals: new Map(), upgrades: queued({ ...due, status: 'cancelled' }) }],
    ['a reorg moves the head below the height', { head: block(99) }],
    ['the plan is changed', { upgrades: queued({ ...due, info: { binaries: {} } }) }],
    ['an answer about it is not understood', { proposals: byKey({ ...passed, notUnderstood: 'state 9' }) }],
  ])('the state is checked again: the write is held if %s while the nodes are asked', async (_, after) => {
    let answer = (_head: Head): void => undefined
    let isAsked = (): void => undefined
    const asked = new Promise<void>((resolve) => (isAsked = resolve))
    const asking = given(
      [
        {
          block: () => {
            isAsked()
            return new Promise((resolve) => (answer = resolve))
          },
        },
      ],
      1,
    )
    await asked
    asking.becomes(after)
    answer(block(100))
    expect(await asking.done()).toStrictEqual(['held'])
    expect(asking.isWritten()).toBe(false)
  })
})
