import { describe, expect, it } from 'vitest'
import { SourceError } from '../../../src/domain/errors.js'
import { askIfKnown } from '../../../src/sources/agreement/askIfKnown.js'
import { proposal } from '../../support/builders.js'
import { fails, nodeThat } from './nodesGiven.js'

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
    expect(await askIfKnown({ witnesses, agreement: 2 })('gov', '7')).toBe(expected)
  })
})
