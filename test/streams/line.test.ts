import { EMPTY, map } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { eventsToSchedule } from '../monitor/upgradeStory.js'
import { defaultPriorities } from '../../src/domain/notifications/notification.js'
import type { Turn } from '../../src/domain/chainState.js'
import { newChain } from '../../src/domain/newChain.js'
import type { Proposal } from '../../src/domain/proposals/proposal.js'
import type { Reading } from '../../src/domain/reading.js'
import { parseReminder } from '../../src/domain/upgrades/reminder.js'
import type { WriteOutcome } from '../../src/domain/upgrades/writeOutcome.js'
import { pipeStages, type StageOptions, stagesOf } from '../../src/streams/pipeStages.js'
import { watchChain } from '../../src/streams/watchChain.js'
import { failure, proposal, reading, tally } from '../support/builders.js'
import { letters, marbles } from '../support/marbles.js'
import { key, passed, read, wrote, run, told } from './lineGiven.js'

/** A proposal with its vote from block 12 to 30 and a quorum of two votes. */
const at = (status: Proposal['status'], yes = 0n): Proposal =>
  passed({ status, votingStart: 12n, votingEnd: 30n, tally: tally(yes, { quorumReached: yes > 1n }) })

const readings = letters<Reading>({
  v: reading(20, [at('voting')]),
  p: reading(31, [at('passed', 2n)]),
  x: failure(32),
  b: reading(25),
  d: reading(100),
  e: reading(101),
  f: reading(103),
})
const turns = letters({
  V: 'reading 20: new_proposal',
  P: 'reading 31: quorum_reached, voting_ended, proposal_passed, upgrade_scheduled',
  X: 'failure 31: ',
  B: 'reading 31: ',
  D: 'reading 100: due v2',
  // Due at every reading until the writer has answered.
  E: 'reading 101: due v2',
  W: 'write 101: upgrade_triggered',
  F: 'reading 103: upgrade_completed',
})
/** The cause of a turn, the head, what is announced and what is due. */
function inShort({ cause, state, announcements, due }: Turn): string {
  const told = [...announcements.map(({ notification }) => notification.event), ...due.map(({ name }) => `due ${name}`)]
  return `${cause} ${state.head?.number}: ${told.join(', ')}`
}

describe('the line of stages', () => {
  it('passes on the block that a reorg went back to', () => {
    expect(run([read(90), read(91, [], { rewoundTo: 89n })]).map(({ rewoundTo }) => rewoundTo)).toStrictEqual([
      undefined,
      89n,
    ])
  })

  it('announces an upgrade from the first vote to the new binary', () => {
    const reminders = [parseReminder('20 blocks')!]
    const turns = run(
      [
        read(10),
        read(11, [at('submitted')]),
        read(13, [at('voting')]),
        read(20, [at('voting', 2n)]),
        read(31, [at('passed', 2n)]),
        read(35, [at('queued', 2n)]),
        read(40, [at('executed', 2n)]),
        read(80),
        read(99, [], { nodeVersion: 'v1' }),
        read(101, [], { nodeVersion: 'v1' }),
        wrote('written', 101),
        read(103, [], { nodeVersion: 'v1' }),
        read(104, [], { nodeVersion: 'v2' }),
        read(105, [], { nodeVersion: 'v2' }),
      ],
      { reminders },
    )
    const notifications = turns.flatMap(({ announcements }) => announcements.map(({ notification }) => notification))
    expect(notifications.map(({ event }) => event)).toStrictEqual([
      ...eventsToSchedule,
      'proposal_queued',
      'proposal_executed',
      'upgrade_imminent',
      'upgrade_triggered',
      'upgrade_completed',
    ])
    expect(notifications.map(({ priority }) => priority)).toStrictEqual(
      notifications.map(({ event }) => defaultPriorities[event]),
    )
    expect(turns.filter(({ due }) => due.length > 0).map(({ state }) => state.head?.number)).toStrictEqual([101n])
  })

  it(
    'handles a vote, a failing node that steps back, and a slow writer in the order of events',
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const reading$ = hot('-v-p-x-b-d-e---f|', readings)
      const write$ = cold('          ---(w|)', letters<WriteOutcome>({ w: { result: 'written', key } }))
      const expected = '    -V-P-X-B-D-EW--F|'
      const writeSubs = '   ---------^--!'
      const stages = pipeStages(stagesOf({ plan: { minUpgradeDelay: 0 } }))
      const execute = ({ due }: Turn) => (due.length > 0 ? write$ : EMPTY)

      const story$ = reading$.pipe(watchChain(newChain('local', 0), stages, { execute }), map(inShort))
      expectObservable(story$).toBe(expected, turns)
      expectSubscriptions(write$.subscriptions).toBe(writeSubs)
    }),
  )

  it('reschedules when the plan changes back and forth, and announces each change', () => {
    const v3 = passed({ finding: { plan: { name: 'v3', height: 110 }, origin: 'operator', problems: [] } })
    expect(told([read(90, [passed()]), read(91, [v3]), read(92, [passed()]), read(93, [v3])])).toStrictEqual([
      'new_proposal, upgrade_scheduled',
      'upgrade_rescheduled',
      'upgrade_rescheduled',
      'upgrade_rescheduled',
    ])
  })

  it('keeps the cursor, and the last block with all before it read', () => {
    const [first, second] = run([read(10, [], { nodeVersion: 'v1', warnings: ['odd'] }), read(20, [], { backlog: 5n })])
    expect(first).toMatchObject({
      warnings: ['odd'],
      time: 10_000,
      state: {
        synced: true,
        cursor: { block: 10 },
        proposalsReadTo: 10n,
        caughtUpAt: { head: 10n, time: 10_000 },
        nodeVersion: 'v1',
      },
    })
    expect(second?.state).toMatchObject({
      cursor: { block: 20 },
      proposalsReadTo: 20n,
      caughtUpAt: { head: 10n, time: 10_000 },
      nodeVersion: 'v1',
    })
  })

  it('uses the configured priorities', () => {
    const [turn] = run([read(10, [proposal('1')])], {}, { announce: { priorities: { new_proposal: 'low' } } })
    expect(turn?.announcements.map(({ notification }) => notification.priority)).toStrictEqual(['low'])
  })

  it('ignores an answer of the writer before the first reading', () => {
    expect(run([wrote('written', 1)])[0]).toMatchObject({ cause: 'write', moves: [], announcements: [] })
  })

  it('does not announce a forgotten proposal again', () => {
    const ballot = proposal('1', { votingEnd: 20n })
    const options: StageOptions = { diff: { proposalTimeout: 10_000 }, retention: { maxAge: 50_000 } }
    expect(
      told(
        [read(10, [ballot]), read(31, [ballot]), read(71, [ballot]), read(72, [ballot]), read(73, [ballot])],
        {},
        options,
      ),
    ).toStrictEqual(['new_proposal', 'voting_ended, proposal_expired', '', '', ''])
  })
})
