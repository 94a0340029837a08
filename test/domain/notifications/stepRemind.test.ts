import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChainState } from '../../../src/domain/chainState.js'
import { notificationId } from '../../../src/domain/notifications/announcement.js'
import { newChain } from '../../../src/domain/newChain.js'
import { type RemindOptions, stepRemind } from '../../../src/domain/notifications/stepRemind.js'
import { keyOf, type Proposal } from '../../../src/domain/proposals/proposal.js'
import { block, byKey, failure, genesis, proposal, reading } from '../../support/builders.js'
import { stepLine } from '../../support/line.js'

const minute = 60_000
const spans: Readonly<Record<string, number>> = { '1h': 60 * minute, '10m': 10 * minute, '1m': minute }
const reminders = Object.values(spans)
const ours = '0xA11CE0000000000000000000000000000000000A'
const other = '0x0B0B00000000000000000000000000000000000B'

/** A vote that ends at this second of the chain. */
const ending = (second: number, parts: Partial<Proposal> = {}): Proposal =>
  proposal('1', { clock: 'timestamp', votingStart: genesis, votingEnd: genesis + BigInt(second), ...parts })
const voted = { attendance: { voted: [ours.toLowerCase()], missing: [] } }
const missing = { attendance: { voted: [], missing: [ours.toLowerCase()] } }

interface Poll {
  readonly at: number
  readonly proposals: readonly Proposal[]
  readonly backlog?: bigint
  /** Of the block, as the node reports it. @defaultValue a second per block */
  readonly time?: bigint
}

/** What each poll announces of votes, as `event reminder`; the state is kept from one to the next. */
function told(polls: readonly Poll[], remind: RemindOptions = {}, from: ChainState = newChain('local', 0)): string[] {
  const step = stepLine({ remind: { reminders, voters: [], ...remind } })
  let state = from
  return polls.map(({ at, proposals, backlog = 0n, time = genesis + BigInt(at) }) => {
    const head = block(at, { timestamp: time })
    const turn = step(state, {
      type: 'reading',
      reading: reading(at, proposals, { backlog, previous: block(at - 1), head, at: head }),
    })
    state = turn.state
    return turn.announcements
      .map(({ notification: { event, data } }) =>
        'ownVotes' in data ? `${event}${data.reminder === null ? '' : ` ${data.reminder}`}` : '',
      )
      .filter(Boolean)
      .join(', ')
  })
}

const at = (second: number, parts: Partial<Proposal> = {}, end = 10_000): Poll => ({
  at: second,
  proposals: [ending(end, parts)],
})

/** What a single reading at block 60 asks for, as `event reminder secondsLeft`. */
function dueNow(vote: Proposal, samples: ChainState['blockTime']['samples'], span: number): readonly string[] {
  const proposals = byKey({ ...vote, status: 'voting' as const })
  const state = { proposals, announcedIds: new Map(), blockTime: { samples } }
  const scope = { before: { synced: true, proposals }, state, read: proposals, at: 60n, head: block(60) }
  return stepRemind(scope, { reminders: [span] }).map(({ event, secondsLeft }) => `${event} ${secondsLeft}`)
}

describe('the time that is left of a vote', () => {
  const pace = (blocks: number, seconds: number) => [
    { number: 60n - BigInt(blocks), timestamp: genesis + 60n - BigInt(seconds) },
    { number: 60n, timestamp: genesis + 60n },
  ]

  it('is over at the second of its end, and not in the second of its last block', () => {
    expect(dueNow(ending(61), [], minute)).toStrictEqual(['voting_ending_soon 1'])
    expect(dueNow(ending(60), [], minute)).toStrictEqual([])
    const inBlocks = proposal('1', { clock: 'block', votingStart: 1n, votingEnd: 61n })
    expect(dueNow(inBlocks, pace(50, 5), 1_000)).toStrictEqual(['voting_ending_soon 0'])
  })

  it('is compared with the length of a vote in blocks, rounded to seconds', () => {
    const vote = (blocks: bigint) => proposal('1', { clock: 'block', votingStart: 1_060n - blocks, votingEnd: 1_060n })
    const soon = (blocks: bigint) => dueNow(vote(blocks), pace(10, 6), 3_600_000)
    expect([soon(6_000n), soon(6_001n)]).toStrictEqual([[], ['voting_ending_soon 600']])
  })
})

