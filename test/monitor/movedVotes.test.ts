import { asyncScheduler, map, type SchedulerLike } from 'rxjs'
import { z } from 'zod'
import { describe, expect } from 'vitest'
import type { ConfigInput } from '../../src/config/schema.js'
import { createMonitor } from '../../src/monitor.js'
import { votesOf } from '../../src/monitor/movedVotes.js'
import type { MonitorDeps } from '../../src/monitor/Monitor.js'
import { openStore } from '../../src/store/openStore.js'
import { announceUpgrade } from '../../src/domain/notifications/announceUpgrade.js'
import type { Upgrade } from '../../src/domain/upgrades/upgrade.js'
import type { UpgradeMove } from '../../src/domain/upgrades/upgradeMove.js'
import { block, byKey, move, proposal, queued, upgrade } from '../support/builders.js'
import { onOwnChain as it } from '../support/fixtures.js'
import { letters, marbles } from '../support/marbles.js'
import { headings, type LivingRoom, livingRooms } from '../support/services/livingRooms.js'
import { state, turn } from '../support/storeGiven.js'
import { chainOf, watch } from './watching.js'

/** The clock of the host, which a test can advance; timers are real. */
function clock(): { readonly scheduler: SchedulerLike; readonly passMinute: () => void } {
  let ahead = 0
  const schedule = asyncScheduler.schedule.bind(asyncScheduler)
  return {
    scheduler: { now: () => asyncScheduler.now() + ahead, schedule },
    passMinute: () => {
      ahead += 60_000
    },
  }
}

async function roomsGiven(): Promise<readonly LivingRoom[]> {
  return Promise.all(Object.values(livingRooms).map((start) => start()))
}

const events = ['voting_started']

/** One poll and its deliveries, by a new monitor, as after a restart. */
async function syncOnce(config: object, deps: MonitorDeps): Promise<void> {
  await using monitor = createMonitor(z.custom<ConfigInput>().parse(config), deps)
  await monitor.sync()
}

/** The turnout in every message of a room. */
function turnoutsIn({ transcript }: Pick<LivingRoom, 'transcript'>): readonly string[] {
  return [
    ...transcript()
      .join(' ')
      .matchAll(/Turnout: (\d+ %)/g),
  ].map(([, turnout]) => turnout ?? '')
}

describe('the message of a vote', () => {
  it('shows each new tally by an edit, without a new post, also after restarts, and no edit if nothing changed', async ({
    chain,
    place,
  }) => {
    const people = await chain.deploy()
    const rooms = await roomsGiven()
    const { scheduler, passMinute } = clock()
    const config = {
      state: place.state,
      notifier: { handlers: rooms.map(({ settings }) => ({ ...settings, events })) },
      chains: [chainOf(chain.url, people.governor)],
    }
    const sync = () => syncOnce(config, { scheduler })
    await sync()
    const id = await people.actor.propose({ description: 'Ours' })
    await people.actor.toVotingStart(id)
    await people.actor.mine(1)
    await sync()
    const posted = rooms.map((room) => headings(room))
    const asked = () => rooms.map(({ service }) => service.calls.all.length)
    const before = asked()
    await people.actor.vote(id, 1, 0)
    await sync()
    // Within the minute nothing is edited.
    expect(asked()).toStrictEqual(before)
    passMinute()
    await sync()
    expect(rooms.map((room) => turnoutsIn(room))).toStrictEqual(rooms.map(() => ['20 %']))
    expect(rooms.map((room) => headings(room))).toStrictEqual(posted)

    const edited = asked()
    expect(edited).not.toStrictEqual(before)
    passMinute()
    await people.actor.mine(3)
    await sync()
    expect(asked()).toStrictEqual(edited)
  }, 60_000)

  it('is edited during a run, except while silenced or over, and a refused edit is logged once', async ({
    chain,
    place,
  }) => {
    const people = await chain.deploy()
    const room = await livingRooms.slack()
    const { scheduler, passMinute } = clock()
    const warnings: string[] = []
    const log = {
      info: () => undefined,
      warn: (_: unknown, line: string) => warnings.push(line),
      error: () => undefined,
    }
    const config = {
      state: place.state,
      notifier: {
        handlers: [z.custom<never>().parse({ ...room.settings, events: ['voting_started', 'voting_ended'] })],
      },
      chains: [chainOf(chain.url, people.governor)],
    }
    const updates = () => room.service.calls.all.filter(({ path }) => path === '/api/chat.update').length
    await using watching = watch(config, { scheduler, log })
    const id = await people.actor.propose({ description: 'Ours' })
    await people.actor.toVotingStart(id)
    await people.actor.mine(1)
    await watching.told('voting_started', id)
    await room.service.calls.waitFor(1)
    await people.actor.vote(id, 1, 0)
    await watching.settle()
    expect(updates()).toBe(0)
    passMinute()
    await expect.poll(() => updates()).toBe(1)

    const silence = { match: { chain: 'local' }, until: scheduler.now() + 90_000, comment: '', by: 'test' }
    using store = disposable(openStore({ path: place.state }))
    store.addSilence(silence, scheduler.now())
    passMinute()
    await people.actor.vote(id, 1, 1)
    await watching.settle()
    expect(updates()).toBe(1)
    // When the silence is over, and the deferred look is due.
    room.service.fail({ status: 200, body: { ok: false, error: 'cant_update_message' } })
    passMinute()
    passMinute()
    await expect.poll(() => updates()).toBe(2)
    await expect.poll(() => warnings.some((line) => line.includes('cant_update_message'))).toBe(true)
    passMinute()
    await people.actor.vote(id, 0, 2)
    await watching.settle()
    await people.actor.mine(1)
    await watching.settle()
    expect(updates()).toBe(2)
    expect(warnings.filter((line) => line.includes('kept up to date'))).toHaveLength(1)
    expect(store.deadLetters()).toStrictEqual([])

    // A new event about it resumes the edits, here the end of the vote.
    await people.actor.pastDeadline(id)
    await watching.told('voting_ended', id)
    await expect.poll(() => headings(room)[0]).toBe('Voting ended: Ours')
    const last = updates()
    passMinute()
    await people.actor.mine(1)
    await watching.settle()
    expect(updates()).toBe(last)
  }, 90_000)
})

