import { firstValueFrom, lastValueFrom, Subject, take, tap } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { SourceError } from '../../src/domain/errors.js'
import { keyOf, type Proposal } from '../../src/domain/proposals/proposal.js'
import type { ReadRequest } from '../../src/sources/governance/GovernanceReader.js'
import { pollProposals, stepSeen } from '../../src/sources/pollProposals.js'
import { byKey, proposal, reading } from '../support/builders.js'
import { reader, readings } from './pollProposalsGiven.js'

const idsOf = ({ open }: ReadRequest): readonly string[] => open.map(({ id }) => id)

const executed = (id: string, block: bigint): Proposal => proposal(id, { status: 'executed', readAt: block })

describe('pollProposals', () => {
  it('continues from the cursor of the last reading', async () => {
    const source = reader(reading(1), reading(2), reading(3))
    expect(await readings(source, 3)).toStrictEqual(
      [reading(1), reading(2), reading(3)].map((read, index) => ({
        ...read,
        begunAt: 77,
        ...(index > 0 && { startedFrom: { block: index } }),
      })),
    )
    expect(source.asked.map(({ cursor }) => cursor)).toStrictEqual([undefined, { block: 1 }, { block: 2 }])
  })

  it('passes the proposals that can still change, in their latest form', async () => {
    const source = reader(
      reading(1, [proposal('1'), proposal('2')]),
      reading(2, [proposal('2', { title: 'New' })]),
      reading(3),
    )
    await readings(source, 3)
    expect(source.asked.map(idsOf)).toStrictEqual([[], ['1', '2'], ['1', '2']])
    expect(source.asked[2]?.open[1]?.title).toBe('New')
  })

  it('continues from a restored state', async () => {
    const source = reader(reading(600))
    await readings(source, 1, {
      restored: {
        cursor: { block: 500 },
        proposalsReadTo: 500n,
        proposals: byKey(proposal('1'), executed('2', 400n), executed('3', 100n)),
      },
    })
    expect(source.asked[0]?.cursor).toStrictEqual({ block: 500 })
    expect(idsOf(source.asked[0]!)).toStrictEqual(['1', '2'])
  })

  it('restarts on request, after the usual wait', async () => {
    const source = reader(reading(1, [proposal('1')], { backlog: 20n }), reading(1, [proposal('1')]), reading(2))
    const all = await readings(source, 3, {
      restart: () => (source.asked.length < 2 ? { proposals: new Map() } : undefined),
    })

    expect(source.asked.map(({ cursor }) => cursor)).toStrictEqual([undefined, undefined, { block: 1 }])
    expect(all.map(({ startedFrom }) => startedFrom)).toStrictEqual([undefined, undefined, { block: 1 }])
    const patient = reader(reading(1, [], { backlog: 20n }))
    await readings(patient, 1, { restart: () => ({ proposals: new Map() }), periodMs: 2 ** 30 })
    expect(patient.asked).toHaveLength(1)
  })

  it('reads the portions of a long history one after the other, without a wait', async () => {
    const source = reader(reading(1, [], { backlog: 20n }), reading(11, [], { backlog: 10n }), reading(21))
    const all = await readings(source, 3, { periodMs: 2 ** 30 })
    expect(all.map((one) => one.ok && one.backlog)).toStrictEqual([20n, 10n, 0n])
    expect(source.asked.map(({ cursor }) => cursor)).toStrictEqual([undefined, { block: 1 }, { block: 11 }])
  })

  it('emits a failure as a value, keeps its cursor and continues', async () => {
    const source = reader(
      reading(1, [proposal('1')]),
      new SourceError('transient', 'node.example is down.'),
      reading(2),
    )
    expect((await readings(source, 3, { maxBackoffMs: 1 }))[1]).toStrictEqual({
      ok: false,
      begunAt: 77,
      chain: 'local',
      readAt: 77,
      failure: { kind: 'transient', message: 'node.example is down.' },
    })
    expect(source.asked[2]?.cursor).toStrictEqual({ block: 1 })
    expect(idsOf(source.asked[2]!)).toStrictEqual(['1'])
  })

  it('stops at a failure in the middle of a history and continues from there', async () => {
    const source = reader(reading(1, [], { backlog: 9n }), new SourceError('transient', 'Down.'), reading(10))
    expect((await readings(source, 3, { maxBackoffMs: 1 })).map(({ ok }) => ok)).toStrictEqual([true, false, true])
    expect(source.asked[2]?.cursor).toStrictEqual({ block: 1 })
  })

  it('treats a portion without progress as a failure, and waits before it reads again', async () => {
    const circle = reading(1, [], { backlog: 9n })
    const source = reader(circle, circle, reading(10))
    const all = await readings(source, 3, { maxBackoffMs: 1 })
    expect(all.map(({ ok }) => ok)).toStrictEqual([true, false, true])
    expect(all[1]).toMatchObject({
      failure: {
        kind: 'transient',
        message: 'local has more to read, but the last reading made no progress: a server repeats the same answer.',
      },
    })
  })

  it('reveals nothing of an unexpected error', async () => {
    const [failed] = await readings(reader(new TypeError('http://user:secret@host/')), 1)
    expect(failed).toMatchObject({
      ok: false,
      failure: {
        kind: 'permanent',
        message: 'Reading local failed in an unforeseen way (TypeError). Please report this.',
      },
    })
  })

  it('has already requested the next read when a consumer gets a reading', async () => {
    const source = reader(reading(1), reading(2))
    const askedAt: number[] = []
    await lastValueFrom(
      pollProposals({ reader: source, periodMs: 1, now: () => 0 }).pipe(
        take(2),
        tap(() => askedAt.push(source.asked.length)),
      ),
      { defaultValue: undefined },
    )
    expect(askedAt).toStrictEqual([1, 2])
  })

  it('aborts the pending read when it is unsubscribed from', () => {
    const source = reader()
    const subscription = pollProposals({ reader: source, periodMs: 1, now: () => 0 }).subscribe()
    expect(source.asked[0]?.signal.aborted).toBe(false)
    subscription.unsubscribe()
    expect(source.asked[0]?.signal.aborted).toBe(true)
  })

  it('reads for each subscriber from a separate cursor, and at once when triggered', async () => {
    const source = reader(reading(1), reading(2), reading(3))
    const trigger$ = new Subject<void>()
    const poll$ = pollProposals({ reader: source, periodMs: 2 ** 30, now: () => 0, trigger$ })
    await firstValueFrom(poll$, { defaultValue: undefined })
    const two = lastValueFrom(poll$.pipe(take(2)), { defaultValue: undefined })
    trigger$.next()
    await two
    expect(source.asked.map(({ cursor }) => cursor)).toStrictEqual([undefined, undefined, { block: 2 }])
  })
})

