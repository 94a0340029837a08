import { describe, expect, it } from 'vitest'
import type { ChainState, Turn } from '../../src/domain/chainState.js'
import { defaultPriorities } from '../../src/domain/notifications/notification.js'
import { keyOf, type Proposal } from '../../src/domain/proposals/proposal.js'
import type { GoodReading } from '../../src/domain/reading.js'
import { parseReminder } from '../../src/domain/upgrades/reminder.js'
import { newChain } from '../../src/domain/newChain.js'
import type { PlanOptions } from '../../src/domain/upgrades/scheduling.js'
import type { WriteOutcome } from '../../src/domain/upgrades/upgrade.js'
import type { ChainEvent } from '../../src/streams/draft.js'
import type { LineOptions } from '../../src/streams/line.js'
import { block, failure, genesis, hashOf, proposal, reading, tally, upgradeProposal } from '../support/builders.js'
import { stepLine } from '../support/line.js'

const passed = (parts: Partial<Proposal> = {}): Proposal =>
  upgradeProposal('1', 'v2', 100, { status: 'passed', ...parts })
const key = keyOf(passed())
const read = (at: number, proposals: readonly Proposal[] = [], parts: Partial<GoodReading> = {}): ChainEvent => ({
  type: 'reading',
  reading: reading(at, proposals, parts),
})
/** The same an hour and a half later in the life of the chain. */
const later = (event: ChainEvent): ChainEvent => {
  if (event.type !== 'reading') return event
  const at = Number(event.reading.head.number) + 5_400
  return {
    type: 'reading',
    reading: { ...event.reading, readAt: at * 1000, head: block(at), at: block(at), previous: block(at - 1) },
  }
}
const fails = (at: number, message?: string, kind?: 'transient' | 'permanent'): ChainEvent => ({
  type: 'missed',
  reading: failure(at, message, kind),
})
const wrote = (result: 'written' | 'skipped', second: number): ChainEvent => ({
  type: 'wrote',
  outcome: { result, key },
  hostTime: second * 1000,
})
const answered = (outcome: WriteOutcome, second: number): ChainEvent => ({
  type: 'wrote',
  outcome,
  hostTime: second * 1000,
})

function run(events: readonly ChainEvent[], plan: PlanOptions = {}, options: LineOptions = {}): readonly Turn[] {
  let state: ChainState = newChain('local', 0)
  const step = stepLine({ ...options, plan: { minUpgradeDelay: 0, ...plan } })
  return events.map((event) => {
    const turn = step(state, event)
    state = turn.state
    return turn
  })
}
/** What each turn tells, and whom it wants written. */
const told = (...given: Parameters<typeof run>): readonly string[] =>
  run(...given).map(({ announcements, due }) =>
    [...announcements.map(({ notification }) => notification.event), ...due.map(({ name }) => `due ${name}`)].join(
      ', ',
    ),
  )

