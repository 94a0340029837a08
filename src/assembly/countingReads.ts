import type { GovernanceReader } from '../sources/governance/GovernanceReader.js'

/** The same reader, saying when a read begins. */
export function countingReads(reader: GovernanceReader, begins: () => void): GovernanceReader {
  return {
    ...reader,
    read: (request) => {
      begins()
      return reader.read(request)
    },
  }
}
