import { SourceError } from '../../../domain/errors.js'
import type { Proposal, ProposalStatus } from '../../../domain/proposals/proposal.js'
import { durationText } from '../../../domain/text/time.js'
import type { JsonRpcEndpoint } from '../../jsonRpc/createJsonRpcEndpoints.js'
import type { Call } from '../../jsonRpc/matchAnswers.js'
import { firstHealthy } from '../../rpc/firstHealthy.js'
import { twice } from '../cosmos/twice.js'
import type { GovernanceReader } from '../GovernanceReader.js'
import { vouched } from '../vouched.js'
import { contract } from './contract.js'
import { blockAt, decodeBlock } from './decodeHead.js'
import { decodeMembers } from './decodeMembers.js'
import { parametersOf } from './decodeParams.js'
import { readOn } from './readOn.js'
import { readOne } from './readOne.js'
import { checkNetwork, statusIn } from './statusIn.js'
import type { Memory, WemixvisorReaderOptions } from './WemixvisorContext.js'

const system = 'wemixvisor-rpc'

/**
 * Reads the JSON-RPC dialect that wemixvisor's own client speaks.
 *
 * - A poll costs one HTTP request where no block is new, two where one is, however many proposals are open; more
 *   only where the server takes no batches.
 * - What is over is read at the start and then once an hour.
 * - Nothing is contacted before the first call.
 */
export function createWemixvisorReader(options: WemixvisorReaderOptions): GovernanceReader {
  const { chain, chainId, endpoints, now } = options
  const memory: Memory = { refused: new WeakMap() }
  const onHealthy = firstHealthy({ chain, endpoints, now })

  /** The result of one call, at a node of the right chain. */
  const ask = (call: Call, signal: AbortSignal): Promise<unknown> =>
    onHealthy(async (endpoint) => {
      const [status, answer] = await endpoint.ask([{ method: 'status' }, call], signal)
      checkPlace(statusIn(status, chain, endpoint.host).network, endpoint)
      if (answer === undefined)
        throw new SourceError('transient', `${endpoint.host} of ${chain} did not answer ${call.method}.`)
      if (!answer.ok) throw answer.error
      return answer.result
    }, signal)
  const checkPlace = (network: string | undefined, { host }: JsonRpcEndpoint): void => {
    if (network !== undefined) checkNetwork(network, chainId, chain, host)
  }
  const readAll = async (signal: AbortSignal): Promise<readonly Proposal[]> =>
    (await onHealthy((endpoint) => readOn(endpoint, { open: [], signal }, options, { refused: new WeakMap() }), signal))
      .proposals
  const membersIn = (result: unknown): NonNullable<ReturnType<typeof decodeMembers>> => {
    const members = decodeMembers(result)
    if (members === undefined)
      throw new SourceError('transient', `${chain} answered validators with something that is no list of them.`)
    return members
  }

  return {
    chain,
    system,
    read: (request) =>
      twice(
        (mayFall, noting) =>
          onHealthy(
            (endpoint) => vouched(endpoint, noting(readOn(endpoint, request, options, memory, mayFall)), request),
            request.signal,
          ),
        request.signal,
      ),
    readBlock: (height, signal) =>
      onHealthy(async (endpoint) => {
        const [first, answer] = await endpoint.ask(
          [{ method: 'status' }, { method: 'block', params: { height: height.toString() } }],
          signal,
        )
        const status = statusIn(first, chain, endpoint.host)
        const block = answer?.ok === true ? decodeBlock(answer.result) : {}
        checkPlace(status.network ?? block.network, endpoint)
        return blockAt(height, status, block, `${endpoint.host} of ${chain}`, BigInt(Math.floor(now() / 1000)))
      }, signal),
    readProposal: (_contract, id, signal) =>
      onHealthy((endpoint) => readOne(endpoint, id, options, checkPlace, signal), signal),
    async readProposals(status: ProposalStatus, signal) {
      const proposals = await readAll(signal)
      return proposals.filter((proposal) => proposal.status === status)
    },
    readParameters: async (signal) => [parametersOf(await ask({ method: 'gov/params' }, signal))],
    readMembers: async (signal) => membersIn(await ask({ method: 'validators' }, signal)),
    check: (signal) =>
      onHealthy(async (endpoint) => {
        const { head } = await readOn(endpoint, { open: [], signal }, options, { refused: new WeakMap() })
        const [params, validators] = await endpoint.ask([{ method: 'gov/params' }, { method: 'validators' }], signal)
        const votingPeriod = params?.ok === true ? parametersOf(params.result).votingPeriod : undefined
        const members = validators?.ok === true ? decodeMembers(validators.result) : undefined
        const parts = [
          `JSON-RPC of wemixvisor at block ${head.number}`,
          ...(votingPeriod === undefined ? [] : [`votes of ${durationText(Number(votingPeriod))}`]),
          ...(members === undefined ? [] : [`${members.length} validator${members.length === 1 ? '' : 's'}`]),
        ]
        return [{ system, contract, summary: parts.join(', ') }]
      }, signal),
  }
}
