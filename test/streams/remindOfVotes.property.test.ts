import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { newChain } from '../../src/domain/newChain.js'
import type { Notification } from '../../src/domain/notifications/notification.js'
import { keyOf, type Proposal } from '../../src/domain/proposals/proposal.js'
import type { ReminderData } from '../../src/domain/notifications/events/proposalData.js'
import { openStore } from '../../src/store/openStore.js'
import { block, failure, genesis, proposal, reading } from '../support/builders.js'
import { stepLine } from '../support/line.js'
import { temporaryDirectory } from '../support/storeGiven.js'

const minute = 60_000
const spans: Readonly<Record<string, number>> = { '1h': 60 * minute, '10m': 10 * minute, '1m': minute }
const reminders = Object.values(spans)
const voters = ['0xa', '0xb'] as const

/** One poll. Times are in seconds and blocks. */
interface Poll {
  readonly wait: number
  readonly pace: number
  readonly kind: 'read' | 'silent' | 'behind' | 'missed' | 'restart'
  /** By proposal: whether it is read, how far its end moves, and which of our votes are known and cast. */
  readonly about: readonly {
    readonly isRead: boolean
    readonly moves: number
    readonly answered: readonly boolean[]
    readonly votes: readonly boolean[]
  }[]
}

const often = fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) })
const seldom = fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) })
const poll: fc.Arbitrary<Poll> = fc.record({
  wait: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 30, max: 900 })),
  pace: fc.constantFrom(1, 1, 1, 2, 3),
  kind: fc.constantFrom('read', 'read', 'read', 'read', 'silent', 'behind', 'missed', 'restart'),
  about: fc.array(
    fc.record({
      isRead: often,
      moves: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.integer({ min: -3_000, max: 3_000 })),
      answered: fc.tuple(often, often),
      votes: fc.tuple(seldom, seldom),
    }),
    { minLength: 3, maxLength: 3 },
  ),
})

/** The true state of a proposal. */
interface Truth {
  readonly id: string
  readonly clock: 'block' | 'timestamp'
  end: bigint
  readonly voted: Set<string>
}

interface Told extends Pick<Notification, 'id' | 'event'> {
  readonly key: string
  readonly data: ReminderData
}

