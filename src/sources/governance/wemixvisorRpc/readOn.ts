import { SourceError } from '../../../domain/errors.js'
import type { Head } from '../../../domain/blocks/head.js'
import { isJsonObject } from '../../../domain/text/json.js'
import { isOpen, keyOf, type Proposal } from '../../../domain/proposals/proposal.js'
import type { GoodReading } from '../../../domain/reading.js'
import { withVerdict } from '../../../domain/proposals/withVerdict.js'
import type { JsonRpcEndpoint } from '../../jsonRpc/createJsonRpcEndpoints.js'
import type { Answer, Call } from '../../jsonRpc/matchAnswers.js'
import type { ReadRequest } from '../GovernanceReader.js'
import { addCheckpoint, madeHash } from '../cosmos/checkpoints.js'
import { callOff, verdictsOf } from './callOff.js'
import { type Cursor, formatCursor, parseCursor } from './cursor.js'
import { type BlockFacts, decodeBlock, headOf, type NodeStatus } from './decodeHead.js'
import { rulesOf } from './decodeParams.js'
import { type Decoded, decodeProposal, idOf } from './decodeProposal.js'
import { heldBack, unreadable, unreadableIn } from './heldBack.js'
import { callFor, entriesIn, wordsFor } from './readLists.js'
import { checkNetwork, statusIn } from './statusIn.js'
import type { Memory, WemixvisorReaderOptions } from './WemixvisorContext.js'
import { unreadIn } from './unread.js'
import { type PastOptions, verifyChain, verifyPast } from './verifyPast.js'

// What is over is read at the start and then this often: a proposal may come and go between two polls.
const allEveryMs = 3_600_000
// How far back a second block is looked up at the start, for the block time.
const sampleBlocks = 100n

/**
 * One reading at one endpoint, in one request where no block is new and nothing moved, in two otherwise. The
 * dialect pins nothing to a block: proposals are as they were when the node stood at the height it named.
 */
