import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LiveEvent } from '../../../src/domain/journal/liveEvent.js'
import { isJsonObject } from '../../../src/domain/text/json.js'
import { liveEventOf, liveView } from '../../../src/views/live/liveEvent.js'
import { notificationView } from '../../../src/views/notificationView.js'
import { fullProposalView } from '../../../src/views/proposalView.js'
import { upgradeView } from '../../../src/views/upgradeView.js'
import { all, both, health, head, journalEvent, proposal, some, text, texts, upgrade } from '../../support/anyState.js'
import * as given from '../../support/builders.js'
import { notification } from '../../support/storeGiven.js'

const counts = all({ byStatus: fc.constant({ voting: 2 }), byType: fc.constant({}) })
const liveEvent: fc.Arbitrary<LiveEvent> = fc.oneof(
  journalEvent,
  all({ type: fc.constant('health' as const), health }),
  all({ type: fc.constant('head' as const), head: both(head, all({ chain: text })) }),
  both(
    all({
      type: fc.constant('proposals' as const),
      chain: text,
      proposals: fc.array(proposal, { maxLength: 2 }),
      gone: texts,
      counts,
    }),
    some({ whole: fc.constant(true as const) }),
  ),
  all({
    type: fc.constant('upgrades' as const),
    chain: text,
    upgrades: fc.array(upgrade, { maxLength: 2 }),
    gone: texts,
    whole: fc.constant(true as const),
  }),
  all({ type: fc.constant('reset' as const), reason: text }),
)

/**
 * Normalizes equal values: no labels and empty ones. JSON from a chain is compared as JSON,
 * without -0.
 */
function plain(value: unknown, key = ''): unknown {
  if (key === 'info' || key === 'data') return JSON.parse(JSON.stringify(value))
  if (Array.isArray(value)) return value.map((part) => plain(part))
  if (!isJsonObject(value)) return value
  const isNone = (name: string, part: unknown): boolean =>
    (name === 'labels' || name === 'metadata') && isJsonObject(part) && Object.keys(part).length === 0
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, part]) => !isNone(name, part))
      .map(([name, part]) => [name, plain(part, name)]),
  )
}

const sent = (event: LiveEvent): unknown => JSON.parse(JSON.stringify(liveView(event)))

describe('an event on the wire', () => {
  it('is the same after it is read back, with any content', () => {
    fc.assert(
      fc.property(liveEvent, (event) => {
        const received = liveEventOf(event.type, sent(event))

        expect(isDeepStrictEqual(plain(received), plain(event))).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('has a proposal, an upgrade and a notification as with --json', () => {
    const seen = given.upgradeProposal('1', 'v2', 900, {
      submittedAt: 1_700_000_000n,
      votingEndsAt: 1_700_000_100n,
      tally: given.tally(5n, { quorum: 9n }),
      labels: { team: 'core' },
    })
    const {
      history: _history,
      votes: _votes,
      ...shown
    } = fullProposalView({
      proposal: seen,
      estimated: false,
      moves: [],
      votes: [],
    })
    const {
      blocksLeft: _left,
      eta: _eta,
      time: _time,
      ...queued
    } = upgradeView(given.upgrade('1', 'v2', 900), undefined)

    expect(sent({ type: 'change', change: given.change({ type: 'detailsRead', proposal: seen }) })).toMatchObject({
      chain: 'local',
      type: 'detailsRead',
      at: '10',
      time: '2023-11-14T22:13:30.000Z',
      proposal: shown,
    })
    expect(
      sent({ type: 'upgrades', chain: 'local', upgrades: [given.upgrade('1', 'v2', 900)], gone: [] }),
    ).toMatchObject({ chain: 'local', upgrades: [queued], gone: [], whole: false })
    expect(sent({ type: 'notification', notification: notification('1') })).toStrictEqual(
      notificationView(notification('1')),
    )
  })

  it('of an unknown type is ignored, and one with invalid content is rejected', () => {
    expect(liveEventOf('weather', {})).toBeUndefined()
    expect(() => liveEventOf('change', { type: 'renamed' })).toThrow(/does not know/)
    expect(() =>
      liveEventOf('head', { chain: 'local', number: 'x', hash: '', parentHash: '', timestamp: '1' }),
    ).toThrow()
    expect(() =>
      liveEventOf('head', { chain: 'a', number: '1', hash: '', parentHash: '', timestamp: '2020-99-01T00:00:00.000Z' }),
    ).toThrow()
  })
})
