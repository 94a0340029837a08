import { describe, expect, it } from 'vitest'
import { proposalsTable } from '../../../src/cli/output/proposalsTable.js'
import { wholeIds } from '../../../src/cli/output/shortIds.js'
import { proposal } from '../../support/builders.js'

const now = 1_700_000_000
const row = (status: 'voting' | 'canceled' | 'rejected', votingEndsAt: number) => ({
  proposal: proposal('7', { status, title: 'A title', votingEndsAt: BigInt(votingEndsAt) }),
  estimated: false,
})
const table = (...rows: readonly ReturnType<typeof row>[]): readonly string[] =>
  proposalsTable(rows, {
    terminal: {
      width: 120,
      color: false,
      out: () => undefined,
      note: () => undefined,
      taken: () => Promise.resolve(),
      noteWidth: 120,
      noteColor: false,
      attended: true,
    },
    short: wholeIds,
    now: now * 1_000,
  }).split('\n')

describe('the end of a vote in the table of proposals', () => {
  it('is the remaining time, the day it ended, or nothing if the proposal was cancelled before', () => {
    const [, ...rows] = table(row('voting', now + 3_600), row('canceled', now + 3_600), row('rejected', now - 3_600))

    expect(rows.map((line) => line.split(/ {2,}/).slice(3, 5))).toStrictEqual([
      ['voting', 'in 1 h'],
      ['canceled', '-'],
      ['rejected', '2023-11-14'],
    ])
  })
})