describe('stepSeen', () => {
  const nothing = { proposals: byKey<Proposal>() }

  it('drops closed proposals that no reorg can reach', () => {
    const seen = stepSeen(nothing, reading(300, [proposal('1'), executed('2', 300n)]))
    const kept = (at: number) => [...stepSeen(seen, reading(at)).proposals.keys()].length
    expect([kept(556), kept(557)]).toStrictEqual([2, 1])
  })

  it('keeps executed and failed proposals while the height of their plan is ahead', () => {
    const plan = { name: 'v2', height: 1_000 }
    const ahead = { finding: { plan, origin: 'call', problems: [] } } as const
    const seen = stepSeen(
      nothing,
      reading(300, [
        { ...executed('2', 300n), ...ahead },
        { ...executed('3', 300n), ...ahead, status: 'failed' },
        { ...executed('4', 300n), ...ahead, status: 'rejected' },
      ]),
    )
    const kept = (at: number) => [...stepSeen(seen, reading(at)).proposals.values()].map(({ id }) => id)
    expect([kept(1_000), kept(1_001)]).toStrictEqual([['2', '3'], []])
  })

  it('drops what a reorg retracted, unless it is reported again', () => {
    const seen = stepSeen(nothing, reading(1, [proposal('1')]))
    const retracted = [keyOf(proposal('1'))]
    expect(stepSeen(seen, reading(2, [], { retracted })).proposals.size).toBe(0)
    expect(stepSeen(seen, reading(2, [proposal('1')], { retracted })).proposals.size).toBe(1)
  })
})