export async function readOn(
  endpoint: JsonRpcEndpoint,
  { cursor: json, open, signal }: ReadRequest,
  options: WemixvisorReaderOptions,
  memory: Memory,
  mayFall = false,
): Promise<GoodReading> {
  const { chain, chainId, now } = options
  const stored = json === undefined ? undefined : parseCursor(json, chain)
  const all = memory.allReadAt === undefined || now() - memory.allReadAt >= allEveryMs
  const words = wordsFor(endpoint, all, memory)
  const [first, ...others] = await endpoint.ask(
    [{ method: 'status' }, ...words.map(callFor), ...(all ? [{ method: 'gov/params' }] : [])],
    signal,
  )
  const status = statusIn(first, chain, endpoint.host)
  const expected = chainId ?? stored?.network
  if (status.network !== undefined) checkNetwork(status.network, expected, chain, endpoint.host)
  const past: PastOptions = { endpoint, place: `${endpoint.host} of ${chain}`, mayFall, now: now(), signal }
  const standing = await verifyPast(status, stored, past)
  if (stored !== undefined && standing === 'behind') return { ...stayed(stored, options), lagging: true }
  // A head that never was is no place to read on from; what else is known stays.
  const cursor = standing === 'fallen' ? undefined : stored

  const params = all ? others[words.length] : undefined
  if (params?.ok === true) memory.rules = rulesOf(params.result)
  const context = { ...options, rules: memory.rules ?? {}, readAt: status.height }
  const entries = entriesIn(endpoint, words, others.slice(0, words.length), memory)
  const listed = decodeAll(entries, context)
  if (entries.length > 0 && listed.decoded.size === 0) {
    throw new SourceError(
      'transient',
      `${past.place} lists ${entries.length} proposals, and none of them can be read: ${listed.warnings[0] ?? ''}`,
    )
  }
  const missing = open.filter((proposal) => isOpen(proposal) && !listed.decoded.has(proposal.id))

  const { block, sample, before, vanished } = await lookUp(endpoint, status, cursor, missing, chain, signal)
  if (cursor !== undefined && before !== undefined && before !== cursor.checkpoints.at(-1)?.hash)
    await verifyChain(status.height, cursor, past)
  const network = status.network ?? block.network
  if (network !== undefined) checkNetwork(network, expected, chain, endpoint.host)
  if (network === undefined && chainId !== undefined) {
    throw new SourceError(
      'permanent',
      `${endpoint.host} of ${chain} does not tell what chain it stands on: leave rpc.chainId out.`,
    )
  }
  const { retracted, absent, entries: found } = sortVanished(missing, vanished, new Set(stored?.absent))
  const followed = decodeAll(found, context)
  if (all) memory.allReadAt = now()
  const known = cursor?.head
  const isKnown = cursor !== undefined && known?.number === status.height && (status.hash ?? known.hash) === known.hash
  const head = isKnown ? known : headOf(status, block, BigInt(Math.floor(now() / 1000)))
  const previous = known !== undefined && known.number < head.number ? known : sample
  const kept = network ?? stored?.network
  const wereOff = stored?.calledOff ?? []
  const read = [...listed.decoded.values(), ...followed.decoded.values()]
  const unread = unreadIn(
    open.filter(({ id }) => !retracted.some((proposal) => proposal.id === id)),
    [...entries, ...found],
    new Set(read.map(({ proposal: { id } }) => id)),
    status.height,
  )
  const calledOff = callOff(wereOff, [...read, ...unread.before])
  // Anyone may propose: of what cannot be read only that counts which a vote has decided for.
  const lists = others.slice(0, words.length)
  if (all) memory.unreadable = unreadableIn(['executed'], words, lists, context)
  const doubtful = [
    ...(memory.unreadable ?? []),
    ...unreadableIn(['passed', 'queued'], words, lists, context),
    ...unreadable(found, context),
  ]
  const isOff = (id: string): boolean => calledOff.some((one) => one.id === id)
  const standings = [
    ...verdictsOf(chain, wereOff, calledOff),
    ...heldBack(doubtful, [...read, ...unread.before], open, isOff),
  ]
  return {
    ok: true,
    chain,
    readAt: now(),
    head,
    at: head,
    ...(previous !== undefined && previous.timestamp <= head.timestamp && { previous }),
    proposals: [...read.map(({ proposal }) => proposal), ...unread.garbled].map((proposal) =>
      standings.filter(({ key }) => key === keyOf(proposal)).reduce(withVerdict, proposal),
    ),
    votes: [],
    ...(standing === 'fallen' && { rewoundTo: head.number }),
    retracted: retracted.map(keyOf),
    standings,
    backlog: 0n,
    cursor: formatCursor({
      head,
      checkpoints: isKnown
        ? cursor.checkpoints
        : addCheckpoint(stored?.checkpoints ?? [], { number: head.number, hash: block.hash ?? madeHash(head.number) }),
      ...(kept !== undefined && { network: kept }),
      absent,
      calledOff,
    }),
    ...(status.version !== undefined && { nodeVersion: status.version }),
    warnings: [...new Set([...listed.warnings, ...followed.warnings])],
  }
}

/** What became of the open proposals that are in no list any more. */
function sortVanished(
  missing: readonly Proposal[],
  answers: readonly Answer[],
  doubted: ReadonlySet<string>,
): {
  readonly retracted: readonly Proposal[]
  readonly absent: readonly string[]
  readonly entries: readonly unknown[]
} {
  const retracted: Proposal[] = []
  const absent: string[] = []
  const entries: unknown[] = []
  for (const [at, proposal] of missing.entries()) {
    const answer = answers[at]
    if (answer === undefined) continue
    // The answer tells no height: the node may be an old one behind a balancer. Said again, it counts.
    if (isUnknown(answer)) {
      if (doubted.has(proposal.id)) retracted.push(proposal)
      else absent.push(proposal.id)
    } else if (answer.ok) entries.push(entryFor(proposal, answer.result))
    else throw answer.error
  }
  return { retracted, absent, entries }
}

