import { lastValueFrom, NEVER, toArray } from 'rxjs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { DeliveryError } from '../../../src/domain/errors.js'
import { announceUpgrade } from '../../../src/domain/notifications/announceUpgrade.js'
import type { UpgradeMove } from '../../../src/domain/upgrades/upgradeMove.js'
import { deliverDue } from '../../../src/sinks/outbox/deliverDue.js'
import type { OutboxLane } from '../../../src/sinks/outbox/OutboxOptions.js'
import { openStore } from '../../../src/store/openStore.js'
import { block, move, queued, upgrade } from '../../support/builders.js'
import { state, turn } from '../../support/storeGiven.js'

const first = upgrade('1', 'v2', 1_000)
const second = upgrade('2', 'v2', 2_000)
const scheduled = move('scheduled', first)
const moved = move('rescheduled', second, { before: first })

/** A chat that keeps one message for a plan, and a clock. */
function given() {
  const store = openStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  let now = 1_000_000
  const called: string[] = []
  const answers: (Error | undefined)[] = []
  const answer = (what: string): Promise<object> => {
    called.push(what)
    const failure = answers.shift()
    return failure === undefined ? Promise.resolve({ ts: '1' }) : Promise.reject(failure)
  }
  const chat: OutboxLane = {
    handler: {
      type: 'chat',
      handle: ({ event }) => answer(event),
      edit: ({ event }, { subject }) => answer(`${subject.slice(-2)} shows ${event}`),
    },
    timeoutMs: 1_000,
  }
  return {
    answers,
    tell: (one: UpgradeMove, to: readonly string[] = ['chat'], silencedBy?: string) => {
      const route = () => (silencedBy === undefined ? to : { to: [], silencedBy })
      store.commit(turn({ announcements: announceUpgrade(one, block(10)), time: now }), route)
    },
    sync: async (ms: number) => {
      now += ms
      const votes = { moved$: NEVER, states: () => [state({ upgrades: queued(first, second) })], route: () => [] }
      const options = { store, handlers: new Map([['chat', chat]]), now: () => now, random: () => 1, votes }
      await lastValueFrom(deliverDue(options).pipe(toArray()), { defaultValue: [] })
      return called.splice(0)
    },
  }
}

describe('the message of a plan that was replaced by another proposal', () => {
  it('is closed once if its handler does not get the rescheduling', async () => {
    const { tell, sync } = given()
    tell(scheduled)
    expect(await sync(0)).toStrictEqual(['upgrade_scheduled'])
    tell(moved, [])
    expect(await sync(60_000)).toStrictEqual(['/1 shows upgrade_rescheduled'])
    expect(await sync(60_000)).toStrictEqual([])
  })

  it('is closed even if it is posted after the rescheduling', async () => {
    const { tell, sync, answers } = given()
    tell(scheduled)
    answers.push(new DeliveryError('transient', 'down'))
    expect(await sync(0)).toStrictEqual(['upgrade_scheduled'])
    tell(moved)
    expect(await sync(0)).toStrictEqual(['upgrade_rescheduled'])
    expect(await sync(10_000)).toStrictEqual(['upgrade_scheduled'])
    expect(await sync(60_000)).toStrictEqual(['/1 shows upgrade_rescheduled'])
    expect(await sync(60_000)).toStrictEqual([])
  })

  it('is not changed if a silence holds the rescheduling', async () => {
    const { tell, sync } = given()
    tell(scheduled)
    await sync(0)
    tell(moved, [], '1')
    expect(await sync(60_000)).toStrictEqual([])
  })
})

describe('the message of a plan', () => {
  it('is closed if its handler does not get the end, unless the plan is scheduled again', async () => {
    const { tell, sync } = given()
    tell(scheduled)
    await sync(0)
    const cancelled = move('cancelled', { ...first, status: 'cancelled' })
    tell(cancelled, [])
    tell(move('scheduled', { ...first, height: 1_001 }), [])
    expect(await sync(60_000)).toStrictEqual([])
    tell(move('completed', { ...first, status: 'completed' }), [])
    expect(await sync(60_000)).toStrictEqual(['/1 shows upgrade_completed'])
  })

  it('is not closed before waiting notifications about it', async () => {
    const { tell, sync, answers } = given()
    tell(scheduled)
    await sync(0)
    answers.push(new DeliveryError('transient', 'down'))
    tell(move('completed', { ...first, status: 'completed' }))
    expect(await sync(60_000)).toStrictEqual(['upgrade_completed'])
    expect(await sync(100)).toStrictEqual([])
    expect(await sync(60_000)).toStrictEqual(['upgrade_completed'])
    expect(await sync(120_000)).toStrictEqual([])
  })
})
