import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Priority } from '../../src/domain/notifications/notification.js'
import { createRouter, type RouteRule } from '../../src/notify/createRouter.js'
import { parseQuietHours, wallClockOf } from '../../src/notify/quietHours.js'
import { openStore } from '../../src/store/openStore.js'
import type { EmbeddedStore } from '../../src/store/Store.js'
import { announcement, temporaryDirectory, turn } from '../support/storeGiven.js'

const minute = 60_000
const quietHours = [parseQuietHours('22:00-07:00')!]
const group = { by: ['chain'], wait: 2 * minute, interval: 10 * minute }
const match = {}
/** By the chain of a notification. */
const rules: readonly RouteRule[] = [
  { match: { chain: 'quiet' }, to: ['chat'], continue: false, quietHours },
  { match: { chain: 'digest' }, to: ['chat', 'hook'], continue: false, digest: '0 9 * * *' },
  { match: { chain: 'group*' }, to: ['chat', 'hook'], continue: false, group },
  { match, to: ['hook'], continue: false },
]
const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'] as const
/** The day before each clock change of 2026, in UTC. */
const starts = ['2026-03-28', '2026-10-24', '2026-03-07', '2026-10-31', '2026-04-04', '2026-10-03']

interface Event {
  readonly id: string
  readonly minute: number
  readonly chain: string
  readonly priority: Priority
  /** Minutes from the event to the end of the vote. */
  readonly left?: number | undefined
}
interface Told {
  readonly handler: string
  readonly ids: readonly string[]
  readonly at: number
}

const event = fc.record({
  minute: fc.integer({ min: 0, max: 2_880 }),
  chain: fc.constantFrom('quiet', 'digest', 'group-a', 'group-b', 'other'),
  priority: fc.constantFrom<Priority[]>('low', 'high', 'critical'),
  left: fc.option(fc.integer({ min: 1, max: 2_000 }), { nil: undefined }),
})

/** A host clock that is ahead by some minutes until a minute. */
interface ClockError {
  readonly until: number
  readonly ahead: number
}

interface Life {
  /** Whether the process is killed in that minute. @defaultValue never */
  readonly isRough?: (step: number) => boolean
  /** @defaultValue the clock is right */
  readonly error?: ClockError
}

/** Four days of a process, and what it sent when, by the right clock. */
function live(events: readonly Event[], zone: string, start: number, { isRough = () => false, error }: Life = {}) {
  using directory = temporaryDirectory()
  const path = `${directory.path}/state.db`
  const handlers = new Map([
    ['chat', { wants: () => true, bundles: true }],
    ['hook', { wants: () => true, bundles: false }],
  ])
  const route = createRouter({ rules, handlers, timezone: zone, systemOf: () => undefined })
  const told: Told[] = []
  let store: EmbeddedStore = openStore({ path })
  const moments = new Set(events.map((one) => one.minute))
  const nextDue = (): number => Math.min(store.nextDue('chat') ?? Infinity, store.nextDue('hook') ?? Infinity)
  // Queried again only after a change.
  let next = Infinity
  for (let step = 0; step <= 5_800; step++) {
    const isWrong = error !== undefined && step < error.until
    const at = start + (step + (isWrong ? error.ahead : 0)) * minute
    if (step === error?.until) {
      while (store.rerouteHeld(at, route, () => undefined));
      next = nextDue()
    }
    const fresh = moments.has(step) ? events.filter((one) => one.minute === step) : []
    const announcements = fresh.map(({ id, chain, priority, left }) => {
      const votingEndsAt = left === undefined ? null : new Date(at + left * minute).toISOString()
      const data = { status: left === undefined ? 'rejected' : 'voting', votingEnd: '1', votingEndsAt }
      return announcement(id, { chain, priority, data })
    })
    if (fresh.length > 0) {
      store.commit(turn({ announcements, time: at }), route)
      next = nextDue()
    }
    if (next > at) continue
    if (isRough(step)) {
      store.close()
      store = openStore({ path })
      continue
    }
    for (const item of store.due(at, 1_000)) {
      told.push({
        handler: item.handler,
        at: start + step * minute,
        ids: (item.bundle?.notifications ?? [item.notification]).map(({ id }) => id),
      })
      store.delivered(item, at)
    }
    next = nextDue()
  }
  store.close()
  return told
}