it('reminds of each vote once, never after we voted or after its end, and never guesses a vote', () => {
  using directory = temporaryDirectory()
  let run = 0
  fc.assert(
    fc.property(fc.array(poll, { minLength: 10, maxLength: 60 }), (polls) => {
      const path = join(directory.path, `${(run += 1)}.db`)
      let store = openStore({ path })
      let line = stepLine({ remind: { reminders, voters } })
      let state = newChain('local', 0)
      let [second, height] = [1_000, 1_000n]
      const truths = [
        { id: '1', clock: 'timestamp', end: genesis + 6_000n, voted: new Set<string>() },
        { id: '2', clock: 'timestamp', end: genesis + 9_000n, voted: new Set<string>() },
        { id: '3', clock: 'block', end: 6_000n, voted: new Set<string>() },
      ] satisfies Truth[]
      const given: Told[] = []

      for (const { wait, pace, kind, about } of polls) {
        const blocks = BigInt(Math.max(1, Math.floor(wait / pace)))
        second += Number(blocks) * pace
        height += blocks
        const head = { ...block(height), timestamp: genesis + BigInt(second) }
        const now = (clock: Truth['clock']): bigint => (clock === 'block' ? height : head.timestamp)
        for (const [at, truth] of truths.entries()) {
          if (now(truth.clock) >= truth.end) continue
          truth.end += BigInt(about[at]?.moves ?? 0)
          for (const [who, voter] of voters.entries()) if (about[at]?.votes[who] === true) truth.voted.add(voter)
        }
        if (kind === 'restart') {
          store.close()
          store = openStore({ path })
          state = store.load('local') ?? state
          line = stepLine({ remind: { reminders, voters } })
        }
        const isRead = kind !== 'silent' && kind !== 'missed'
        const answered = (at: number): readonly string[] =>
          isRead && about[at]?.isRead === true ? voters.filter((_, who) => about[at]?.answered[who] === true) : []
        const snapshots = truths.flatMap(({ id, clock, end, voted }, at): Proposal[] =>
          isRead && about[at]?.isRead === true
            ? [
                proposal(id, {
                  clock,
                  votingStart: clock === 'block' ? 1n : genesis,
                  votingEnd: end,
                  status: now(clock) >= end ? 'passed' : 'voting',
                  attendance: {
                    voted: answered(at).filter((voter) => voted.has(voter)),
                    missing: answered(at).filter((voter) => !voted.has(voter)),
                  },
                }),
              ]
            : [],
        )
        const turn = line(
          state,
          kind === 'missed'
            ? { type: 'missed', reading: failure(second) }
            : {
                type: 'reading',
                reading: reading(second, snapshots, { head, at: head, backlog: kind === 'behind' ? 1n : 0n }),
              },
        )
        store.commit(turn, () => [])
        ;({ state } = turn)
        const told = turn.announcements.flatMap(({ subject, notification: { id, event, data } }): Told[] =>
          'ownVotes' in data && subject !== undefined ? [{ id, event, key: subject, data }] : [],
        )

        for (const { key, event, data } of told) {
          const at = truths.findIndex(({ id }) => keyOf(proposal(id)) === key)
          const truth = truths[at]
          if (truth === undefined) throw new Error(`Nobody knows ${key}.`)
          const known = state.proposals.get(key)?.votingEnd ?? 0n
          // Unknown votes are reported as unknown, and all others are true.
          expect(data.ownVotes).toStrictEqual(
            voters.map((address) => ({
              address,
              vote: !answered(at).includes(address) ? 'unknown' : truth.voted.has(address) ? 'voted' : 'not_voted',
            })),
          )
          expect([kind === 'missed', kind === 'behind']).toStrictEqual([false, false])
          expect(now(truth.clock)).toBeLessThan(known)
          if (event === 'not_voted') expect(truth.voted.size).toBeLessThan(voters.length)
          if (event === 'voted') expect(truth.voted.size).toBe(voters.length)
          const ms = data.reminder === null ? undefined : spans[data.reminder]
          if (ms !== undefined && truth.clock === 'timestamp')
            expect((known - head.timestamp) * 1_000n).toBeLessThanOrEqual(BigInt(ms))
        }
        given.push(...told)

        // Everything due has been announced, now or before.
        const tightestOf = (key: string, event: string): number =>
          Math.min(
            Infinity,
            ...given.flatMap((one) =>
              one.key === key && one.event === event ? [spans[one.data.reminder ?? ''] ?? Infinity] : [],
            ),
          )
        for (const [at, { id, clock, voted }] of truths.entries()) {
          const key = keyOf(proposal(id))
          const { votingEnd = 0n, status } = state.proposals.get(key) ?? {}
          if (clock === 'block' || status !== 'voting' || kind === 'missed' || kind === 'behind') continue
          const left = Number(votingEnd - head.timestamp) * 1_000
          const dueOf = (most: number): number =>
            Math.min(Infinity, ...reminders.filter((ms) => left > 0 && left <= ms && ms < most))
          const due = dueOf(Infinity)
          // The end of a vote no longer than the reminder was announced at its start.
          const ending = dueOf(Number(votingEnd - genesis) * 1_000)
          if (ending < Infinity) expect(tightestOf(key, 'voting_ending_soon')).toBeLessThanOrEqual(ending)
          if (due === Infinity) continue
          if (answered(at).some((voter) => !voted.has(voter)))
            expect(tightestOf(key, 'not_voted')).toBeLessThanOrEqual(due)
        }
      }
      store.close()

      const facts = given.map(({ key, event, data }) => [key, event, data.reminder].join(' '))
      expect(new Set(facts).size).toBe(facts.length)
      for (const [at, { key, event }] of given.entries())
        if (event === 'not_voted')
          expect(given.slice(0, at).some((one) => one.key === key && one.event === 'voted')).toBe(false)
      for (const key of new Set(given.filter(({ event }) => event === 'not_voted').map((one) => one.key))) {
        const truth = truths.find(({ id }) => keyOf(proposal(id)) === key)
        const isClosed = given.some((one) => one.key === key && one.event === 'voted')
        if (isClosed) expect(truth?.voted.size).toBe(voters.length)
      }
    }),
    { numRuns: 30 },
  )
})
