import { SourceError } from '../../../domain/errors.js'
import { keyOf, type Proposal, type ProposalStatus } from '../../../domain/proposals/proposal.js'
import { withPlanStanding } from '../../../domain/proposals/withPlanStanding.js'
import type { JsonRpcEndpoint } from '../../jsonRpc/createJsonRpcEndpoints.js'
import { cancelPlans, mayBeScheduled, verdictsOf } from './cancelledPlans.js'
import { statusIn } from './decode.js'
import { heldBack, unreadableIn } from './heldBack.js'
import { callFor, entriesIn } from './lists.js'
import { statusWords } from './statusWords.js'
import { isUnknown, proposalIn } from './unlisted.js'
import type { Memory, WemixvisorReaderOptions, Unreadable } from './context.js'
import { type Decoded, rulesOf, toProposal, type ToProposalContext } from './toProposal.js'

/**
 * Reads one proposal as one node reports it now; returns `undefined` if the node does not know it. A plan that passed
 * is compared with all other passed proposals, because a later one may have cancelled it.
 *
 * @throws SourceError if the node is on another chain, or cannot return all of this.
 */
export async function readProposal(
  endpoint: JsonRpcEndpoint,
  id: string,
  options: WemixvisorReaderOptions,
  checkPlace: (network: string | undefined, endpoint: JsonRpcEndpoint) => void,
  signal: AbortSignal,
): Promise<Proposal | undefined> {
  const { chain } = options
  const [first, answer, params] = await endpoint.ask(
    [{ method: 'status' }, { method: 'gov/proposal', params: { proposal_id: id } }, { method: 'gov/params' }],
    signal,
  )
  const status = statusIn(first, chain, endpoint.host)
  checkPlace(status.network, endpoint)
  if (answer === undefined || isUnknown(answer)) return undefined
  if (!answer.ok) throw answer.error
  const context = { ...options, rules: params?.ok === true ? rulesOf(params.result) : {}, readAt: status.height }
  const decoded = toProposal(proposalIn(answer.result), context)
  if (typeof decoded === 'string') throw new SourceError('transient', `${endpoint.host} of ${chain}: ${decoded}`)
  const { proposal } = decoded
  if (proposal.finding === undefined || !mayBeScheduled(decoded)) return proposal
  const beside = await readPassed(endpoint, context, signal)
  const all = [...beside.decoded.filter((other) => other.proposal.id !== proposal.id), decoded]
  const off = cancelPlans([], all)
  const isOff = (one: string): boolean => off.some((other) => other.id === one)
  return [...verdictsOf(chain, [], off), ...heldBack(beside.doubtful, all, [], isOff)]
    .filter(({ key }) => key === keyOf(proposal))
    .reduce(withPlanStanding, proposal)
}

const passing: readonly ProposalStatus[] = ['passed', 'queued', 'executed']

/**
 * Reads all passed proposals. Rejects if a list fails with a transient error, because it may hold the proposal that
 * matters.
 */
async function readPassed(
  endpoint: JsonRpcEndpoint,
  context: ToProposalContext & Pick<WemixvisorReaderOptions, 'now'>,
  signal: AbortSignal,
): Promise<{ readonly decoded: readonly Decoded[]; readonly doubtful: readonly Unreadable[] }> {
  const memory: Memory = { records: new WeakMap() }
  const words = statusWords(true).filter(({ status }) => passing.includes(status))
  const answers = await endpoint.ask(words.map(callFor), signal)
  for (const answer of answers) if (!answer.ok && answer.error.kind === 'transient') throw answer.error
  const decoded = entriesIn(endpoint, words, answers, memory, context.now()).flatMap((entry) => {
    const one = toProposal(entry, context)
    return typeof one === 'string' ? [] : [one]
  })
  return { decoded, doubtful: unreadableIn(passing, words, answers, context) }
}