describe.each(zones)('held notifications in %s, across each clock change', (zone) => {
  const clock = wallClockOf(zone)
  const minuteOfDay = (ms: number): number => Math.floor(clock(ms) / minute) % 1_440

  const isQuiet = (ms: number): boolean => minuteOfDay(ms) >= 22 * 60 || minuteOfDay(ms) < 7 * 60

  it('are sent once, where and when the rules say', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 25 }), fc.constantFrom(...starts), (drawn, day) => {
        const start = Date.parse(`${day}T00:00:00Z`)
        const events = drawn.map((one, index) => ({ ...one, id: `n${index}` }))
        const told = live(events, zone, start)
        const tellings = told.flatMap(({ handler, ids }) => ids.map((id) => `${handler}/${id}`))
        const handlersOf = ({ chain }: Event) =>
          chain === 'quiet' ? ['chat'] : chain === 'other' ? ['hook'] : ['chat', 'hook']
        expect(tellings.toSorted()).toStrictEqual(
          events.flatMap((one) => handlersOf(one).map((handler) => `${handler}/${one.id}`)).toSorted(),
        )
        for (const { ids, at, handler } of told) {
          const own = ids.map((id) => events.find((one) => one.id === id)!)
          const [{ chain, priority, minute: born, left }] = [own[0]!]
          const bornAt = start + born * minute
          if (handler === 'hook') expect(ids).toHaveLength(1)
          if (priority === 'critical' || chain === 'other') {
            expect([at, ids.length]).toStrictEqual([bornAt, 1])
          } else if (at > bornAt) {
            // Held: by a rule, in time, and only with others of the same kind.
            if (chain === 'quiet') expect(minuteOfDay(at)).toBe(7 * 60)
            if (chain === 'digest') expect(minuteOfDay(at)).toBe(9 * 60)
            if (chain.startsWith('group')) expect(at - bornAt).toBeLessThanOrEqual(group.wait + group.interval)
            for (const one of own) {
              expect(one.chain).toBe(chain)
              if (one.left !== undefined) expect(at).toBeLessThan(start + (one.minute + one.left) * minute)
            }
          } else if (chain === 'quiet' && minuteOfDay(at) < 7 * 60) {
            // Sent at night, since the morning would be too late.
            expect(left).toBeLessThan(9 * 60 + 61)
          } else if (chain === 'digest') expect(left).toBeLessThan(1_441 + 60)
          else if (chain.startsWith('group')) expect(left).toBeLessThanOrEqual(12)
        }
      }),
      { numRuns: 15 },
    )
  })

  it('are sent in time once the clock is right, if a clock that was ahead held them', { timeout: 60_000 }, () => {
    const error = fc.record({
      until: fc.integer({ min: 1, max: 2_880 }),
      ahead: fc.oneof(fc.integer({ min: 2, max: 3_000 }), fc.integer({ min: 3_000, max: 1_000_000 })),
    })
    const property = fc.property(
      fc.array(event, { maxLength: 25 }),
      fc.constantFrom(...starts),
      error,
      (drawn, day, error) => {
        const start = Date.parse(`${day}T00:00:00Z`)
        const events = drawn.map((one, index) => ({ ...one, left: undefined, id: `n${index}` }))
        const told = live(events, zone, start, { error })
        const tellings = told.flatMap(({ handler, ids }) => ids.map((id) => `${handler}/${id}`))
        expect(new Set(tellings).size).toBe(tellings.length)
        expect(new Set(told.flatMap(({ ids }) => ids)).size).toBe(events.length)
        const right = start + error.until * minute
        for (const { ids, at } of told) {
          const own = ids.map((id) => events.find((one) => one.id === id)!)
          for (const { chain, minute: born } of own) {
            // Sent by the wrong clock, or held by the right one.
            if (at < right || born >= error.until) continue
            if (chain === 'quiet') {
              expect(at - right).toBeLessThanOrEqual(10 * 60 * minute)
              expect(isQuiet(at)).toBe(false)
            }
            if (chain === 'digest') {
              expect(at - right).toBeLessThanOrEqual(25 * 60 * minute)
              expect(minuteOfDay(at)).toBe(9 * 60)
            }
            if (chain.startsWith('group')) expect(at - right).toBeLessThanOrEqual(group.wait + group.interval)
          }
        }
      },
    )
    fc.assert(property, { numRuns: 15 })
  })

  it('are never lost or sent twice, however often the process is killed', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 5, maxLength: 25 }), fc.integer({ min: 2, max: 5 }), (drawn, one) => {
        const events = drawn.map((each, index) => ({ ...each, id: `n${index}` }))
        const isRough = (step: number): boolean => step % one !== 0
        const told = live(events, zone, Date.parse('2026-03-28T00:00:00Z'), { isRough })
        const tellings = told.flatMap(({ handler, ids }) => ids.map((id) => `${handler}/${id}`))
        expect(new Set(tellings).size).toBe(tellings.length)
        expect(new Set(told.flatMap(({ ids }) => ids)).size).toBe(events.length)
      }),
      { numRuns: 5 },
    )
  })
})
