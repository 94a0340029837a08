import { type Head, isSameBlock } from '../../../domain/blocks/head.js'
import { defined } from '../../../domain/defined.js'
import type { HttpEndpoint } from '../../http/createHttpEndpoints.js'
import { type Failover, firstHealthy, headLook, ofReading } from '../../rpc/firstHealthy.js'
import { readAppVersion, readHeight, readNodeState, readStatus } from '../cosmosSdk/cometBft.js'
import { readMembers } from '../cosmosSdk/members.js'
import { positionFinder } from '../cosmosSdk/position.js'
import { type Rest, restAt } from '../cosmosSdk/rest.js'
import { readSignature } from '../cosmosSdk/signatures.js'
import type { GovernanceReader, ReadRequest } from '../GovernanceReader.js'
import { unchangedReading } from '../unchangedReading.js'
import { agreedVersion } from './agreed.js'
import type { Memory, SignalContext, SignalReaderOptions } from './context.js'
import { type Cursor, parseCursor } from './cursor.js'
import { versionOf } from './decode.js'
import { readNext } from './readNext.js'
import { readParameters, readReport } from './report.js'
import { proposalsIn, readSnapshot } from './snapshot.js'
import { signalContract } from './toProposal.js'
import type { SignalStatus } from './visit.js'

/**
 * Reads the upgrades of a Celestia chain: the app versions that its validators signal, and the switch that x/signal has
 * scheduled.
 *
 * - Heights and the running version come from CometBFT, everything else from the REST servers. Both have their own
 *   fail-over.
 * - A poll without a new block costs one request; otherwise five small ones, and one for each further open version. If
 *   several servers must agree, each other REST server gets one more.
 * - CometBFT blocks are final: there are no reorgs, and the configured finality has no effect.
 * - Nothing is requested before the first call.
 */
export function createSignalReader(options: SignalReaderOptions): GovernanceReader {
  const { chain, rpc, rest, now, chainId, describe, agreement = 1 } = options
  const context: SignalContext = { chain, rest, now, describe, agreement, ...defined({ chainId: chainId?.toString() }) }
  const memory: Memory = { verified: new Set(), infoHungAt: new Map(), tallyHungAt: new Map(), comparedAt: new Map() }
  const onRpc = firstHealthy({ chain, endpoints: rpc, now })
  const onRest = firstHealthy({ chain, endpoints: rest, api: 'rest', now })
  const servers: Servers = { rpc, onRpc, onRest, findPosition: positionFinder(context, memory, onRpc) }
  const network = (): string | undefined => context.chainId ?? memory.chainId
  const ask = <T>(run: (server: Rest, status: SignalStatus) => Promise<T>, signal: AbortSignal): Promise<T> =>
    askOnce(servers, context, run, signal)

  return {
    chain,
    system: 'signal',
    endpoints: () => [...onRpc.scores(), ...onRest.scores()],
    read: (request) => readOn(servers, request, context, memory),
    readHead: (signal) =>
      onRpc(
        async (endpoint) => {
          const found = await readStatus(endpoint, network(), chain, signal)
          memory.opening = { endpoint, head: found.head, found }
          return found.head
        },
        signal,
        headLook,
      ),
    readNodeState: (signal) => onRpc((endpoint) => readNodeState(endpoint, network(), chain, signal), signal),
    readBlock: (height, signal) => onRpc((endpoint) => readHeight(endpoint, height, network(), chain, signal), signal),
    readSignature: (height, validator, signal) =>
      onRpc((endpoint) => readSignature(endpoint, { height, validator, expected: network(), chain }, signal), signal),
    readProposal: (contract, id, signal) =>
      ask(async (server, status) => {
        const version = versionOf(id)
        if (contract !== signalContract || version === undefined || version.toString() !== id) return undefined
        const snapshot = await readSnapshot(server, status, [version])
        return proposalsIn(snapshot, status, new Map(), context).find((proposal) => proposal.id === id)
      }, signal),
    readProposals: (status, signal) =>
      ask(async (server, position) => {
        const snapshot = await readSnapshot(server, position)
        return proposalsIn(snapshot, position, new Map(), context).filter((proposal) => proposal.status === status)
      }, signal),
    readParameters: (signal) => ask(async (server, status) => [await readParameters(server, status)], signal),
    readMembers: (signal) => ask((server) => readMembers(server), signal),
    check: (signal) => ask(async (server, status) => [await readReport(server, status)], signal),
  }
}

