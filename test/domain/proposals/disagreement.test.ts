import { describe, expect, it } from 'vitest'
import { announceDisagreement } from '../../../src/domain/notifications/announceDisagreement.js'
import { disagreementOn, hiddenBy } from '../../../src/domain/proposals/disagreement.js'
import { contract, genesis, upgradeProposal } from '../../support/builders.js'

/** Nodes a, b, … of which each tells a plan of this height; none where it is silent. */
const heard = (...heights: readonly (number | undefined)[]) =>
  heights.map((height, at) => ({
    host: 'abcdef'.charAt(at),
    ...(height !== undefined && { proposal: upgradeProposal('1', 'v2', height) }),
  }))
const on = (...heights: readonly (number | undefined)[]) =>
  disagreementOn(upgradeProposal('1', 'v2', 100), heard(...heights), 2)
const toldOf = (...heights: readonly (number | undefined)[]) =>
  announceDisagreement(on(...heights)!, { chain: 'local', time: genesis }).notification

describe('nodes that tell a proposal', () => {
  it.each([[[100, 100, 100]], [[100]], [[100, undefined]], [[]]])('%j: agree', (heights) => {
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
  ])('%j: name %j as alone against most of three or more', (heights, odd) => {
    expect(on(...heights)?.odd).toStrictEqual(odd)
  })

  it('say who tells what, most first, and whether enough agree', () => {
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

describe('what is told of it', () => {
  it('says of two nodes which said what, and accuses none', () => {
    const { title, message, data } = toldOf(100, 200)
    expect(title).toBe('The nodes do not agree on proposal 1')
    expect(message).toContain('a reports v2 at height 100; b reports v2 at height 200.')
    expect(message).toContain('govstream does not act on the plan before enough of them agree.')
    expect(data).toMatchObject({ odd: [], isSettled: false, proposalId: '1' })
  })

  it('is one fact for as long as the same node is alone, whatever it tells', () => {
    expect(toldOf(100, 100, 200).id).toBe(toldOf(100, 100, 300).id)
    expect(toldOf(100, 100, 200).id).not.toBe(toldOf(200, 100, 100).id)
  })

  it('names who keeps a proposal back', () => {
    const { title, message } = announceDisagreement(hiddenBy(upgradeProposal('1', 'v2', 100), ['c']), {
      chain: 'local',
      time: genesis,
    }).notification
    expect(title).toBe('c contradicts the other nodes on proposal 1')
    expect(message).toContain('c did not report what the other nodes agree on. govstream uses what the others report.')
  })
})
