import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPacer } from '../../../src/sinks/outbox/createPacer.js'

describe('createPacer', () => {
  it('counts a try as its first request, and every further request', () => {
    const pacer = createPacer({ count: 2, perMs: 1_000 })
    pacer.begin(0)
    expect([pacer.request(0), pacer.request(10), pacer.request(20), pacer.waited()]).toStrictEqual([0, 0, 980, 980])
    expect(pacer.waitMs(1_000)).toBe(10)
    pacer.begin(1_010)
    expect(pacer.waited()).toBe(0)
  })

  it('counts a try without an HTTP request', () => {
    const pacer = createPacer({ count: 1, perMs: 1_000 })
    pacer.begin(0)
    expect(pacer.waitMs(1)).toBe(999)
  })

  it('keeps its rate at the receiver, for any sequence and duration of requests', () => {
    const request = fc.record({ takesMs: fc.nat(400), arrives: fc.double({ min: 0, max: 1, noNaN: true }) })
    const trial = fc.record({ pause: fc.nat(400), requests: fc.array(request, { maxLength: 4 }) })
    fc.assert(
      fc.property(fc.array(trial, { maxLength: 40 }), fc.integer({ min: 1, max: 5 }), (tries, count) => {
        const pacer = createPacer({ count, perMs: 1_000 })
        const arrived: number[] = []
        let now = 0
        for (const { pause, requests } of tries) {
          now += pause
          now += pacer.waitMs(now)
          pacer.begin(now)
          if (requests.length === 0) arrived.push(now)
          for (const { takesMs, arrives } of requests) {
            now += pacer.request(now)
            arrived.push(now + takesMs * arrives)
            now += takesMs
            pacer.answered(now)
          }
        }
        for (const [at, time] of arrived.entries()) {
          const next = arrived[at + count]
          if (next !== undefined) expect(next - time).toBeGreaterThanOrEqual(1_000)
        }
      }),
    )
  })

  it('leaves half of the rate to updates: with one per span, one in twice the span', () => {
    const one = createPacer({ count: 1, perMs: 1_000 })
    one.begin(0)
    expect([one.waitMs(0), one.spareWaitMs(0), one.spareWaitMs(2_000)]).toStrictEqual([1_000, 2_000, 0])
    const five = createPacer({ count: 5, perMs: 2_000 })
    five.begin(0)
    expect(five.spareWaitMs(0)).toBe(0)
    five.begin(100)
    expect([five.waitMs(100), five.spareWaitMs(100), five.spareWaitMs(2_000)]).toStrictEqual([0, 1_900, 0])
  })

  it('continues with the requests before a restart, which it reads once, unless it knows newer ones', () => {
    const pacer = createPacer({ count: 2, perMs: 1_000 })
    const asked: number[] = []
    const sentSince = (since: number): readonly number[] => {
      asked.push(since)
      return [9_100, 9_600]
    }
    pacer.resume(10_000, sentSince)
    pacer.resume(10_001, sentSince)
    expect([pacer.waitMs(10_000), asked]).toStrictEqual([100, [8_000]])

    createPacer({ count: 2, perMs: 1_000 }, [9_900]).resume(10_000, sentSince)
    createPacer(undefined).resume(10_000, sentSince)
    expect(asked).toHaveLength(1)
  })

  it('waits at most the span if the clock was set back', () => {
    const pacer = createPacer({ count: 1, perMs: 1_000 })
    pacer.begin(3_600_000)
    expect(pacer.waitMs(0)).toBe(1_000)
  })

  it('waits exactly one span after the clock was set back, for any number sent before, also after a restart', () => {
    const before = Array.from({ length: 20 }, (_, at) => 3_600_000 + at)
    const within = createPacer({ count: 20, perMs: 60_000 }, [...before])
    const after = createPacer({ count: 20, perMs: 60_000 })
    after.resume(0, () => before)
    for (const pacer of [within, after]) {
      expect(pacer.waitMs(0)).toBe(60_000)
      pacer.begin(60_000)
      expect(pacer.waitMs(60_000)).toBe(0)
    }
  })

  it('removes a waiting request that was dropped', () => {
    const pacer = createPacer({ count: 1, perMs: 1_000 })
    pacer.begin(0)
    expect([pacer.request(0), pacer.request(0), pacer.waitMs(400)]).toStrictEqual([0, 1_000, 1_000])
    pacer.dropped()
    expect(pacer.waitMs(400)).toBe(600)
  })

  it('continues from the requests of another pacer, at its own rate', () => {
    const times: number[] = []
    const before = createPacer({ count: 1, perMs: 1_000 }, times)
    for (const now of [0, 1_000, 2_000]) before.begin(now)
    expect(createPacer({ count: 3, perMs: 60_000 }, times).waitMs(2_000)).toBe(58_000)
    expect(createPacer({ count: 4, perMs: 60_000 }, times).waitMs(2_000)).toBe(0)
  })

  it('keeps the rate at a service shared by several pacers, each with its own rate', () => {
    const trial = fc.record({ pause: fc.nat(900), takesMs: fc.array(fc.nat(300), { minLength: 1, maxLength: 3 }) })
    const lanesGiven = fc.array(fc.array(trial, { maxLength: 12 }), { maxLength: 4 })
    const unit = fc.double({ min: 0, max: 1, noNaN: true })
    const property = fc.property(lanesGiven, fc.integer({ min: 1, max: 3 }), unit, (lanes, count, arrives) => {
      const [times, unanswered]: number[][] = [[], []]
      const arrived: number[] = []
      // The next event, by time: each lane is a chain of steps.
      const agenda: { readonly at: number; readonly step: (now: number) => void }[] = []
      const later = (at: number, step: (now: number) => void): unknown => agenda.push({ at, step })
      for (const trials of lanes) {
        const pacer = createPacer({ count, perMs: 1_000 }, times, unanswered)
        const queue = [...trials]
        const asked: number[] = []
        const next = (now: number): void => {
          const one = queue.shift()
          if (one === undefined) return
          asked.push(...one.takesMs)
          later(now + one.pause, begin)
        }
        const begin = (now: number): void => {
          const wait = pacer.waitMs(now)
          if (wait > 0) later(now + wait, begin)
          else {
            pacer.begin(now)
            ask(now)
          }
        }
        const ask = (now: number): void => {
          const takes = asked.shift()
          if (takes === undefined) next(now)
          else request(now, takes)
        }
        const request = (now: number, takes: number): void => {
          const wait = pacer.request(now)
          if (wait > 0) later(now + wait, (at) => request(at, takes))
          else send(now, takes)
        }
        const send = (now: number, takes: number): void => {
          arrived.push(now + takes * arrives)
          later(now + takes, (at) => {
            pacer.answered(at)
            ask(at)
          })
        }
        next(0)
      }
      for (;;) {
        const first = agenda.toSorted((one, other) => one.at - other.at)[0]
        if (first === undefined) break
        agenda.splice(agenda.indexOf(first), 1)
        first.step(first.at)
      }
      expect(arrived).toHaveLength(lanes.flat().flatMap(({ takesMs }) => takesMs).length)
      arrived.sort((one, other) => one - other)
      for (const [at, time] of arrived.entries()) {
        const after = arrived[at + count]
        if (after !== undefined) expect(after - time).toBeGreaterThanOrEqual(1_000)
      }
    })
    fc.assert(property, { numRuns: 50 })
  })

  it('counts requests that were sent without a rate', () => {
    const times: number[] = []
    const before = createPacer(undefined, times)
    for (const now of [0, 100, 200]) before.begin(now)
    expect([before.request(200), before.request(300)]).toStrictEqual([0, 0])
    before.answered(400)
    const after = createPacer({ count: 3, perMs: 1_000 }, times)
    expect([after.waitMs(400), after.waitMs(1_100)]).toStrictEqual([700, 0])
  })

  it('never waits without a rate', () => {
    const pacer = createPacer(undefined)
    pacer.begin(0)
    expect([pacer.waitMs(0), pacer.spareWaitMs(0), pacer.request(0), pacer.waited()]).toStrictEqual([0, 0, 0, 0])
  })
})
