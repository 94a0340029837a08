import { describe, expect, it } from 'vitest'
import { announceDisagreement } from '../../../src/domain/notifications/announceDisagreement.js'
import { disagreementOn, hiddenBy } from '../../../src/domain/proposals/disagreement.js'
import { contract, genesis, upgradeProposal } from '../../support/builders.js'

/** Nodes a, b, … that each report a plan of this height, or nothing. */
const heard = (...heights: readonly (number | undefined)[]) =>
  heights.map((height, at) => ({
    host: 'abcdef'.charAt(at),
    ...(height !== undefined && { proposal: upgradeProposal('1', 'v2', height) }),
  }))
const on = (...heights: readonly (number | undefined)[]) =>
  disagreementOn(upgradeProposal('1', 'v2', 100), heard(...heights), 2)
const toldOf = (...heights: readonly (number | undefined)[]) =>
  announceDisagreement(on(...heights)!, { chain: 'local', time: genesis }).notification

describe('disagreementOn', () => {
  it.each([[[100, 100, 100]], [[100]], [[100, undefined]], [[]]])('%j: is undefined', (heights) => {
    expect(on(...heights)).toBeUndefined()
  })

  it.each<[readonly (number | undefined)[], readonly string[]]>([
    [[100, 200, 100], ['b']],
    [
      [200, 100, 100, 100, 300],
      ['a', 'e'],
    ],
    [[100, 200], []],
    [[100, 200, undefined], []],
    [[100, 200, 300], []],
    [[100, 100, 200, 200], []],
    [[100, 100, 200, 300], []],
  ])('%j: names %j as the minority against a majority of three or more', (heights, odd) => {
    expect(on(...heights)?.odd).toStrictEqual(odd)
  })

  it('lists who reports what, the largest side first, and whether enough agree', () => {
    expect(on(200, 100, 100)).toMatchObject({
      key: `local/${contract}/1`,
      isSettled: true,
      sides: [
        { hosts: ['b', 'c'], plan: { name: 'v2', height: 100 } },
        { hosts: ['a'], plan: { name: 'v2', height: 200 } },
      ],
    })
    expect(on(100, 200)?.isSettled).toBe(false)
  })
})

describe('announceDisagreement', () => {
  it('says which of two nodes reports what, without blame', () => {
    const { title, message, data } = toldOf(100, 200)
    expect(title).toBe('The nodes do not agree on proposal 1')
    expect(message).toContain('a reports v2 at height 100; b reports v2 at height 200.')
    expect(message).toContain('govstream does not act on the plan until enough nodes agree.')
    expect(data).toMatchObject({ odd: [], isSettled: false, proposalId: '1' })
  })

  it('has another id once a second node reports another plan, not only none', () => {
    const alone = disagreementOn(upgradeProposal('1', 'v2', 100), heard(100), 2, 1)!
    const told = announceDisagreement(alone, { chain: 'local', time: genesis }).notification
    expect(told.id).not.toBe(toldOf(100, 200).id)
  })

  it('keeps its id while the same node is in the minority, whatever that reports', () => {
    expect(toldOf(100, 100, 200).id).toBe(toldOf(100, 100, 300).id)
    expect(toldOf(100, 100, 200).id).not.toBe(toldOf(200, 100, 100).id)
  })

  it('names the node that hides a proposal', () => {
    const { title, message } = announceDisagreement(hiddenBy(upgradeProposal('1', 'v2', 100), ['c']), {
      chain: 'local',
      time: genesis,
    }).notification
    expect(title).toBe('c contradicts the other nodes on proposal 1')
    expect(message).toContain(
      'c does not report proposal 1, or not in the status that the other nodes agree on. govstream uses what the others report.',
    )
  })
})
