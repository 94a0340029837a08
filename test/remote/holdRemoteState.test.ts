import { describe, expect, it } from 'vitest'
import type { LiveEvent } from '../../src/domain/journal/liveEvent.js'
import { holdRemoteState } from '../../src/remote/holdRemoteState.js'
import { at, proposal, upgrade } from '../support/storeGiven.js'

const origin = 'https://gov.example'
const range = (size: number): readonly string[] => Array.from({ length: size }, (_, index) => String(index))
const counts = { byStatus: {}, byType: {} }

/**
 * Takes events, each of so many characters, from a connection before its first snapshot is
 * complete.
 */
function taking(events: readonly LiveEvent[], chars = 100): () => void {
  const standing = holdRemoteState(new URL(origin))
  standing.open()
  return () => events.forEach((event) => standing.take(event, chars))
}

const proposals = (ids: readonly string[], description = ''): LiveEvent => ({
  type: 'proposals',
  chain: 'local',
  proposals: ids.map((id) => proposal(id, { description })),
  gone: [],
  counts,
})
const upgrades = (ids: readonly string[]): LiveEvent => ({
  type: 'upgrades',
  chain: 'local',
  upgrades: ids.map((id) => upgrade(id)),
  gone: [],
  whole: true,
})
const head = (chain: string): LiveEvent => ({ type: 'head', head: { chain, ...at(1n) } })

describe('the state held for a remote govstream', () => {
  it.each<readonly [what: string, enough: readonly LiveEvent[], one: LiveEvent]>([
    ['1000 chains', range(1_000).map(head), head('one more')],
    ['20000 proposals of a chain', [proposals(range(20_000))], proposals(['one more'])],
    ['20000 upgrades of a chain', [upgrades(range(20_000))], upgrades([...range(20_000), 'one more'])],
  ])('is at most %s', (what, enough, one) => {
    expect(taking(enough)).not.toThrow()
    expect(taking([...enough, one])).toThrow(
      `${origin} sent more than ${what}: check that it is the address of a govstream.`,
    )
  })

  it('is at most 100 MB, for any number of items', () => {
    const long = 'x'.repeat(15_000_000)
    const events = range(8).map((id) => proposals([id], long))
    expect(taking(events.slice(0, 6), long.length)).not.toThrow()
    expect(taking(events, long.length)).toThrow(`${origin} sent more than 100 MB`)
  })

  it('is not limited by the amount received, if little of it is held', () => {
    const long = 'x'.repeat(15_000_000)
    expect(
      taking(
        range(30).map(() => proposals(['1'], long)),
        long.length,
      ),
    ).not.toThrow()
  })
})