interface Servers {
  readonly rpc: readonly HttpEndpoint[]
  readonly onRpc: Failover<HttpEndpoint>
  readonly onRest: Failover<HttpEndpoint>
  readonly findPosition: ReturnType<typeof positionFinder>
}

function runningAt({ onRpc }: Servers, chain: string, height: bigint, signal: AbortSignal): Promise<bigint> {
  return onRpc((endpoint) => readAppVersion(endpoint, height, chain, signal), signal)
}

/** Sends one request to a REST server, independently of the readings. */
async function askOnce<T>(
  servers: Servers,
  { chain }: SignalContext,
  run: (server: Rest, status: SignalStatus) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const { status } = await servers.findPosition(undefined, { signal })
  const running = await runningAt(servers, chain, status.head.number, signal)
  return servers.onRest(
    (endpoint) => run(restAt(endpoint, chain, status.head, undefined, signal), { ...status, running }),
    signal,
  )
}

async function readOn(
  servers: Servers,
  request: ReadRequest,
  context: SignalContext,
  memory: Memory,
): ReturnType<GovernanceReader['read']> {
  const { signal } = request
  const cursor = request.cursor === undefined ? undefined : parseCursor(request.cursor, context.chain)
  const versionAt = createVersionCheck(servers, request, context, cursor?.version)
  const versions = new Map<string, bigint>()
  const { status, hasFallen } = await servers.findPosition(cursor, {
    ...request,
    async vouch(told) {
      await request.vouch?.(told)
      // If too few others report the version that this node has, the next one is read.
      if (context.agreement > 1 && (cursor === undefined || !isUnchanged(cursor, told.head)))
        versions.set(told.head.hash, await versionAt(told.head.number))
    },
  })
  const { head } = status
  if (cursor !== undefined && request.cursor !== undefined && !hasFallen && isUnchanged(cursor, head))
    return {
      ...unchangedReading(context, { head: cursor.head, cursor: request.cursor }),
      ...defined({ nodeVersion: memory.nodeVersion }),
      ...(head.number < cursor.head.number && { lagging: true as const }),
    }
  const running = versions.get(head.hash) ?? (await versionAt(head.number))
  const past = cursor === undefined || !hasFallen ? cursor : { ...cursor, head }
  const start = { status: { ...status, running }, cursor: past }
  const reading = await servers.onRest(
    async (endpoint) => ({
      ...(await readNext(endpoint, start, request, context, memory)),
      host: endpoint.host,
    }),
    signal,
    ofReading,
  )
  return hasFallen ? { ...reading, rewoundTo: head.number } : reading
}

/**
 * Returns the function that reads the version of a block. A version that is new, or that decides whether a scheduled
 * switch took place, must be reported by enough nodes. For the later blocks of a version, `before`, one node is enough,
 * because a chain must be readable while others are down.
 */
function createVersionCheck(
  servers: Servers,
  { open, signal }: Pick<ReadRequest, 'open' | 'signal'>,
  { chain, agreement }: SignalContext,
  before: bigint | undefined,
): (height: bigint) => Promise<bigint> {
  const needed = Math.min(agreement, servers.rpc.length)
  return async (height) => {
    const version = await runningAt(servers, chain, height, signal)
    const isDecisive = open.some(({ contract, finding }) => {
      const { plan, applied, withdrawn } = finding ?? {}
      if (contract !== signalContract || applied !== undefined || withdrawn !== undefined) return false
      return plan?.height !== undefined && BigInt(plan.height) <= height
    })
    if (needed < 2 || (version === before && !isDecisive)) return version
    return agreedVersion({ servers: servers.rpc, needed, signal }, height, chain)
  }
}

/** True if there is nothing to read: no newer block, and the state that was read is as new as the block. */
function isUnchanged({ head: known, state }: Cursor, head: Head): boolean {
  return head.number < known.number || (isSameBlock(head, known) && state >= known.number)
}