describe('reminders of the end of a vote', () => {
  it('are given once each, when they are due', () => {
    expect(
      told([at(6_399), at(6_400), at(6_500), at(9_400), at(9_401), at(9_940), at(9_999), at(10_000)]),
    ).toStrictEqual(['', 'voting_ending_soon 1h', '', 'voting_ending_soon 10m', '', 'voting_ending_soon 1m', '', ''])
  })

  it('are given once each, however often the node reports another time', () => {
    const times = [100, 101, 9_500, 9_501, 102, 103, 9_990, 9_991, 20_000, 20_001, 104, 105, 9_500, 9_501, 9_992, 9_993]
    const polls = times.map((second, index) => ({
      ...at(index + 1),
      time: genesis + BigInt(second),
    }))
    expect(told(polls).filter(Boolean)).toStrictEqual(['voting_ending_soon 10m', 'voting_ending_soon 1m'])
  })

  it('of a vote in blocks of another chain are not given if the vote is shorter, in its times', () => {
    const vote = proposal('1', {
      clock: 'block',
      foreignClock: true,
      votingStart: 1_000n,
      votingEnd: 9_000n,
      votingStartsAt: genesis,
      votingEndsAt: genesis + 1_800n,
    })
    const polls = [100, 1_200].map((second) => ({ at: second, proposals: [vote] }))
    expect(told(polls)).toStrictEqual(['', 'voting_ending_soon 10m'])
  })

  it('of a vote in blocks are not given in its last block', () => {
    const vote = proposal('1', { clock: 'block', votingStart: 1n, votingEnd: 100n })
    expect(told([{ at: 100, proposals: [vote] }])).toStrictEqual([''])
  })

  it('are given as the tightest one if several are due', () => {
    expect(told([at(9_950), at(9_960)])).toStrictEqual(['voting_ending_soon 1m', ''])
  })

  it('are not given again if the end is moved', () => {
    const polls = [at(9_500), at(9_501, {}, 12_000), at(11_500, {}, 12_000), at(11_950, {}, 12_000)]
    expect(told(polls)).toStrictEqual(['voting_ending_soon 10m', '', '', 'voting_ending_soon 1m'])
  })

  it('are not given again if the block of the proposal becomes known only later', () => {
    const { origin: _later, ...unplaced } = ending(10_000, missing)
    const polls = [{ at: 6_400, proposals: [unplaced] }, at(6_500, missing), at(9_400, missing), at(9_500, missing)]
    expect(told(polls, { voters: [ours] })).toStrictEqual([
      'voting_ending_soon 1h, not_voted 1h',
      '',
      'voting_ending_soon 10m, not_voted 10m',
      '',
    ])
  })

  it('use the current pace if the vote ends at a block', () => {
    const vote = proposal('1', { votingEnd: 10_000n })
    const polls = [6_300, 6_350, 6_399, 6_400].map((second) => ({ at: second, proposals: [vote] }))
    expect(told(polls)).toStrictEqual(['', '', '', 'voting_ending_soon 1h'])
    const slow = stepLine({ remind: { reminders } })
    const paced = (number: bigint, seconds: bigint) => ({ ...block(number), timestamp: genesis + seconds })
    const turn = slow(newChain('local', 0), {
      type: 'reading',
      reading: reading(9_000, [vote], {
        head: paced(9_000n, 90_000n),
        at: paced(9_000n, 90_000n),
        previous: paced(8_000n, 80_000n),
      }),
    })
    // A thousand blocks of ten seconds are ten thousand seconds.
    expect(turn.announcements.map(({ notification: { event } }) => event)).toStrictEqual(['new_proposal'])
  })

  it('are not given if the vote counts blocks of another chain, or has no end', () => {
    const far = proposal('1', { votingEnd: 10_000n, foreignClock: true })
    expect(told([{ at: 9_990, proposals: [far] }])).toStrictEqual([''])
    const { votingEnd: _none, ...endless } = ending(0)
    expect(told([{ at: 9_990, proposals: [endless] }])).toStrictEqual([''])
  })

  it('are not given if they are as long as the vote, whose start has announced its end', () => {
    const short = { votingStart: genesis + 9_300n, votingEnd: genesis + 9_900n }
    const polls = [at(9_300, short), at(9_400, short), at(9_850, short)]
    expect(told(polls)).toStrictEqual(['', '', 'voting_ending_soon 1m'])
    const inBlocks = proposal('1', { votingStart: 9_300n, votingEnd: 9_900n })
    expect(told([9_299, 9_300, 9_301, 9_850].map((second) => ({ at: second, proposals: [inBlocks] })))).toStrictEqual([
      '',
      '',
      '',
      'voting_ending_soon 1m',
    ])
    expect(told([at(9_400, { ...short, ...missing })], { voters: [ours] })).toStrictEqual(['not_voted 10m'])
  })

  it('wait for a backlog, which may contain the end of the vote', () => {
    expect(told([at(9_000), { ...at(9_950), backlog: 5n }, at(9_960)])).toStrictEqual([
      'voting_ending_soon 1h',
      '',
      'voting_ending_soon 1m',
    ])
  })

  it('are not given before the vote or after it', () => {
    expect(told([at(9_950, { status: 'submitted' }), at(9_951, { status: 'passed' })])).toStrictEqual(['', ''])
  })
})

