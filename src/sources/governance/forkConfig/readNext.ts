import { type Head, isSameBlock } from '../../../domain/blocks/head.js'
import { defined } from '../../../domain/defined.js'
import { isOpen, type Proposal } from '../../../domain/proposals/proposal.js'
import type { GoodReading } from '../../../domain/reading.js'
import type { EvmEndpoint } from '../../rpc/createEvmEndpoints.js'
import { isImpossibleHead } from '../cosmosSdk/checkpoints.js'
import { abandonHead, maxLag } from '../cosmosSdk/contradictedHead.js'
import type { ReadRequest } from '../GovernanceReader.js'
import { timeLimit } from '../../timeLimit.js'
import { unchangedReading } from '../unchangedReading.js'
import type { ForkConfigReaderOptions, Memory } from './context.js'
import { type Cursor, formatCursor, parseCursor, type ReportedFork } from './cursor.js'
import type { Fork } from './decode.js'
import { fateOf, type Snapshot } from './forks.js'
import { askNode, askOther, type NodeForks, requireForks } from './node.js'
import { hungAtAfter, patienceWith } from '../patience.js'
import { countingOf, nextStatement, notAfter } from './statement.js'
import { forkIn, toProposal } from './toProposal.js'

/** The name of each endpoint: its host, with a number if several have the same. */
function namesOf(endpoints: readonly EvmEndpoint[]): ReadonlyMap<EvmEndpoint, string> {
  const seen = new Map<string, number>()
  return new Map(
    endpoints.map((endpoint) => {
      const count = (seen.get(endpoint.host) ?? 0) + 1
      seen.set(endpoint.host, count)
      return [endpoint, count === 1 ? endpoint.host : `${endpoint.host} (${count})`]
    }),
  )
}

/**
 * Reads the statements of all nodes, and the head of `first`. @throws SourceError if `first` does not answer, or no
 * node reports forks.
 */
export async function readSnapshot(
  first: EvmEndpoint,
  { before, vouch }: { readonly before?: Cursor | undefined; readonly vouch?: (head: Head) => Promise<void> },
  { chain, chainId, endpoints, now }: Pick<ForkConfigReaderOptions, 'chain' | 'chainId' | 'endpoints' | 'now'>,
  memory: Memory,
  signal: AbortSignal,
): Promise<Snapshot & { readonly version?: string }> {
  const names = namesOf(endpoints)
  const nameOf = (endpoint: EvmEndpoint): string => names.get(endpoint) ?? endpoint.host
  const asked = { chain, chainId: chainId ?? memory.chainId, now }
  const own = await askNode({ endpoint: first, name: nameOf(first) }, asked, signal)
  await vouch?.(own.head)
  memory.chainId = own.chainId
  const nodes = await Promise.all(
    endpoints.map((endpoint): Promise<NodeForks> =>
      endpoint === first
        ? Promise.resolve(own)
        : withPatience(endpoint, (soon) =>
            askOther({ endpoint, name: nameOf(endpoint) }, { ...asked, chainId: own.chainId }, soon),
          ),
    ),
  )
  signal.throwIfAborted()
  requireForks(chain, nodes)
  const { head, version } = own
  return { head, nodes, said: statementsOf(nodes, before, head), ...defined({ version }) }

  /** Limits the wait for a node, and shortens it in later polls if the node hung. */
  async function withPatience(
    endpoint: EvmEndpoint,
    ask: (soon: AbortSignal) => Promise<NodeForks>,
  ): Promise<NodeForks> {
    const begun = now()
    const hungAt = memory.hungAt.get(endpoint)
    const limit = timeLimit(signal, patienceWith(hungAt, now()))
    const answer = await ask(limit.signal).finally(limit.end)
    const { head } = answer
    if (!signal.aborted) memory.note(endpoint, { begun, isGood: head !== undefined, head: head?.number })
    const after = hungAtAfter(hungAt, { isLate: limit.isOver(), now: now() })
    if (after === undefined) memory.hungAt.delete(endpoint)
    else memory.hungAt.set(endpoint, after)
    return answer
  }
}

