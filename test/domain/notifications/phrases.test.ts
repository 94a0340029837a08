import { describe, expect, it } from 'vitest'
import {
  amountText,
  countText,
  percent,
  planLine,
  proposalText,
  tallyLine,
  withCommas,
} from '../../../src/domain/notifications/phrases.js'
import { tally } from '../../support/builders.js'

describe('percent', () => {
  it.each([
    [0, '0 %'],
    [0.004, '0.4 %'],
    [0.0999, '10.0 %'],
    [0.5, '50 %'],
    [1, '100 %'],
  ])('writes %s as %s', (share, text) => {
    expect(percent(share)).toBe(text)
  })
})

describe('a proposal', () => {
  it('is named with its contract if that has an address', () => {
    expect(proposalText({ contract: '0xabc', proposalId: '7' })).toBe('Proposal 7 of 0xabc')
    expect(proposalText({ contract: 'signal', proposalId: '7' })).toBe('Proposal 7')
  })
})

describe('amountText', () => {
  it.each([
    [0, '0 tries'],
    [1n, '1 try'],
    [2n, '2 tries'],
    [1_000, '1,000 tries'],
  ])('writes %s as %s', (count, text) => {
    expect(amountText(count, 'try', 'tries')).toBe(text)
  })

  it('adds an s by default', () => {
    expect([amountText(1, 'block'), amountText(2, 'block')]).toStrictEqual(['1 block', '2 blocks'])
  })
})

describe('countText', () => {
  it.each([
    [0n, '0'],
    [999n, '999'],
    [1_234_567n, '1,234,567'],
    [123_456_789_012n, '123,456,789,012'],
    [1_234_567_890_123n, '1.234e12'],
    [25n * 10n ** 24n, '2.500e25'],
  ])('writes %s as %s', (count, text) => {
    expect(countText(count)).toBe(text)
  })
})

describe('the votes of a token', () => {
  const ether = 10n ** 18n
  it.each<[bigint, number, string]>([
    [246_912n * ether, 18, '246,912'],
    [246_912n * ether + ether / 2n, 18, '246,912'],
    [12n * ether + ether / 2n, 18, '12.5'],
    [999n * ether + 999n * 10n ** 15n, 18, '999.99'],
    [ether / 1_000n, 18, '0.001'],
    [1n, 18, '<0.000001'],
    [10n ** 12n, 18, '0.000001'],
    [0n, 18, '0'],
    [1_234_567n, 6, '1.23'],
    [12n, 0, '12'],
    [10n ** 40n, 18, '1.000e22'],
    [1_234_567_890_123_450n, 1, '123,456,789,012,345'],
    [12_345_678_901_234_560n, 1, '1.234e15'],
  ])('%s with %s decimals reads %s', (count, decimals, text) => {
    expect(countText(count, decimals)).toBe(text)
  })

  it('are named by the symbol of the token, with the quorum', () => {
    expect(
      tallyLine(
        tally(246_912n * ether, {
          unit: 'AAVE',
          decimals: 18,
          quorum: 320_000n * ether,
          quorumReached: false,
          quorumMissing: 73_088n * ether,
        }),
        'governor',
      ),
    ).toBe(
      'For 100 % (246,912 AAVE), against 0 % (0 AAVE), abstain 0 % (0 AAVE), quorum 320,000 AAVE not reached, 73,088 AAVE missing',
    )
  })
})

describe('tallyLine', () => {
  it('gives the votes and their shares', () => {
    const counted = tally(2n, { no: 1n, abstain: 1n })
    expect(tallyLine(counted, 'governor')).toBe('For 50 % (2), against 25 % (1), abstain 25 % (1)')
  })

  it.each([
    ['cosmos', 'Yes 67 % (2), no 33 % (1), abstain 0 % (0)'],
    ['gov-base', 'Approve 67 % (2), reject 33 % (1)'],
    ['wemix', 'Accept 67 % (2), reject 33 % (1)'],
    [undefined, 'Yes 67 % (2), no 33 % (1), abstain 0 % (0)'],
  ])('uses the names of the choices of %s', (system, line) => {
    expect(tallyLine(tally(2n, { no: 1n }), system)).toBe(line)
  })

  it('gives veto, quorum and turnout if the chain does', () => {
    expect(tallyLine(tally(0n, { veto: 1n, quorum: 4n, quorumReached: false, turnout: 0.05 }), 'cosmos')).toBe(
      'Yes 0 % (0), no 0 % (0), abstain 0 % (0), veto 100 % (1), quorum 4 not reached, turnout 5.0 %',
    )
    expect(tallyLine(tally(0n, { quorum: 4n }), 'cosmos')).toBe('Yes 0 % (0), no 0 % (0), abstain 0 % (0), quorum 4')
  })
})

describe('planLine', () => {
  it.each([
    ['a sound plan', { name: 'v2', height: 100 }, [], 'Plan: v2 at height 100'],
    [
      'a plan with its problems',
      { name: '', height: 0 },
      ['The plan has no name.', 'No height.'],
      'Plan: (no name) at height 0; not usable: The plan has no name. No height.',
    ],
    ['a name without its invisible characters', { name: 'v\u202e2\n', height: 1 }, [], 'Plan: v2 at height 1'],
  ])('writes in one line %s', (_what, plan, problems, text) => {
    expect(planLine({ plan, problems })).toBe(text)
  })
})

describe('withCommas', () => {
  it.each([
    ['block 1051 of a node', 'block 1,051 of a node'],
    ['from block 1000 to 2000.', 'from block 1,000 to 2,000.'],
    ['It is 1500 blocks behind.', 'It is 1,500 blocks behind.'],
    ['Checked after its height 2026-11-28 15:24:00Z: well.', 'Checked after its height 2026-11-28 15:24:00Z: well.'],
    ['from height 1000 to 2026-11-28', 'from height 1,000 to 2026-11-28'],
  ])('turns %s into %s', (sentence, shown) => {
    expect(withCommas(sentence)).toBe(shown)
  })

  it('leaves names as they are, even one within another', () => {
    expect(
      withCommas('Scheduled, block 1000000 of height 2000 at height 3000: block 1000000 had passed.', [
        'block 1000000',
        '',
        '3000',
        'block 1000000 of height 2000',
      ]),
    ).toBe('Scheduled, block 1000000 of height 2000 at height 3,000: block 1000000 had passed.')
  })
})