describe('our own votes', () => {
  const remind = { voters: [ours] }

  it('are asked for at each reminder until they are cast, and announced once when they are', () => {
    const polls = [
      at(6_400, missing),
      at(7_000, missing),
      at(9_400, missing),
      at(9_500, voted),
      at(9_600, voted),
      at(9_950, voted),
    ]
    expect(told(polls, remind)).toStrictEqual([
      'voting_ending_soon 1h, not_voted 1h',
      '',
      'voting_ending_soon 10m, not_voted 10m',
      'voted',
      '',
      'voting_ending_soon 1m',
    ])
  })

  it('are announced for the tightest reminder that was given, in whatever order they are configured', () => {
    const vote = { ...ending(10_000, voted), status: 'voting' as const }
    const key = keyOf(vote)
    const given = new Set(['1h', '10m'].map((reminder) => notificationId(key, 'not_voted', reminder)))
    const proposals = byKey(vote)
    const state = { proposals, announcedIds: new Map([[key, given]]), blockTime: { samples: [] } }
    const scope = { before: { synced: true, proposals }, state, read: proposals, at: 9_500n, head: block(9_500) }
    expect(stepRemind(scope, { reminders: [60 * minute, minute, 10 * minute], voters: [ours] })).toMatchObject([
      { event: 'voting_ending_soon' },
      { event: 'voted', reminder: 10 * minute },
    ])
  })

  it('are not asked for if the chain does not report them as missing', () => {
    expect(told([at(6_400), at(9_400, { attendance: { voted: [], missing: [] } })], remind)).toStrictEqual([
      'voting_ending_soon 1h',
      'voting_ending_soon 10m',
    ])
  })

  it('are asked for as soon as the chain reports them as missing after the reminder', () => {
    expect(told([at(6_400), at(6_500, missing), at(6_600, missing)], remind)).toStrictEqual([
      'voting_ending_soon 1h',
      'not_voted 1h',
      '',
    ])
  })

  it('are not asked for on the word of an earlier reading', () => {
    expect(told([at(6_000, missing), { at: 6_400, proposals: [] }], remind)).toStrictEqual([
      '',
      'voting_ending_soon 1h',
    ])
  })

  it('are asked for if the same block is read again: only its time was in doubt, or only the head has moved', () => {
    const vote = ending(10_000, { ...missing, status: 'voting', readAt: 6_400n })
    const proposals = byKey(vote)
    const asked = (at: bigint) =>
      stepRemind(
        {
          before: { synced: true, proposals },
          state: { proposals, announcedIds: new Map(), blockTime: { samples: [] } },
          read: new Map(),
          at,
          head: block(6_401),
        },
        { reminders: [60 * minute], voters: [ours] },
      ).map(({ event, votes }) => [event, votes[0]?.vote])
    expect(asked(6_400n)).toStrictEqual([
      ['voting_ending_soon', 'not_voted'],
      ['not_voted', 'not_voted'],
    ])
    expect(asked(6_401n)).toStrictEqual([['voting_ending_soon', 'unknown']])
  })

  it('are asked for while one of several is missing', () => {
    const both = { voters: [ours, other] }
    const one = { attendance: { voted: [ours], missing: [other] } }
    const all = { attendance: { voted: [ours, other], missing: [] } }
    expect(told([at(6_400, one), at(6_500, all)], both)).toStrictEqual(['voting_ending_soon 1h, not_voted 1h', 'voted'])
  })

  it('are not announced if they were cast before the first reading', () => {
    expect(told([at(6_000, voted), at(6_100, voted)], remind)).toStrictEqual(['', ''])
  })

  it('are announced if they were cast together with the proposal', () => {
    expect(told([{ at: 5_000, proposals: [] }, at(6_000, voted)], remind)).toStrictEqual(['', 'voted'])
  })

  it('are announced even if a reading between reminder and vote did not report them', () => {
    expect(told([at(6_400, missing), at(6_500), at(6_600, voted)], remind)).toStrictEqual([
      'voting_ending_soon 1h, not_voted 1h',
      '',
      'voted',
    ])
  })

  it('are asked for and announced again after a reorg removed them', () => {
    const polls = [at(6_000, missing), at(6_100, voted), at(6_400, missing), at(6_500, voted), at(6_600, voted)]
    expect(told(polls, remind)).toStrictEqual(['', 'voted', 'voting_ending_soon 1h, not_voted 1h', 'voted', ''])
  })

  it('are not awaited in a council without our accounts', () => {
    const council = { weight: 1n, passesAt: 2n, failsAt: 2n }
    const seats = { attendance: { voted: [], missing: [other, '0x0c'] }, council }
    expect(told([at(6_400, seats)], remind)).toStrictEqual(['voting_ending_soon 1h'])
    const both = { voters: [ours, other] }
    const cast = { attendance: { voted: [other], missing: ['0x0c'] }, council }
    expect(told([at(6_400, seats), at(6_500, cast)], both)).toStrictEqual([
      'voting_ending_soon 1h, not_voted 1h',
      'voted',
    ])
  })

  it('are not awaited from accounts of another Cosmos chain', () => {
    const [here, there] = ['cosmos1qqqqqqqq', 'osmo1qqqqqqqq']
    const vote = { proposer: 'cosmos1zzzzzzzz', attendance: { voted: [], missing: [here] } }
    const step = stepLine({ remind: { reminders, voters: [here, there] } })
    const { announcements } = step(newChain('local', 0), {
      type: 'reading',
      reading: reading(6_400, [ending(10_000, vote)]),
    })
    expect(announcements.at(-1)?.notification.data).toMatchObject({ ownVotes: [{ address: here, vote: 'not_voted' }] })
    // The proposer is not always known, but the known votes have the prefix too.
    const { proposer: _untold, ...unsigned } = vote
    expect(
      told([at(6_400, unsigned), at(6_500, { attendance: { voted: [here], missing: [] } })], { voters: [here, there] }),
    ).toStrictEqual(['voting_ending_soon 1h, not_voted 1h', 'voted'])
  })
})