describe('the subjects whose messages are checked after a turn', () => {
  const voting = state({ proposals: byKey(proposal('1'), proposal('2')) })
  const [all, touched] = [turn({ state: voting }), turn({ state: voting })]
  const one = turn({
    state: voting,
    touched: { ...touched.touched, proposals: [...voting.proposals.keys()].slice(0, 1) },
  })
  const turns = letters({ a: all, o: one })
  const log = { warn: () => undefined }
  const count = map((subjects: readonly string[]) => String(subjects.length))

  it(
    'are all again after a chain was removed and added: its tallies were forgotten',
    marbles(({ hot, expectObservable }) => {
      let chains: ReadonlyMap<string, object> = new Map([[voting.chain, {}]])
      const setup = () => ({ chains, route: () => [] })
      const turn$ = hot('  -o-o-------o-o-', turns)
      hot('                -----x---------').subscribe(() => (chains = new Map()))
      hot('                -------x-------').subscribe(() => (chains = new Map([[voting.chain, {}]])))
      const { moved$ } = votesOf(turn$, { live: () => [] }, { setup, log })
      expectObservable(moved$.pipe(count)).toBe('-2-1-------2-1-')
    }),
  )

  it(
    'include plans that ended or were replaced, and their parts; at first all',
    marbles(({ cold, expectObservable }) => {
      const [first, second] = [upgrade('1', 'v2', 1_000), upgrade('2', 'v2', 2_000)]
      const planned = state({ upgrades: queued(first, second) })
      const told = (one: UpgradeMove) => turn({ state: planned, announcements: announceUpgrade(one, block(10)) })
      const turn$ = cold(' -a-m-c-s-|', {
        a: turn({ state: planned }),
        m: told(move('rescheduled', second, { before: first })),
        c: told(move('completed', { ...second, status: 'completed' })),
        s: told(move('scheduled', second)),
      })
      const chains = new Map([[planned.chain, {}]])
      const setup = () => ({ chains, route: () => [] })
      const { moved$ } = votesOf(turn$, { live: () => [] }, { setup, log })
      const withParts = ({ key }: Upgrade) => [key, `${key}/preflight`, `${key}/hook`]
      expectObservable(moved$).toBe('-a-m-c---|', {
        a: [...withParts(first), ...withParts(second)],
        m: withParts(first),
        c: withParts(second),
      })
    }),
  )

  it(
    'are all again in a later run of the same monitor',
    marbles(({ cold, expectObservable }) => {
      const chains = new Map([[voting.chain, {}]])
      const setup = () => ({ chains, route: () => [] })
      const { moved$ } = votesOf(cold('-o-o-|', turns), { live: () => [] }, { setup, log })
      expectObservable(moved$.pipe(count)).toBe('-2-1-|')
      expectObservable(moved$.pipe(count), '--------^').toBe('---------2-1-|')
    }),
  )
})

function disposable<T extends { readonly close: () => void }>(store: T): T & Disposable {
  return { ...store, [Symbol.dispose]: () => store.close() }
}
