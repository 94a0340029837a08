import { describe, expect, it } from 'vitest'
import type { SteadyClock } from '../../src/store/steadyClock.js'
import { openStore } from '../../src/store/openStore.js'
import { announcement, temporaryDirectory, turn } from '../support/storeGiven.js'
import { memoryStore, queue } from '../sinks/outbox/outboxGiven.js'

const minute = 60_000
const noon = 720 * minute

/** A machine that has run for so long since that boot. */
const running = (ms: number, boot = 'one'): SteadyClock => ({ boot, now: () => ms })
const tried = { reason: '503' }

/** One row that waits at noon, five minutes after the boot, for a retry ten minutes later. */
function waiting(path?: string) {
  const store = path === undefined ? memoryStore() : openStore({ path })
  queue(store, [['a', 'hook']], noon)
  store.followClock(noon, running(5 * minute))
  const [item] = store.due(noon, 1)
  if (item === undefined) expect.unreachable()
  store.postpone(item, noon + 10 * minute, { ...tried, heldUntil: noon + 4 * minute })
  return store
}

const nextTry = (store: ReturnType<typeof waiting>): number | undefined => store.failedDeliveries()[0]?.nextTryAt

describe('a delivery that waits for a retry', () => {
  it('keeps its remaining time if the clock is set back, as does a paused handler', () => {
    const store = waiting()
    // Three minutes have passed.
    store.followClock(noon - 27 * minute, running(8 * minute))

    expect(nextTry(store)).toBe(noon - 20 * minute)
    expect(store.pausedUntil('hook', noon - 27 * minute)).toBe(noon - 26 * minute)
  })

  it('is not moved twice by one clock step', () => {
    const store = waiting()
    store.followClock(noon - 27 * minute, running(8 * minute))
    store.followClock(noon - 26 * minute, running(9 * minute))

    expect(nextTry(store)).toBe(noon - 20 * minute)
  })

  it('keeps its time if the clock is set forward', () => {
    const store = waiting()
    store.followClock(noon + 61 * minute, running(6 * minute))
    expect(nextTry(store)).toBe(noon + 10 * minute)
  })

  it('keeps its time if the clock is adjusted by less than a second', () => {
    const store = waiting()
    store.followClock(noon + minute - 999, running(6 * minute))

    expect(nextTry(store)).toBe(noon + 10 * minute)
  })

  it('moves those that wait behind it, and leaves new ones unchanged', () => {
    const store = waiting()
    store.commit(turn({ time: noon, announcements: [announcement('a#2', {}), announcement('b')] }), () => ['hook'])
    store.followClock(noon - 27 * minute, running(8 * minute))

    expect(store.due(noon - 21 * minute, 9).map(({ notification }) => notification.id)).toStrictEqual(['b'])
    expect(store.due(noon - 20 * minute, 9).map(({ notification }) => notification.id)).toStrictEqual(['a', 'a#2', 'b'])
  })

  it('does not wait longer over a restart of the process', () => {
    using directory = temporaryDirectory()
    const path = `${directory.path}/state.db`
    waiting(path).close()
    const after = openStore({ path })
    after.followClock(noon - 20 * minute, running(15 * minute))

    expect(nextTry(after)).toBe(noon - 20 * minute)
    after.close()
  })

  it('is due at once after a reboot, because the elapsed time is unknown', () => {
    using directory = temporaryDirectory()
    const path = `${directory.path}/state.db`
    waiting(path).close()
    const after = openStore({ path })
    after.followClock(noon - 20 * minute, running(minute, 'two'))

    expect(nextTry(after)).toBe(noon - 20 * minute)
    after.close()
  })
})

describe('a channel that is down', () => {
  it.each([120, -120])('keeps the duration of its outage if the clock is set by %i minutes', (set) => {
    const store = waiting()
    const failed = { chain: 'local', ok: false, reason: '503', until: 0 } as const
    store.recordAttempt('hook', { ...failed, at: noon })
    store.followClock(noon + (set + 1) * minute, running(6 * minute))

    const [outage] = store.outages()
    expect(outage).toMatchObject({ since: noon + set * minute, lastAt: noon + set * minute })
    expect(outage).not.toHaveProperty('upSince')
    store.close()
  })
})
