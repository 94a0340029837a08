import { SourceError } from '../../domain/errors.js'
import { defined } from '../../domain/defined.js'
import type { GovernanceReader } from '../../sources/governance/GovernanceReader.js'
import { concealMember, concealParameters, concealProposal, concealReading, concealReport } from './concealAnswers.js'

/**
 * The reader, less the secrets that a server gives back: many repeat the path they were asked for where they refuse,
 * and a hostile one may write what it was sent into anything it tells.
 */
export function hideSecrets(reader: GovernanceReader, given: (text: string) => string): GovernanceReader {
  const conceal = remembering(given)
  const guarded =
    <Asked extends readonly unknown[], Told>(ask: (...asked: Asked) => Promise<Told>, hush: (told: Told) => Told) =>
    async (...asked: Asked): Promise<Told> => {
      try {
        return hush(await ask(...asked))
      } catch (cause) {
        throw cause instanceof SourceError ? new SourceError(cause.kind, conceal(cause.message)) : cause
      }
    }
  const each =
    <One>(hush: (one: One, conceal: (text: string) => string) => One) =>
    (all: readonly One[]): readonly One[] =>
      all.map((one) => hush(one, conceal))
  const readHead = reader.readHead?.bind(reader)
  return {
    chain: reader.chain,
    system: reader.system,
    ...defined({ host: reader.host }),
    read: guarded(
      (request) => {
        const { vouch } = request
        return vouch === undefined
          ? reader.read(request)
          : reader.read({
              ...request,
              // What is vouched for is what will be told.
              vouch: ({ proposals, ...told }) =>
                vouch({
                  ...told,
                  ...(proposals !== undefined && { proposals: each(concealProposal)(proposals) }),
                }),
            })
      },
      (reading) => concealReading(reading, conceal),
    ),
    ...(readHead !== undefined && { readHead: guarded(readHead, (head) => head) }),
    readBlock: guarded(
      (height, signal) => reader.readBlock(height, signal),
      (block) => block,
    ),
    readProposal: guarded(
      (contract, id, signal, near) => reader.readProposal(contract, id, signal, near),
      (proposal) => (proposal === undefined ? undefined : concealProposal(proposal, conceal)),
    ),
    readProposals: guarded((status, signal) => reader.readProposals(status, signal), each(concealProposal)),
    readParameters: guarded((signal) => reader.readParameters(signal), each(concealParameters)),
    readMembers: guarded((signal) => reader.readMembers(signal), each(concealMember)),
    check: guarded((signal) => reader.check(signal), each(concealReport)),
  }
}

// Each poll tells the same long texts again.
const mostRemembered = 500
const long = 200

/** The same, which looks through a long text once. */
function remembering(conceal: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>()
  return (text) => {
    if (text.length < long) return conceal(text)
    const before = known.get(text)
    if (before !== undefined) return before
    const concealed = conceal(text)
    const [oldest] = known.keys()
    if (known.size >= mostRemembered && oldest !== undefined) known.delete(oldest)
    known.set(text, concealed)
    return concealed
  }
}
