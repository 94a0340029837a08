import { SourceError } from '../../../domain/errors.js'
import { firstHealthy, headLook, ofReading } from '../../rpc/firstHealthy.js'
import type { JsonRpcEndpoint } from '../../jsonRpc/createJsonRpcEndpoints.js'
import type { JsonRpcAnswer, JsonRpcCall } from '../../jsonRpc/matchAnswers.js'
import { lookAgainIfContradicted } from '../cosmosSdk/contradictedHead.js'
import type { GoodReading } from '../../../domain/reading.js'
import type { Head } from '../../../domain/blocks/head.js'
import type { GovernanceReader, NodeState, ReadRequest } from '../GovernanceReader.js'
import type { ReaderTraits } from '../ReaderTraits.js'
import { readVouched } from '../readVouched.js'
import type { Memory, WemixvisorReaderOptions } from './context.js'
import { anyStatusIn, blockAt, checkNetwork, decodeBlock, headOf, type NodeStatus, statusIn } from './decode.js'
import { parseCursor } from './cursor.js'
import { openHead } from './openReading.js'
import { noteBelieved, readNext } from './readNext.js'
import { readProposal } from './readProposals.js'
import { membersIn, parametersOf, readReport } from './report.js'

// The server reports closed proposals, too.
const wemixvisorTraits: ReaderTraits = { doubts: 'own', repeatsEnds: 'always' }

/**
 * Reads the JSON-RPC dialect of wemixvisor's own client.
 *
 * - A poll costs one HTTP request if there is no new block and two if there is, however many proposals are open. It
 *   costs more only if the server accepts no batches.
 * - Closed proposals are read at the start and then once an hour. The next id after the highest one is requested with
 *   each new block.
 * - Nothing is requested before the first call.
 */
export function createWemixvisorReader(options: WemixvisorReaderOptions): GovernanceReader {
  const { chain, chainId, endpoints, now } = options
  const memory: Memory = { records: new WeakMap() }
  const onHealthy = firstHealthy({ chain, endpoints, now })

  /** Returns the result of one call, after a check of the node's chain. */
  const ask = (call: JsonRpcCall, signal: AbortSignal): Promise<unknown> =>
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
  const statusOf = async (endpoint: JsonRpcEndpoint, signal: AbortSignal): Promise<NodeStatus> => {
    const [answer] = await endpoint.ask([{ method: 'status' }], signal)
    const status = anyStatusIn(answer, chain, endpoint.host)
    checkPlace(status.network, endpoint)
    return status
  }
  const readAll = (endpoint: JsonRpcEndpoint, signal: AbortSignal): ReturnType<typeof readNext> =>
    readNext(endpoint, { open: [], signal }, options, { records: new WeakMap() })

  return {
    chain,
    system: 'wemixvisor-rpc',
    traits: wemixvisorTraits,
    endpoints: onHealthy.scores,
    read: (request) =>
      lookAgainIfContradicted(
        (mayFall, noting) =>
          onHealthy(
            (endpoint) =>
              vouched(chain, endpoint, noting(readNext(endpoint, request, options, memory, mayFall)), request, memory),
            request.signal,
            ofReading,
          ),
        request.signal,
      ),
    readHead: (signal) => onHealthy((endpoint) => openHead(endpoint, options, memory, signal), signal, headLook),
    readNodeState: (signal) =>
      onHealthy(async (endpoint) => nodeStateOf(await statusOf(endpoint, signal), now()), signal),
    readBlock: (height, signal) =>
      onHealthy((endpoint) => readHeight(endpoint, height, options, checkPlace, signal), signal),
    readProposal: (_contract, id, signal) =>
      onHealthy((endpoint) => readProposal(endpoint, id, options, checkPlace, signal), signal),
    async readProposals(status, signal) {
      const { proposals } = await onHealthy((endpoint) => readAll(endpoint, signal), signal)
      return proposals.filter((proposal) => proposal.status === status)
    },
    readParameters: async (signal) => [parametersOf(await ask({ method: 'gov/params' }, signal))],
    readMembers: async (signal) => membersIn(await ask({ method: 'validators' }, signal), chain),
    check: (signal) =>
      onHealthy(async (endpoint) => {
        const { head } = await readAll(endpoint, signal)
        return [await readReport(endpoint, head, signal)]
      }, signal),
  }
}

async function vouched(
  chain: string,
  endpoint: JsonRpcEndpoint,
  read: Promise<GoodReading>,
  request: ReadRequest,
  memory: Memory,
): Promise<GoodReading> {
  try {
    const reading = await readVouched(endpoint, read, request, (cursor) => parseCursor(cursor, chain).checkpoints)
    noteBelieved(memory)
    return reading
  } finally {
    delete memory.unvouched
  }
}

function nodeStateOf(status: NodeStatus, now: number): NodeState {
  return { head: headOf(status, {}, BigInt(Math.floor(now / 1000))), isSyncing: status.isCatchingUp }
}

/** Reads the block at a height and checks the chain; returns `undefined` if the node has not reached the height. */
async function readHeight(
  endpoint: JsonRpcEndpoint,
  height: bigint,
  { chain, now }: Pick<WemixvisorReaderOptions, 'chain' | 'now'>,
  checkPlace: (network: string | undefined, endpoint: JsonRpcEndpoint) => void,
  signal: AbortSignal,
): Promise<Head | undefined> {
  const [first, answer] = await endpoint.ask(
    [{ method: 'status' }, { method: 'block', params: { height: height.toString() } }],
    signal,
  )
  const status = statusIn(first, chain, endpoint.host)
  const block = answer?.ok === true ? decodeBlock(answer.result) : {}
  checkPlace(status.network ?? block.network, endpoint)
  if ((answer === undefined || isRefused(answer)) && !(await isPast(height, status, endpoint, signal))) return undefined
  return blockAt(height, status, block, `${endpoint.host} of ${chain}`, BigInt(Math.floor(now() / 1000)))
}

/**
 * True if the server supports `block` but does not return this block now. If it does not know the method at all, only
 * its status is available.
 */
function isRefused(answer: JsonRpcAnswer): boolean {
  if (answer.ok || answer.error.code === -32601) return false
  return !/with an error: .*\b(?:method|not (?:implemented|supported))\b/i.test(answer.error.message)
}

/** True if the node no longer has the block at a height, because it has the newer block that its status names. */
async function isPast(
  height: bigint,
  { height: newest }: NodeStatus,
  endpoint: JsonRpcEndpoint,
  signal: AbortSignal,
): Promise<boolean> {
  if (newest <= height) return false
  const [answer] = await endpoint.ask([{ method: 'block', params: { height: newest.toString() } }], signal)
  return answer?.ok === true && decodeBlock(answer.result).height === newest
}