describe('the line of stages', () => {
  it('names the block that a reorg went back to, so that what was kept of the others can go', () => {
    expect(run([read(90), read(91, [], { rewoundTo: 89n })]).map(({ rewoundTo }) => rewoundTo)).toStrictEqual([
      undefined,
      89n,
    ])
  })

  it('tells the life of an upgrade from the first vote to the new binary', () => {
    const at = (status: Proposal['status'], yes = 0n): Proposal =>
      passed({ status, votingStart: 12n, votingEnd: 30n, tally: tally(yes, { quorumReached: yes > 1n }) })
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
      'new_proposal',
      'voting_started',
      'quorum_reached',
      'voting_ended',
      'proposal_passed',
      'upgrade_scheduled',
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

  describe('at the first sync', () => {
    it('announces what is open once, nothing that was over, and schedules what is ahead', () => {
      const history = [
        proposal('2', { status: 'executed' }),
        proposal('3', { status: 'rejected' }),
        proposal('4'),
        passed(),
      ]
      expect(told([read(60, history), read(61, history)])).toStrictEqual([
        'new_proposal, new_proposal, upgrade_scheduled',
        '',
      ])
    })

    it('is silent until it has caught up, and writes nothing before', () => {
      const turns = told([read(40, [passed()], { backlog: 70n }), read(105, [], { backlog: 5n }), read(110)], {})
      expect(turns).toStrictEqual(['', '', 'new_proposal, upgrade_refused'])
    })

    it('serves the height that the chain stands at, and refuses aloud what lies behind by no more than lateLimit', () => {
      expect(told([read(100, [passed({ status: 'executed' })])])).toStrictEqual(['upgrade_scheduled, due v2'])
      expect(told([read(200, [passed()], { previous: block(190) })], { lateLimit: 100_000 })).toStrictEqual([
        'new_proposal, upgrade_refused',
      ])
      expect(told([read(201, [passed()], { previous: block(191) })], { lateLimit: 100_000 })).toStrictEqual([''])
    })

    it('refuses aloud what passed too late for its height, within lateLimit', () => {
      expect(told([read(100, [passed({ votingEnd: 100n })])])).toStrictEqual(['new_proposal, upgrade_refused'])
    })

    it('records in silence a plan that passed and is long behind, and never writes it', () => {
      const turns = run([read(100, [passed({ status: 'executed' })]), read(101), read(200)].map(later))
      expect(turns.flatMap(({ announcements }) => announcements)).toStrictEqual([])
      expect(turns.flatMap(({ due }) => due)).toStrictEqual([])
      expect(turns[2]?.state.upgrades.get(key)).toMatchObject({
        status: 'past',
        reasons: [expect.stringMatching(/^height already passed/)],
      })
    })
  })

  describe('one block with an absurd time', () => {
    const absurd = (at: number, timestamp: bigint): ChainEvent =>
      read(at, [], { head: block(at, { timestamp }), at: block(at, { timestamp }) })
    const far = 4_102_444_800n

    it('ends no delay, and the next one that fits is believed', () => {
      const events = [read(60, [passed()]), read(99), absurd(101, far), read(102), read(700)]
      expect(told(events, { minUpgradeDelay: 600_000 })).toStrictEqual([
        'new_proposal, upgrade_scheduled',
        '',
        '',
        '',
        'due v2',
      ])
    })

    it('in the past makes no delay look long, where the plan is scheduled at it', () => {
      const events = [
        read(50),
        read(60, [passed()], { head: block(60, { timestamp: 5n }), at: block(60, { timestamp: 5n }) }),
        read(101),
        read(640),
        read(661),
      ]
      expect(told(events, { minUpgradeDelay: 600_000 })).toStrictEqual([
        '',
        'new_proposal, voting_ended, proposal_passed, upgrade_scheduled',
        '',
        '',
        'due v2',
      ])
    })

    it('expires no vote, and forgets no proposal and no upgrade', () => {
      const open = proposal('4', { clock: 'timestamp', votingStart: genesis, votingEnd: genesis + 70n })
      const over = proposal('3', { status: 'rejected', closedAt: { block: 50n, timestamp: block(50).timestamp } })
      const turns = run([read(60, [passed(), open, over]), read(100), absurd(101, far), read(102)])
      expect(turns.flatMap(({ forgotten }) => forgotten)).toStrictEqual([])
      expect(
        [...(turns[2]?.state.proposals.values() ?? [])].map(({ id, status }) => [id, status]).sort(),
      ).toStrictEqual([
        ['1', 'passed'],
        ['3', 'rejected'],
        ['4', 'voting'],
      ])
      expect(turns[2]?.state.head?.timestamp).toBe(far)
    })

    it('is no measure of the pace of blocks, and none for the blocks around it', () => {
      const turns = run([read(60), read(99), absurd(101, far), read(102)])
      expect(turns.map(({ state }) => state.blockTime.samples.map(({ number }) => Number(number)))).toStrictEqual([
        [60],
        [60, 99],
        [60, 99],
        [60, 99, 102],
      ])
    })

    it('counts once the next reading tells it again', () => {
      const open = proposal('4', { clock: 'timestamp', votingStart: genesis, votingEnd: genesis + 70n })
      const turns = run([read(60, [open]), absurd(101, genesis + 200_000n), absurd(101, genesis + 200_000n)])
      expect(turns.map(({ state }) => state.proposals.get(keyOf(open))?.status)).toStrictEqual([
        'voting',
        'voting',
        'expired',
      ])
    })
  })

  describe('writing', () => {
    it('still writes for a height that lay between two polls', () => {
      expect(told([read(90), read(105, [passed()])])).toStrictEqual([
        '',
        'new_proposal, voting_ended, proposal_passed, upgrade_scheduled, due v2',
      ])
      expect(told([read(90, [passed()]), read(105)])).toStrictEqual(['new_proposal, upgrade_scheduled', 'due v2'])
    })

    it('refuses after an absence beyond the limit', () => {
      expect(told([read(90, [passed()]), read(4_000)])).toStrictEqual([
        'new_proposal, upgrade_scheduled',
        'upgrade_refused',
      ])
      expect(told([read(90, [passed()]), read(4_000)], { lateLimit: 86_400_000 })).toStrictEqual([
        'new_proposal, upgrade_scheduled',
        'due v2',
      ])
    })

    it('tells a failed write once and tries again at each poll', () => {
      const full = answered({ result: 'failed', key, reason: 'The disk is full.' }, 100)
      const other = answered({ result: 'failed', key, reason: 'The disk is read-only.' }, 102)
      expect(
        told([
          read(90, [passed()]),
          read(100),
          full,
          read(101),
          full,
          read(102),
          other,
          read(103),
          wrote('written', 103),
        ]),
      ).toStrictEqual([
        'new_proposal, upgrade_scheduled',
        'due v2',
        'upgrade_failed',
        'due v2',
        '',
        'due v2',
        '',
        'due v2',
        'upgrade_triggered',
      ])
    })

    describe('where somebody else holds the file', () => {
      const notOurs = (at: number) => answered({ result: 'refused', key, reason: 'Not ours.' }, at)

      it('tells so once, and writes when the file has gone away', () => {
        expect(
          told([
            read(90, [passed()]),
            read(100),
            notOurs(100),
            read(101),
            notOurs(101),
            read(102),
            wrote('written', 102),
          ]),
        ).toStrictEqual([
          'new_proposal, upgrade_scheduled',
          'due v2',
          'upgrade_refused',
          'due v2',
          '',
          'due v2',
          'upgrade_triggered',
        ])
      })

      it('keeps another plan of its name out meanwhile, and gives up after the late limit', () => {
        const again = upgradeProposal('2', 'v2', 300, { status: 'passed' })
        expect(
          told([read(90, [passed()]), read(100), notOurs(100), read(110, [again]), read(161), read(162)], {
            lateLimit: 60_000,
          }),
        ).toStrictEqual([
          'new_proposal, upgrade_scheduled',
          'due v2',
          'upgrade_refused',
          'new_proposal, voting_ended, proposal_passed, upgrade_refused, due v2',
          '',
          'upgrade_scheduled',
        ])
        expect(
          told([read(90, [passed()]), read(100), notOurs(100), read(160), read(161)], { lateLimit: 60_000 }),
        ).toStrictEqual(['new_proposal, upgrade_scheduled', 'due v2', 'upgrade_refused', 'due v2', ''])
      })

      it('never writes it after a later plan has come to its own height', () => {
        const later = upgradeProposal('2', 'v3', 110, { status: 'passed' })
        const refused = {
          ...notOurs(110),
          outcome: { result: 'refused', key: keyOf(later), reason: 'Not ours.' },
        } as const
        expect(
          told([read(90, [passed(), later]), read(100), notOurs(100), read(105), read(110), refused, read(111)]),
        ).toStrictEqual([
          'new_proposal, new_proposal, upgrade_scheduled, upgrade_scheduled',
          'due v2',
          'upgrade_refused',
          'due v2',
          'due v3',
          'upgrade_refused',
          'due v3',
        ])
      })

      it('writes nothing any more once the proposal is lost', () => {
        expect(
          told([read(90, [passed()]), read(100), notOurs(100), read(101, [passed({ status: 'canceled' })]), read(102)]),
        ).toStrictEqual(['new_proposal, upgrade_scheduled', 'due v2', 'upgrade_refused', 'proposal_canceled', ''])
        const gone = { retracted: [key], rewoundTo: 90n }
        expect(
          told([
            read(90, [passed()]),
            read(100),
            notOurs(100),
            read(95, [], { ...gone, backlog: 6n }),
            read(101),
            read(102),
          ]).slice(3),
        ).toStrictEqual(['proposal_retracted', '', ''])
        expect(told([read(90, [passed()]), read(100), notOurs(100), read(101, [], gone), read(102)])).toStrictEqual([
          'new_proposal, upgrade_scheduled',
          'due v2',
          'upgrade_refused',
          'proposal_retracted',
          '',
        ])
      })
    })

    it('tells what to look at where a plan is sound but careless', () => {
      const info = { binaries: { 'linux/amd64': 'https://example.org/node' } }
      const [turn] = run([
        read(90, [passed({ finding: { plan: { name: 'v2', height: 100, info }, origin: 'call', problems: [] } })]),
      ])
      expect(turn?.state.upgrades.get(key)).toMatchObject({
        status: 'scheduled',
        reasons: [expect.stringMatching(/checksum/)],
      })
      expect(turn?.announcements.at(-1)?.notification.message).toMatch(/checksum/)
    })

    it.each<[string, PlanOptions]>([
      ['on schedule', { when: 'on-schedule' }],
      ['by a lead', { leadBlocks: 10 }],
    ])('writes ahead %s, and triggers at the height', (_, plan) => {
      expect(
        told([read(90, [passed()]), wrote('written', 90), read(99), read(100), wrote('written', 100), read(102)], plan),
      ).toStrictEqual([
        'new_proposal, upgrade_scheduled, due v2',
        '',
        '',
        'due v2',
        'upgrade_triggered',
        'upgrade_completed',
      ])
    })

    it('writes nothing while a backlog may hold a cancellation', () => {
      expect(
        told([read(90, [passed()]), read(105, [], { backlog: 3n }), read(108, [passed({ status: 'canceled' })])]),
      ).toStrictEqual(['new_proposal, upgrade_scheduled', '', 'proposal_canceled, upgrade_cancelled'])
    })
  })

  describe('a reorg', () => {
    it('cancels before it is written', () => {
      expect(
        told([read(90, [passed()]), read(100, [], { retracted: [key], rewoundTo: 88n }), read(101)]),
      ).toStrictEqual(['new_proposal, upgrade_scheduled', 'proposal_retracted, upgrade_cancelled', ''])
    })

    it('cancels even where the retraction came with a portion of a backlog', () => {
      expect(
        told([read(90, [passed()]), read(95, [], { retracted: [key], rewoundTo: 88n, backlog: 10n }), read(105)]),
      ).toStrictEqual(['new_proposal, upgrade_scheduled', 'proposal_retracted', 'upgrade_cancelled'])
    })

    it('tells a proposal that comes back in another block anew', () => {
      const again = passed({ origin: { block: 2n, hash: hashOf(2n, 7), index: 0 } })
      const turns = run([read(90, [passed()]), read(91, [], { retracted: [key], rewoundTo: 0n }), read(92, [again])])
      expect(turns[2]?.announcements.map(({ notification }) => notification.event)).toStrictEqual([
        'new_proposal',
        'voting_ended',
        'proposal_passed',
        'upgrade_scheduled',
      ])
      const ids = turns.flatMap(({ announcements }) => announcements.map(({ notification }) => notification.id))
      expect(new Set(ids).size).toBe(ids.length)
    })
  })

  describe('completion', () => {
    const begin = [
      read(99, [passed()], { nodeVersion: 'v1' }),
      read(100, [], { nodeVersion: 'v1' }),
      wrote('written', 100),
    ]
    const stallTimeout = 20_000

    it.each<[string, readonly ChainEvent[], PlanOptions, readonly string[]]>([
      ['another version', [read(102, [], { nodeVersion: 'v2' })], {}, ['upgrade_completed']],
      [
        'the same version after an outage, where nobody is known to change it',
        [fails(101), read(103, [], { nodeVersion: 'v1' })],
        {},
        ['', 'upgrade_restarted, upgrade_completed'],
      ],
      [
        'the same version after an outage, which is a restart',
        [
          fails(101),
          read(103, [], { nodeVersion: 'v1' }),
          read(104, [], { nodeVersion: 'v1' }),
          read(105, [], { nodeVersion: 'v2' }),
        ],
        { profile: 'wemixvisor' },
        ['', 'upgrade_restarted', '', 'upgrade_completed'],
      ],
      [
        'the height alone, where told so',
        [read(102, [], { nodeVersion: 'v1' })],
        { completion: 'height' },
        ['upgrade_completed'],
      ],
      [
        'a stall, and an end after all',
        [read(100, [], { readAt: 121_000 }), read(102, [], { readAt: 130_000, nodeVersion: 'v2' })],
        { stallTimeout },
        ['upgrade_failed', 'upgrade_completed'],
      ],
      ['an old binary that runs on', [read(121, [], { nodeVersion: 'v1' })], { stallTimeout }, ['upgrade_failed']],
    ])('is judged by %s', (_, events, plan, expected) => {
      expect(told([...begin, ...events], plan).slice(begin.length)).toStrictEqual(expected)
    })
  })

  it('reschedules when the plan changes, back and forth, and says so each time', () => {
    const v3 = passed({ finding: { plan: { name: 'v3', height: 110 }, origin: 'operator', problems: [] } })
    expect(told([read(90, [passed()]), read(91, [v3]), read(92, [passed()]), read(93, [v3])])).toStrictEqual([
      'new_proposal, upgrade_scheduled',
      'upgrade_rescheduled',
      'upgrade_rescheduled',
      'upgrade_rescheduled',
    ])
  })

  describe('health', () => {
    it('tells that a chain is down, and back, and leaves all else alone', () => {
      const turns = run(
        [read(10, [passed()]), fails(11), fails(12), fails(13), fails(14), read(15)],
        {},
        { health: { downAfter: 2_000, recoverAfter: 0 } },
      )
      expect(
        turns.map(({ announcements }) => announcements.map(({ notification }) => notification.event).join()),
      ).toStrictEqual(['new_proposal,upgrade_scheduled', '', '', 'source_down', '', 'source_recovered'])
      const { health: _before, ...before } = turns[0]!.state
      const { health: _after, ...after } = turns[4]!.state
      expect(after).toStrictEqual(before)
      expect(turns[3]).toMatchObject({ cause: 'failure', failure: { message: 'node.example is down.' } })
    })

    it('takes nothing from a node that steps back but that it lives', () => {
      const turns = run([read(10, [passed()]), read(9, [passed({ status: 'canceled' })]), read(11)])
      expect(turns[1]).toMatchObject({ changes: [], moves: [], due: [], announcements: [] })
      expect(turns[1]?.state).toMatchObject({
        head: block(10),
        readTo: 10n,
        cursor: { block: 10 },
        health: { lastGoodAt: 9_000 },
      })
      expect(turns[1]?.state.health.problem).toMatch(/block 9, and block 10/)
    })

    it('calls a node that keeps stepping back stalled', () => {
      expect(
        told([read(1_000), read(999, [], { readAt: 1_700_000 })], {}, { health: { stallAfter: 600_000 } }),
      ).toStrictEqual(['', 'source_down'])
    })
  })

  it('keeps where the next reading starts, and up to where nothing was overlooked', () => {
    const [first, second] = run([read(10, [], { nodeVersion: 'v1', warnings: ['odd'] }), read(20, [], { backlog: 5n })])
    expect(first).toMatchObject({
      warnings: ['odd'],
      time: 10_000,
      state: {
        synced: true,
        cursor: { block: 10 },
        readTo: 10n,
        watched: { head: 10n, time: 10_000 },
        nodeVersion: 'v1',
      },
    })
    expect(second?.state).toMatchObject({
      cursor: { block: 20 },
      readTo: 20n,
      watched: { head: 10n, time: 10_000 },
      nodeVersion: 'v1',
    })
  })

  it('uses the priorities of the operator', () => {
    const [turn] = run([read(10, [proposal('1')])], {}, { announce: { priorities: { new_proposal: 'low' } } })
    expect(turn?.announcements.map(({ notification }) => notification.priority)).toStrictEqual(['low'])
  })

  it('does not mind an answer before the first reading', () => {
    expect(run([wrote('written', 1)])[0]).toMatchObject({ cause: 'write', moves: [], announcements: [] })
  })

  it('does not announce again what it has forgotten', () => {
    const ballot = proposal('1', { votingEnd: 20n })
    const options: LineOptions = { diff: { proposalTimeout: 10_000 }, bounds: { maxAge: 50_000 } }
    expect(
      told(
        [read(10, [ballot]), read(31, [ballot]), read(71, [ballot]), read(72, [ballot]), read(73, [ballot])],
        {},
        options,
      ),
    ).toStrictEqual(['new_proposal', 'voting_ended, proposal_expired', '', '', ''])
  })
})
