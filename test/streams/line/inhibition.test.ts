import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newChain } from '../../../src/domain/newChain.js'
import { openStore } from '../../../src/store/openStore.js'
import { eventOf } from '../../../src/streams/draft.js'
import { failure, reading } from '../../support/builders.js'
import { stepLine } from '../../support/line.js'

/** Sixty seconds each: a poll with a new block, one without, one that fails, or a restart of the process. */
type Poll = 'moves' | 'stands' | 'fails' | 'restart'

const health = { downAfter: 60_000, stallAfter: 180_000, recoverAfter: 120_000 }
const route = (): readonly string[] => ['log']

/** What is announced of the health, in order. Each turn is committed; a restart takes the state of the file. */
function toldOver(polls: readonly Poll[]): readonly string[] {
  const store = openStore({ path: ':memory:' })
  const step = stepLine({ health })
  const told: string[] = []
  let state = newChain('local', 0)
  let height = 100
  for (const [at, poll] of polls.entries()) {
    if (poll === 'restart') {
      state = store.resume('local') ?? state
      continue
    }
    if (poll === 'moves') height += 1
    const second = (at + 1) * 60
    const event = eventOf(poll === 'fails' ? failure(second) : { ...reading(height), readAt: second * 1_000 })
    const turn = step(state, event)
    store.commit(turn, route)
    state = turn.state
    told.push(...turn.announcements.map(({ notification: { event: name, title } }) => `${name}: ${title}`))
  }
  store.close()
  return told
}

const times = (count: number, poll: Poll): readonly Poll[] => Array.from({ length: count }, () => poll)
const down = 'source_down: local cannot be read'
const still = 'source_down: local stands still'
const back = 'source_recovered: local is back'

describe('a chain that cannot be read, and then stalls', () => {
  it.each<[string, readonly Poll[]]>([
    ['', []],
    [', across a restart', ['restart']],
  ])('is announced once%s', (_, between) => {
    const polls = [...times(3, 'moves'), ...times(4, 'fails'), ...between, ...times(6, 'stands')]
    expect(toldOver(polls)).toStrictEqual([down])
    expect(toldOver([...polls, ...between, ...times(4, 'moves')])).toStrictEqual([down, back])
  })
})

describe('a chain that stalls, and then cannot be read', () => {
  it.each<[string, readonly Poll[]]>([
    ['', []],
    [', across a restart', ['restart']],
  ])('is announced once%s', (_, between) => {
    const polls = [...times(3, 'moves'), ...times(6, 'stands'), ...between, ...times(5, 'fails')]
    expect(toldOver(polls)).toStrictEqual([still])
    expect(toldOver([...polls, ...between, ...times(4, 'moves')])).toStrictEqual([still, back])
  })
})

describe('the health of a chain', () => {
  it('is announced alternately as down and recovered, in any order of polls and restarts', () => {
    const poll = fc.constantFrom<Poll>('moves', 'moves', 'stands', 'stands', 'fails', 'restart')
    // In spans, since a single poll changes little.
    const polls = fc
      .array(fc.tuple(poll, fc.integer({ min: 1, max: 6 })), { minLength: 4, maxLength: 25 })
      .map((spans) => spans.flatMap(([what, count]) => times(count, what)))
    fc.assert(
      fc.property(polls, (given) => {
        const events = toldOver(given).map((line) => line.split(':')[0])
        expect(events).toStrictEqual(events.map((_, at) => (at % 2 === 0 ? 'source_down' : 'source_recovered')))
      }),
      { numRuns: 60 },
    )
  })
})
