import { describe, expect, it } from 'vitest'
import { createCounters } from '../../src/server/createCounters.js'
import { turn } from '../support/storeGiven.js'

describe('the counters', () => {
  it('count each poll by chain, and failures by cause', () => {
    const { countTurn, counted } = createCounters()
    countTurn(turn())
    countTurn(turn({ cause: 'failure', failure: { kind: 'transient', message: 'No answer.' } }))
    countTurn(turn({ cause: 'failure', failure: { kind: 'permanent', message: 'Another chain.' } }))
    countTurn(turn({ cause: 'failure', failure: { kind: 'transient', message: 'It went back.', wentBack: true } }))
    expect(counted.polls.get('local')).toBe(4)
    expect(counted.failures.get('local')).toStrictEqual(
      new Map([
        ['transient', 1],
        ['permanent', 1],
        ['went_back', 1],
      ]),
    )
  })

  it('count each committed turn, including answers of the writer', () => {
    const { countTurn, counted } = createCounters()
    countTurn(turn())
    countTurn(turn({ cause: 'write' }))
    expect([counted.commits.get('local'), counted.polls.get('local')]).toStrictEqual([2, 1])
  })

  it('start at 0 for events that have not happened, so that the first one shows as a rise', () => {
    const { countTurn, countAttempt, counted } = createCounters()
    countTurn(turn())
    countAttempt({ handler: 'ops', result: 'buried' })
    expect([...(counted.failures.get('local')?.values() ?? [])]).toStrictEqual([0, 0, 0])
    expect(counted.deliveries.get('ops')).toStrictEqual(
      new Map([
        ['delivered', 0],
        ['postponed', 0],
        ['given_up', 1],
      ]),
    )
  })
})
