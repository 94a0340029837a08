import type { GoodReading } from '../../src/domain/reading.js'
import type { GovernanceReader } from '../../src/sources/governance/GovernanceReader.js'
import { block } from './builders.js'

/** A reader that returns these readings; the last one is repeated. */
export function readerOver(readings: readonly GoodReading[], chain = 'local'): GovernanceReader {
  let at = 0
  return {
    chain,
    system: 'own',
    read: () => {
      const next = readings[Math.min(at, readings.length - 1)]
      at += 1
      return next === undefined ? Promise.reject(new Error('none')) : Promise.resolve({ ...next, chain })
    },
    readBlock: (height) => Promise.resolve(block(height)),
    readProposal: () => Promise.resolve(undefined),
    readProposals: () => Promise.resolve([]),
    readParameters: () => Promise.resolve([]),
    readMembers: () => Promise.resolve([]),
    check: () => Promise.resolve([]),
  }
}