describe('over random histories', () => {
  interface Event {
    readonly wait: number
    readonly kind: 'poll' | 'silent' | 'missed' | 'restart'
    readonly moveEnd: number
    readonly vote: 'voted' | 'missing' | 'unknown'
  }
  const event: fc.Arbitrary<Event> = fc.record({
    wait: fc.integer({ min: 1, max: 900 }),
    kind: fc.constantFrom('poll', 'poll', 'poll', 'silent', 'missed', 'restart'),
    moveEnd: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: -2_000, max: 2_000 })),
    vote: fc.constantFrom('voted', 'missing', 'unknown'),
  })

  it('each reminder is given at most once, only when due, and not_voted only if the chain reported it', () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 40 }), (events) => {
        const step = () => stepLine({ remind: { reminders, voters: [ours] } })
        let line = step()
        let state = newChain('local', 0)
        let second = 1_000
        let end = 9_000
        const given: string[] = []
        for (const { wait, kind, moveEnd, vote } of events) {
          second += wait
          end += moveEnd
          if (kind === 'restart') line = step()
          const isOver = end <= second
          const snapshot = ending(end, {
            status: isOver ? 'rejected' : 'voting',
            ...(vote === 'voted' ? voted : vote === 'missing' ? missing : {}),
          })
          const isRead = kind === 'poll' || kind === 'restart'
          const turn = line(
            state,
            kind === 'missed'
              ? { type: 'missed', reading: failure(second) }
              : { type: 'reading', reading: reading(second, isRead ? [snapshot] : []) },
          )
          state = turn.state
          const looked = turn.announcements.flatMap(({ notification }) =>
            'ownVotes' in notification.data ? [{ ...notification, data: notification.data }] : [],
          )
          const dueOf = state.proposals.get(keyOf(snapshot))?.votingEnd ?? 0n
          for (const { id, event: told, data } of looked) {
            given.push(id)
            if (data.reminder !== null) {
              const ms = spans[data.reminder]
              expect((dueOf - genesis - BigInt(second)) * 1_000n).toBeLessThanOrEqual(BigInt(ms ?? 0))
            }
            if (told === 'not_voted') expect([isRead, vote]).toStrictEqual([true, 'missing'])
            if (told === 'voted') expect([isRead, vote]).toStrictEqual([true, 'voted'])
          }
          // At most one reminder per event at a time.
          expect(new Set(looked.map(({ event: told }) => told)).size).toBe(looked.length)
        }
        expect(new Set(given).size).toBe(given.length)
      }),
      { numRuns: 100 },
    )
  })

  it('a vote read until its end gets its tightest reminder, and not_voted if our vote is missing', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 200, maxLength: 260 }), (waits) => {
        let second = 5_900
        const polls = waits.map((wait) => at((second += wait), missing)).filter((poll) => poll.at < 10_000)
        const given = told([...polls, at(9_999, missing)], { voters: [ours] }).join(', ')
        expect(given.split('voting_ending_soon 1m')).toHaveLength(2)
        expect(given.split('not_voted 1m')).toHaveLength(2)
      }),
      { numRuns: 5 },
    )
  })
})
