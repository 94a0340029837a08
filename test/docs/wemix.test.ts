import { describe, expect, it } from 'vitest'
import { type Ballot, decodeBallot } from '../../src/sources/governance/wemix/decode.js'
import { statusOf } from '../../src/sources/governance/wemix/toProposal.js'
import { tableOf } from './pages.js'

const states: Readonly<Record<string, Partial<Ballot>>> = {
  Ready: { state: 1n },
  InProgress: { state: 2n, endTime: 10n },
  'InProgress, its end is past': { state: 2n, endTime: 9n },
  Accepted: { state: 3n, isFinalized: true },
  Rejected: { state: 4n },
  'Rejected with enough accepts': { state: 4n, accepts: 5_001n },
  Canceled: { state: 5n },
}

describe('docs/wemix.md', () => {
  it('lists the statuses for the states of a ballot', () => {
    const ballot = decodeBallot([
      0n,
      0n,
      5n,
      '0x00000000000000000000000000000000000000A1',
      '0x',
      1n,
      0n,
      0n,
      1n,
      false,
      0n,
    ])
    if (ballot === undefined || ballot === 'none') throw new Error('This is no ballot.')
    // The last row is about the storage, not the state.
    const rows = tableOf('docs/wemix.md', ['Ballot', 'Status', '`derived`']).slice(0, -1)

    expect(rows).toStrictEqual(
      Object.entries(states).map(([name, parts]) => {
        const standing = statusOf({ ...ballot, ...parts }, 5_001n, { timestamp: 10n })
        return [name, standing?.status, String(standing?.derived)]
      }),
    )
  })
})