/** An answer about another proposal, or about none, is one that is not understood. */
function entryFor({ id }: Proposal, result: unknown): unknown {
  const entry = proposalIn(result)
  return isJsonObject(entry) && idOf(entry) === id ? entry : { proposal_id: id }
}

/** The second request: the new block, an older one at the start, and the open proposals that are in no list any more. */
async function lookUp(
  endpoint: JsonRpcEndpoint,
  status: NodeStatus,
  cursor: Cursor | undefined,
  missing: readonly Proposal[],
  chain: string,
  signal: AbortSignal,
): Promise<{
  readonly block: BlockFacts
  readonly sample?: Head
  readonly before?: string
  readonly vanished: readonly Answer[]
}> {
  const { height } = status
  const back = height > sampleBlocks ? height - sampleBlocks : 1n
  // Where the reader stood before must still be the same block, where blocks have hashes.
  const known = cursor?.checkpoints.slice(-1).map(({ number }) => number) ?? []
  const heights =
    cursor?.head.number === height ? [] : [height, ...(cursor === undefined ? (back < height ? [back] : []) : known)]
  const calls: readonly Call[] = [
    ...heights.map((at) => ({ method: 'block', params: { height: at.toString() } })),
    ...missing.map(({ id }) => ({ method: 'gov/proposal', params: { proposal_id: id } })),
  ]
  const answers = await endpoint.ask(calls, signal)
  // Not every server of the dialect has blocks: then the height is all there is.
  const [block = {}, older = {}] = heights.map((at, index) => {
    const answer = answers[index]
    const facts = answer?.ok === true ? decodeBlock(answer.result) : {}
    if (facts.height !== undefined && facts.height !== at) {
      throw new SourceError(
        'transient',
        `${endpoint.host} of ${chain} answered with block ${facts.height} where block ${at} was asked for.`,
      )
    }
    return facts
  })
  const sample =
    cursor !== undefined || older.time === undefined
      ? undefined
      : headOf({ height: back, time: older.time }, older, older.time)
  const before = cursor === undefined ? undefined : older.hash
  return {
    block,
    ...(sample !== undefined && { sample }),
    ...(before !== undefined && { before }),
    vanished: answers.slice(heights.length),
  }
}

function decodeAll(
  entries: readonly unknown[],
  context: Parameters<typeof decodeProposal>[1],
): { readonly decoded: ReadonlyMap<string, Decoded>; readonly warnings: readonly string[] } {
  const decoded = new Map<string, Decoded>()
  const warnings: string[] = []
  for (const entry of entries) {
    const one = decodeProposal(entry, context)
    // It may move from list to list while they are read: the later list is right.
    if (typeof one === 'string') warnings.push(one)
    else decoded.set(one.proposal.id, one)
  }
  return { decoded, warnings }
}

/** True where a node says that there is no such proposal: with nothing, or with an error in its own words. */
export function isUnknown(answer: Answer): boolean {
  return answer.ok
    ? isNothing(answer.result)
    : /not found|no such|does ?n[o']t exist|unknown proposal|not exist/i.test(answer.error.message) &&
        answer.error.code !== -32601
}

/** Nothing in so many words; an answer about something else says nothing of it. */
function isNothing(result: unknown): boolean {
  if (!isJsonObject(result)) return (result ?? null) === null
  return Object.keys(result).length === 0 || result['proposal'] === null
}

export function proposalIn(result: unknown): unknown {
  return isJsonObject(result) ? result['proposal'] : undefined
}

/** A reading that says nothing but that the node answers. Heads never go backwards. */
function stayed(cursor: Cursor, { chain, now }: WemixvisorReaderOptions): GoodReading {
  return {
    ok: true,
    chain,
    readAt: now(),
    head: cursor.head,
    at: cursor.head,
    proposals: [],
    votes: [],
    retracted: [],
    backlog: 0n,
    cursor: formatCursor(cursor),
    warnings: [],
  }
}
