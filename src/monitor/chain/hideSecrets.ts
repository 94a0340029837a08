import { SourceError } from '../../domain/errors.js'
import { defined } from '../../domain/defined.js'
import type { GovernanceReader, ReadRequest } from '../../sources/governance/GovernanceReader.js'
import { concealMember, concealParameters, concealProposal, concealReading, concealReport } from './concealAnswers.js'

/**
 * Wraps a reader so that its answers contain no secrets. Many servers repeat the requested path in an error, and a
 * hostile one may write what it received into any answer.
 */
export function hideSecrets(reader: GovernanceReader, given: (text: string) => string): GovernanceReader {
  const conceal = remembering(given)
  async function concealingErrors<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    try {
      return await ask()
    } catch (cause) {
      if (!(cause instanceof SourceError)) throw cause
      const { kind, message, wentBack, withholds, unanswered } = cause
      throw new SourceError(kind, conceal(message), { wentBack, withholds, unanswered })
    }
  }
  async function concealingEach<One>(
    ask: () => Promise<readonly One[]>,
    hush: (one: One, conceal: (text: string) => string) => One,
  ): Promise<readonly One[]> {
    return (await concealingErrors(ask)).map((one) => hush(one, conceal))
  }
  const readHead = reader.readHead?.bind(reader)
  const readNodeState = reader.readNodeState?.bind(reader)
  const readSignature = reader.readSignature?.bind(reader)
  const readScheduled = reader.readScheduled?.bind(reader)
  return {
    chain: reader.chain,
    system: reader.system,
    ...defined({ traits: reader.traits, host: reader.host, endpoints: reader.endpoints }),
    async read(request) {
      const { vouch } = request
      // The check must see the same texts that are shown later.
      const hidden = vouch === undefined ? request : { ...request, vouch: concealingVouch(vouch, conceal) }
      return concealReading(await concealingErrors(() => reader.read(hidden)), conceal)
    },
    ...(readHead !== undefined && { readHead: (signal: AbortSignal) => concealingErrors(() => readHead(signal)) }),
    ...(readNodeState !== undefined && {
      readNodeState: (signal: AbortSignal) => concealingErrors(() => readNodeState(signal)),
    }),
    ...(readSignature !== undefined && {
      readSignature: (height: bigint, validator: string, signal: AbortSignal) =>
        concealingErrors(() => readSignature(height, validator, signal)),
    }),
    ...(readScheduled !== undefined && {
      async readScheduled(signal: AbortSignal) {
        const proposal = await concealingErrors(() => readScheduled(signal))
        return proposal === undefined ? undefined : concealProposal(proposal, conceal)
      },
    }),
    readBlock: (height, signal) => concealingErrors(() => reader.readBlock(height, signal)),
    async readProposal(...asked) {
      const proposal = await concealingErrors(() => reader.readProposal(...asked))
      return proposal === undefined ? undefined : concealProposal(proposal, conceal)
    },
    readProposals: (status, signal) => concealingEach(() => reader.readProposals(status, signal), concealProposal),
    readParameters: (signal) => concealingEach(() => reader.readParameters(signal), concealParameters),
    readMembers: (signal) => concealingEach(() => reader.readMembers(signal), concealMember),
    check: (signal) => concealingEach(() => reader.check(signal), concealReport),
  }
}

function concealingVouch(
  vouch: NonNullable<ReadRequest['vouch']>,
  conceal: (text: string) => string,
): NonNullable<ReadRequest['vouch']> {
  return ({ proposals, ...told }) =>
    vouch({ ...told, ...defined({ proposals: proposals?.map((one) => concealProposal(one, conceal)) }) })
}

// Maximum number of cached texts. Every poll returns the same long texts again.
const mostRemembered = 500
const long = 200

/** The same function, with a cache for long texts. */
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
