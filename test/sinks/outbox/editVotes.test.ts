import { join } from 'node:path'
import { lastValueFrom, NEVER, toArray } from 'rxjs'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { SendRate } from '../../../src/channels/Channel.js'
import { DeliveryError } from '../../../src/domain/errors.js'
import type { Notification } from '../../../src/domain/notifications/notification.js'
import { announceProposal } from '../../../src/domain/notifications/announceProposal.js'
import { keyOf } from '../../../src/domain/proposals/proposal.js'
import { createPacer } from '../../../src/sinks/outbox/createPacer.js'
import { deliverDue } from '../../../src/sinks/outbox/deliverDue.js'
import type { EditFailure, OutboxLane } from '../../../src/sinks/outbox/OutboxOptions.js'
import { openStore } from '../../../src/store/openStore.js'
import { at, holding, proposal, state, temporaryDirectory, turn } from '../../support/storeGiven.js'

const voted = (yes: bigint) => proposal('1', { tally: { yes, no: 0n, abstain: 0n, unit: 'votes' } })

/** A handler that edits, a state in a file, and a clock. */
function given({ canEdit = true, rate }: { readonly canEdit?: boolean; readonly rate?: SendRate } = {}) {
  const directory = temporaryDirectory()
  const path = join(directory.path, 'a.db')
  let store = openStore({ path })
  onTestFinished(() => {
    store.close()
    directory[Symbol.dispose]()
  })
  let now = 1_000_000
  let yes = 0n
  let told = 0
  const called: string[] = []
  const answers: (Error | undefined)[] = []
  const failures: EditFailure[] = []
  const answer = (what: string): Promise<object> => {
    called.push(what)
    const failure = answers.shift()
    return failure === undefined ? Promise.resolve({ ts: '1' }) : Promise.reject(failure)
  }
  const votesFor = ({ data }: Notification): string => ('tally' in data ? (data.tally?.yes ?? '') : '')
  const edit = (notification: Notification): Promise<object> => answer(`edit ${votesFor(notification)}`)
  const newPacer = () => createPacer(rate)
  let pacer = newPacer()
  const lane = (): OutboxLane => ({
    pacer,
    handler: { type: 'chat', handle: ({ event }) => answer(event), ...(canEdit && { edit }) },
    timeoutMs: 1_000,
  })
  return {
    called,
    failures,
    answers,
    tell: () => {
      const announcements = announceProposal(['voting_started'], voted(yes), {
        at: 10n,
        time: 20n,
        extra: `${(told += 1)}`,
      })
      store.commit(turn({ announcements, time: now }), () => ['chat'])
    },
    sync: async (ms: number, votes?: bigint) => {
      now += ms
      yes = votes ?? yes
      const states = () => [state({ proposals: holding(voted(yes)), head: at(11n) })]
      const source = { moved$: NEVER, states, route: () => [], onFailure: (one: EditFailure) => failures.push(one) }
      const options = { store, handlers: new Map([['chat', lane()]]), now: () => now, random: () => 1, votes: source }
      await lastValueFrom(deliverDue(options).pipe(toArray()), { defaultValue: [] })
      return called.splice(0)
    },
    restart: () => {
      store.close()
      store = openStore({ path })
      pacer = newPacer()
    },
    spareWaitMs: () => pacer.spareWaitMs(now),
    store: () => store,
  }
}

describe('the message of a vote', () => {
  it('is edited a minute after it was posted, with the newest tally, once', async () => {
    const { sync, tell } = given()
    tell()
    expect(await sync(0)).toStrictEqual(['voting_started'])
    expect(await sync(59_000, 5n)).toStrictEqual([])
    expect(await sync(1_000, 7n)).toStrictEqual(['edit 7'])
    expect(await sync(90_000)).toStrictEqual([])
  })

  it('is edited after a restart only if it shows an outdated tally', async () => {
    const { sync, tell, restart } = given()
    tell()
    await sync(0)
    await sync(60_000, 7n)
    restart()
    expect(await sync(60_000)).toStrictEqual([])
    expect(await sync(0, 8n)).toStrictEqual(['edit 8'])
  })

  it('is not edited while a notification about it still waits', async () => {
    const { sync, tell, answers } = given()
    tell()
    await sync(0)
    tell()
    answers.push(new DeliveryError('transient', 'down'))
    expect(await sync(100_000, 7n)).toStrictEqual(['voting_started'])
    expect(await sync(100)).toStrictEqual([])
  })

  it('is edited a minute after a failure, with the newest tally, and the failure is reported once', async () => {
    const { sync, tell, answers, failures } = given()
    tell()
    await sync(0)
    answers.push(new DeliveryError('transient', 'down'))
    expect(await sync(60_000, 7n)).toStrictEqual(['edit 7'])
    expect(await sync(30_000)).toStrictEqual([])
    // What is shown is unknown, so it is edited with an unchanged tally.
    expect(await sync(30_000, 0n)).toStrictEqual(['edit 0'])
    expect(failures).toMatchObject([{ handler: 'chat', subject: keyOf(voted(0n)), isRefused: false, reason: 'down' }])
  })

  it('is not edited after a refusal, across restarts, until a new notification is posted', async () => {
    const { sync, tell, restart, answers, failures, store } = given()
    tell()
    await sync(0)
    answers.push(new DeliveryError('permanent', 'gone'))
    await sync(60_000, 7n)
    restart()
    expect(await sync(60_000, 8n)).toStrictEqual([])
    expect(failures).toMatchObject([{ isRefused: true, reason: 'gone' }])
    expect(store().deadLetters()).toStrictEqual([])
    tell()
    expect(await sync(0)).toStrictEqual(['voting_started'])
    expect(await sync(60_000, 9n)).toStrictEqual(['edit 9'])
  })

  it('is not read for a handler that cannot edit', async () => {
    const { sync, tell } = given({ canEdit: false })
    tell()
    await sync(0)
    expect(await sync(60_000, 7n)).toStrictEqual([])
  })
})

describe('a pause requested by a service', () => {
  it('survives a restart, applies to all of its handler, and lasts no longer than requested', async () => {
    const { sync, tell, restart, answers } = given()
    tell()
    answers.push(new DeliveryError('transient', 'busy', 90_000))
    expect(await sync(0)).toStrictEqual(['voting_started'])
    restart()
    tell()
    expect(await sync(89_999)).toStrictEqual([])
    expect(await sync(1)).toStrictEqual(['voting_started', 'voting_started'])
  })

  it('after an edit applies to notifications, too', async () => {
    const { sync, tell, restart, answers } = given()
    tell()
    await sync(0)
    answers.push(new DeliveryError('transient', 'busy', 90_000))
    await sync(60_000, 7n)
    restart()
    tell()
    expect(await sync(89_999)).toStrictEqual([])
    expect(await sync(1)).toStrictEqual(['voting_started'])
  })
})

describe('the rate of a handler', () => {
  it('counts deliveries before a restart, before the first edit', async () => {
    const { restart, spareWaitMs, sync, tell } = given({ rate: { count: 4, perMs: 3_600_000 } })
    tell()
    await sync(0)
    restart()
    expect(await sync(60_000, 5n)).toStrictEqual(['edit 5'])
    expect(spareWaitMs()).toBe(3_540_000)
  })
})