/** The statement of each node, or its last one if it does not answer. */
function statementsOf(nodes: readonly NodeForks[], before: Cursor | undefined, head: Head): readonly ReportedFork[] {
  const last = new Map(before?.said.map((said) => [said.name, said]))
  return nodes.flatMap(({ name, config }) => {
    const was = last.get(name)
    if (was === undefined) return config === undefined ? [] : [nextStatement(was, { name, ...config }, head)]
    const past = notAfter(was, head.timestamp)
    return [config === undefined ? past : nextStatement(past, { name, ...config }, head)]
  })
}

/** True if a node only lags: its block is older than the one that was read before, which may exist. */
function isBehind(head: Head, mark: Head, now: number): boolean {
  const isFar = mark.number - head.number > maxLag
  return !isFar || (head.timestamp < mark.timestamp && !isImpossibleHead(mark, head, now))
}

/** The forks that are ahead, or that were due and are not settled yet. */
export function proposalsIn(
  snapshot: Snapshot,
  open: readonly Proposal[],
  context: Pick<ForkConfigReaderOptions, 'chain' | 'describe'>,
): readonly Proposal[] {
  const known = new Map<string, Fork>()
  for (const proposal of open) {
    const fork = isOpen(proposal) ? forkIn(proposal) : undefined
    if (fork !== undefined) known.set(proposal.id, fork)
  }
  const over = new Set(open.filter(({ status }) => status === 'executed').map(({ id }) => id))
  const places = new Set([...known.keys(), ...snapshot.said.map((said) => countingOf(said).current.id)])
  return [...places].flatMap((after) => {
    const fate = over.has(after) ? undefined : fateOf(after, known.get(after), snapshot)
    return fate === undefined ? [] : [toProposal({ after, fate, at: snapshot.head.number }, context)]
  })
}

/**
 * Makes one reading: the head at `endpoint`, and the forks of every node. The head that was read before is given up if
 * it was never on the chain and `mayFall` allows it.
 */
export async function readNext(
  endpoint: EvmEndpoint,
  request: ReadRequest,
  options: ForkConfigReaderOptions,
  memory: Memory,
  mayFall: boolean,
): Promise<GoodReading> {
  const { chain, now, endpoints } = options
  const { signal, open } = request
  const cursor = request.cursor === undefined ? undefined : parseCursor(request.cursor, chain)
  const vouch = async (head: Head): Promise<void> => request.vouch?.({ head, at: head, host: endpoint.host })
  const snapshot = await readSnapshot(endpoint, { before: cursor, vouch }, options, memory, signal)
  const { head, nodes, said, version } = snapshot
  const nodeVersion = endpoint === endpoints[0] ? version : undefined
  const isLower = cursor !== undefined && head.number < cursor.head.number
  if (isLower && request.cursor !== undefined && isBehind(head, cursor.head, now()))
    return { ...unchangedReading({ chain, now }, { head: cursor.head, cursor: request.cursor }), lagging: true }
  if (isLower) {
    const place = `${endpoint.host} of ${chain}`
    const mark = { head: cursor.head, checkpoints: [] }
    await abandonHead(mark, () => Promise.resolve(undefined), { place, height: head.number, mayFall, hasFirst: true })
  }
  const previous = cursor === undefined || isSameBlock(cursor.head, head) ? undefined : cursor.head
  return {
    ok: true,
    chain,
    readAt: now(),
    head,
    at: head,
    ...defined({ previous: isLower ? undefined : previous, rewoundTo: isLower ? head.number : undefined }),
    proposals: proposalsIn(snapshot, open, options),
    votes: [],
    retracted: [],
    backlog: 0n,
    cursor: formatCursor({ head, said }),
    ...defined({ nodeVersion }),
    warnings: nodes.flatMap(({ name, problem }) => (problem === undefined ? [] : [`${name} of ${chain} ${problem}.`])),
  }
}
