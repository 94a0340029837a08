import { describe, expect, it } from 'vitest'
import { SourceError } from '../../../src/domain/errors.js'
import { askIfKnown, isUnknownAt } from '../../../src/sources/agreement/askIfKnown.js'
import { proposal, reading } from '../../support/builders.js'
import { fails, type GivenNode, nodeThat } from './nodesGiven.js'

const [knows, denies] = [() => proposal('7'), () => undefined]
const withholds = (): Promise<never> =>
  Promise.reject(new SourceError('transient', 'It cannot be encoded.', { withholds: true }))

describe('a proposal that two of three nodes must know', () => {
  it.for([
    ['is known if two report it', [knows, denies, knows], true],
    ['is known to a node that cannot show it', [withholds, denies, knows], true],
    ['is unknown if two do not know it', [knows, denies, denies], false],
    ['is neither if too few answer', [knows, denies, fails], undefined],
  ] as const)('%s', async ([_what, sayings, expected]) => {
    const witnesses = sayings.map((says) => nodeThat({ says }))
    expect(await askIfKnown({ witnesses, agreement: 2, now: () => 0 })('gov', '7')).toBe(expected)
  })

  it.for([
    ['is asked about again after a minute if a node does not answer, and so is any other', fails, ['7', '9']],
    ['is asked about with each reading if the nodes do not agree', denies, ['7', '8', '9']],
  ] as const)('%s', async ([_what, says, expected]) => {
    let time = 0
    const other = nodeThat({ says })
    const isKnown = askIfKnown({ witnesses: [nodeThat({ says: knows }), other], agreement: 2, now: () => time })
    expect(await isKnown('gov', '7')).toBeUndefined()
    time = 59_999
    expect(await isKnown('gov', '8')).toBeUndefined()
    time = 60_000
    expect(await isKnown('gov', '9')).toBeUndefined()
    expect(other.asked).toStrictEqual(expected)
  })
})

describe('a proposal that two of three nodes do not know at a block', () => {
  const placed = proposal('7', { origin: { block: 5n, hash: '0x05', index: 0 } })
  const nodeAt = (block: number, search: () => Promise<undefined>): GivenNode => ({
    ...nodeThat({ reports: () => reading(block) }),
    readProposal: (_contract, _id, _signal, near) => (near === undefined ? search() : Promise.resolve(undefined)),
  })
  const finds = (): Promise<undefined> => Promise.resolve(undefined)

  it.for([
    ['is unknown', nodeAt(10, finds), true],
    ['may be known to a node that is behind', nodeAt(9, finds), false],
    ['may be known to a node without old logs, if its block is a wrong one', nodeAt(10, withholds), false],
  ] as const)('%s', async ([_what, other, expected]) => {
    const witnesses = [nodeThat({ says: knows }), nodeAt(10, finds), other]
    expect(await isUnknownAt(10n, placed, { witnesses, agreement: 2 })).toBe(expected)
  })
})
