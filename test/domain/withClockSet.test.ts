import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChainState } from '../../src/domain/chainState.js'
import { newChain } from '../../src/domain/newChain.js'
import { withClockSet, withUnwatchedTime } from '../../src/domain/withClockSet.js'
import type { ChainEvent } from '../../src/streams/draft.js'
import { block, byKey, failure, genesis, queued, reading, upgrade, upgradeProposal } from '../support/builders.js'
import { stepLine } from '../support/line.js'

const hour = 3_600_000
const height = 40
const known = upgradeProposal('1', 'v2', height, { status: 'passed' })

/** A poll: seconds since the one before, and by how much the host clock was set ahead meanwhile. */
interface Poll {
  readonly after: number
  readonly set: number
  /** Blocks that came since; `undefined` if the node does not answer. */
  readonly blocks: number | undefined
  readonly version: string | undefined
}

const polls = (least: number, most: number): fc.Arbitrary<readonly Poll[]> =>
  fc.array(
    fc.record({
      after: fc.integer({ min: 1, max: 900 }),
      set: fc.option(fc.integer({ min: least, max: most }), { nil: 0 }),
      blocks: fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined }),
      version: fc.constantFrom('v1', 'v1', 'v2', undefined),
    }),
    { minLength: 1, maxLength: 40 },
  )

/** The height passes in more than an hour without an answer, at the end of which the clock is set ahead. */
const longAbsence: readonly Poll[] = [
  { after: 1, set: 0, blocks: 2, version: 'v1' },
  { after: 1, set: 0, blocks: 7, version: 'v1' },
  ...[900, 900, 900, 900].map((after) => ({ after, set: 0, blocks: undefined, version: 'v1' })),
  { after: 650, set: 29, blocks: 9, version: 'v1' },
]

/** What each poll leads to, with a clock that is set as the polls say, or one that is not. */
function told(story: readonly Poll[], isSet: boolean, lateLimit: number): readonly string[] {
  const step = stepLine({ plan: { minUpgradeDelay: 600_000, lateLimit } })
  let state: ChainState = { ...newChain('local', 0), synced: true }
  let [seconds, set, head] = [0, 0, 30]
  return story.flatMap((poll) => {
    seconds += poll.after
    if (isSet && poll.set !== 0) {
      set += poll.set
      state = withClockSet(state, poll.set * 1000)
    }
    const readAt = Number(genesis) + seconds + set
    if (poll.blocks !== undefined) head += poll.blocks
    const newest = block(head, { timestamp: genesis + BigInt(seconds) })
    const { version: nodeVersion } = poll
    const event: ChainEvent =
      poll.blocks === undefined
        ? { type: 'missed', reading: failure(readAt) }
        : {
            type: 'reading',
            reading: reading(head, [known], {
              readAt: readAt * 1000,
              head: newest,
              at: newest,
              ...(nodeVersion !== undefined && { nodeVersion }),
            }),
          }
    const turn = step(state, event)
    const answers = turn.due.map(({ key }) =>
      step(turn.state, { type: 'wrote', outcome: { result: 'written', key }, hostTime: readAt * 1000 }),
    )
    state = answers.at(-1)?.state ?? turn.state
    return [turn, ...answers].map(({ moves, announcements, due, state: { health } }) =>
      [
        health.state,
        ...moves.map(({ type, upgrade: { reasons } }) => `${type} ${reasons.join(' ')}`),
        ...announcements.map(({ notification: { event: name } }) => name),
        ...due.map(({ name }) => `due ${name}`),
      ].join(', '),
    )
  })
}

describe('a host clock that is set', () => {
  it('hours ahead, any number of times, changes nothing in the outcome', () => {
    fc.assert(
      fc.property(polls(1, 1_000_000), (story) => {
        expect(told(story, true, hour)).toStrictEqual(told(story, false, hour))
      }),
      { examples: [[longAbsence]] },
    )
  })

  it('ahead or back, makes no wait shorter or longer', () => {
    fc.assert(
      fc.property(polls(-1_000_000, 1_000_000), (story) => {
        expect(told(story, true, 1e12)).toStrictEqual(told(story, false, 1e12))
      }),
    )
  })
})

describe('withUnwatchedTime', () => {
  const evidence = { block: 40n, head: 40n, since: 0, movedAt: 0, outage: false }
  const taken = (lastGoodAt: number): ChainState => ({
    ...newChain('local', 0),
    proposals: byKey(known),
    lastGoodAt,
    head: block(40),
    upgrades: queued(upgrade('1', 'v2', height, { status: 'in_progress', evidence, held: true, waitsSince: 0 })),
  })

  it('does not count unwatched time as a standstill, except for the last five minutes', () => {
    const { upgrades } = withUnwatchedTime(taken(60_000), 5 * hour, 60_000)
    const moved = 5 * hour - 60_000 - 300_000
    expect([...upgrades.values()]).toMatchObject([
      { evidence: { since: moved, movedAt: moved }, waitsSince: moved, status: 'in_progress' },
    ])
  })

  it('changes nothing if the time was short, or the clock went back', () => {
    const state = taken(hour)
    expect(withUnwatchedTime(state, hour + 300_000, 60_000)).toBe(state)
    expect(withUnwatchedTime(state, 0, 60_000)).toBe(state)
  })

  it('counts all of the time on a machine that was up, as between two one-shot syncs', () => {
    const state = taken(hour)
    expect(withUnwatchedTime(state, 2 * hour, hour)).toBe(state)
    const [{ evidence } = {}] = [...withUnwatchedTime(state, 2 * hour, hour / 2).upgrades.values()]
    expect(evidence).toMatchObject({ movedAt: hour / 2 })
  })
})
