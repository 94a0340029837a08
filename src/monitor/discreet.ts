import { SourceError } from '../domain/errors.js'
import type { GovernanceReader } from '../sources/governance/GovernanceReader.js'

/** The reader, less the secrets that a server may quote in what it refuses: many repeat the path they were asked for. */
export function discreet(reader: GovernanceReader, conceal: (text: string) => string): GovernanceReader {
  const hushed =
    <Asked extends readonly unknown[], Told>(ask: (...asked: Asked) => Promise<Told>) =>
    async (...asked: Asked): Promise<Told> => {
      try {
        return await ask(...asked)
      } catch (cause) {
        throw cause instanceof SourceError ? new SourceError(cause.kind, conceal(cause.message)) : cause
      }
    }
  return {
    chain: reader.chain,
    system: reader.system,
    ...(reader.host !== undefined && { host: reader.host }),
    read: hushed((request) => reader.read(request)),
    readBlock: hushed((height, signal) => reader.readBlock(height, signal)),
    readProposal: hushed((contract, id, signal, near) => reader.readProposal(contract, id, signal, near)),
    readProposals: hushed((status, signal) => reader.readProposals(status, signal)),
    readParameters: hushed((signal) => reader.readParameters(signal)),
    readMembers: hushed((signal) => reader.readMembers(signal)),
    check: hushed((signal) => reader.check(signal)),
  }
}
