import type { Head } from '../../../domain/blocks/head.js'
import { SourceError } from '../../../domain/errors.js'
import { isOpen, keyOf, type Proposal } from '../../../domain/proposals/proposal.js'
import { withPlanStanding } from '../../../domain/proposals/withPlanStanding.js'
import type { GoodReading } from '../../../domain/reading.js'
import { defined } from '../../../domain/defined.js'
import type { JsonRpcEndpoint } from '../../jsonRpc/createJsonRpcEndpoints.js'
import type { JsonRpcAnswer, JsonRpcCall } from '../../jsonRpc/matchAnswers.js'
import type { ReadRequest } from '../GovernanceReader.js'
import { takeOpening } from '../opening.js'
import { unchangedReading } from '../unchangedReading.js'
import { addCheckpoint, placeholderHash } from '../cosmosSdk/checkpoints.js'
import { doubtsAfter, provenIn } from '../cosmosSdk/doubts.js'
import { openedAgain, openedAgainText, idsMovedBack, movedBackText } from '../cosmosSdk/movedBack.js'
import { cancelPlans, knownTo, verdictsOf } from './cancelledPlans.js'
import { type Cursor, formatCursor, parseCursor } from './cursor.js'
import { type BlockFacts, checkNetwork, decodeBlock, headOf, type NodeStatus } from './decode.js'
import { heldBack, unreadable, unreadableIn } from './heldBack.js'
import { decodeAll, type DecodedList, entriesIn, readLists, without } from './lists.js'
import { openReading } from './openReading.js'
import type { Memory, WemixvisorReaderOptions, Unreadable } from './context.js'
import { rulesOf } from './toProposal.js'
import { unseenEntries, unseenIds } from './unseen.js'
import { sortUnlisted, type Unlisted, unreadIn } from './unlisted.js'
import { type PastOptions, verifyChain, verifyPast } from './verifyPast.js'

// Distance of the older block that is read at the start, to measure the block time.
const sampleBlocks = 100n

/**
 * Makes one reading at one endpoint, in one request if there is no new block and no open proposal left the lists,
 * otherwise in two. The server ties nothing to a block: proposals are as they were when the node was at the reported
 * height.
 */
export async function readNext(
  endpoint: JsonRpcEndpoint,
  { cursor: json, open, head, signal }: ReadRequest,
  options: WemixvisorReaderOptions,
  memory: Memory,
  mayFall = false,
): Promise<GoodReading> {
  const { chain, chainId, now } = options
  const stored = json === undefined ? undefined : parseCursor(json, chain)
  const { status, all, words, lists, params } =
    takeOpening(memory, endpoint, head) ?? (await openReading(endpoint, options, memory, signal))
  const expected = chainId ?? stored?.network
  if (status.network !== undefined) checkNetwork(status.network, expected, chain, endpoint.host)
  const past: PastOptions = { endpoint, place: `${endpoint.host} of ${chain}`, mayFall, now: now(), signal }
  const direction = await verifyPast(status, stored, past)
  if (stored !== undefined && direction === 'behind')
    return { ...unchangedReading(options, { head: stored.head, cursor: formatCursor(stored) }), lagging: true }
  // The reading does not continue from a head that never existed; other knowledge is kept.
  const cursor = direction === 'fallen' ? undefined : stored

  if (params?.ok === true) memory.rules = rulesOf(params.result)
  const context = { ...options, rules: memory.rules ?? {}, readAt: status.height }
  const listed = readLists(entriesIn(endpoint, words, lists, memory, now()), context, past.place)
  const missing = open.filter((proposal) => isOpen(proposal) && !listed.decoded.has(proposal.id))

  const unseen = all ? [] : unseenIds(status, cursor, listed)
  const found = await lookUp(endpoint, status, cursor, [...missing.map(({ id }) => id), ...unseen], chain, signal)
  if (cursor !== undefined && found.before !== undefined && found.before !== cursor.checkpoints.at(-1)?.hash)
    await verifyChain(status.height, cursor, past)
  const network = networkIn(status.network ?? found.block.network, expected, options, endpoint)
  const newest = headNow(status, found, cursor, now())
  const unlisted = sortUnlisted(missing, found.told, provenIn(stored?.absent, newest))
  const newcomers = unseenEntries(unseen, found.told.slice(missing.length), context)
  const followed = decodeAll([...unlisted.entries, ...newcomers], context)
  const told = [...followed.decoded.values(), ...listed.decoded.values()].map(({ proposal }) => proposal)
  const outdated = outdatedIn(told, { stored, cursor, open, head: newest, place: past.place })
  noteRead(memory, now(), all ? unreadableIn(['executed'], words, lists, context) : undefined)
  const waiting = unreadableIn(['passed', 'queued'], words, lists, context)
  const doubtful = [...(memory.unreadable ?? []), ...waiting, ...unreadable(unlisted.entries, context)]
  return {
    ...toReading(
      {
        status,
        head: newest,
        stored,
        cursor,
        open,
        unlisted,
        doubtful,
        outdatedIds: outdated.ids,
        lastId: highestId(told, all ? undefined : stored?.lastId),
        found,
        network,
        listed: { ...without(listed, outdated.ids), warnings: [...listed.warnings, ...outdated.warnings] },
        followed: without(followed, outdated.ids),
      },
      options,
    ),
    // The first endpoint is the operator's own node. The version of other nodes says nothing about its upgrade.
    ...(endpoint === options.endpoints[0] && defined({ nodeVersion: status.version })),
    ...(direction === 'fallen' && { rewoundTo: status.height }),
  }
}

/**
 * Records a reading, and if it was one of all proposals, the unreadable ones. Because anyone may propose, only those
 * that a vote approved count.
 */
function noteRead(memory: Memory, readAt: number, unreadable: readonly Unreadable[] | undefined): void {
  memory.readAt = readAt
  if (unreadable === undefined) return
  memory.allReadAt = readAt
  memory.unreadable = unreadable
}

/** The proposals whose answer is ignored because it may be outdated: it reverts them, or may have opened them again. */
function outdatedIn(
  told: readonly Proposal[],
  {
    stored,
    cursor,
    open,
    head,
    place,
  }: Pick<Findings, 'stored' | 'cursor' | 'open' | 'head'> & { readonly place: string },
): { readonly ids: ReadonlySet<string>; readonly warnings: readonly string[] } {
  const at = { doubts: stored?.absent, head }
  const known = knownTo(cursor, open)
  const back = idsMovedBack(known, told, at)
  const again = openedAgain(told, new Set(known.map(({ id }) => id)), stored?.lastId, at)
  return {
    ids: new Set([...back, ...again]),
    warnings: [...movedBackText(back, place), ...openedAgainText(again, place)],
  }
}

/** The block of the reading: the known head if it is still the newest. */
function headNow(status: NodeStatus, { block }: SecondLook, cursor: Cursor | undefined, now: number): Head {
  const known = cursor?.head
  return known?.number === status.height && (status.hash ?? known.hash) === known.hash
    ? known
    : headOf(status, block, BigInt(Math.floor(now / 1000)))
}

/** The results of the requests to a node. */
interface Findings {
  readonly status: NodeStatus
  readonly head: Head
  /** `stored` is the cursor of the last reading. `cursor` is the same, or `undefined` if its head never existed. */
  readonly stored: Cursor | undefined
  readonly cursor: Cursor | undefined
  readonly open: readonly Proposal[]
  readonly listed: DecodedList
  readonly followed: DecodedList
  readonly unlisted: Unlisted
  readonly doubtful: readonly Unreadable[]
  /** Proposals that an outdated answer reverts or may have opened again; they are in no list. */
  readonly outdatedIds: ReadonlySet<string>
  readonly lastId: bigint | undefined
  readonly found: SecondLook
  readonly network: string | undefined
}

function toReading(findings: Findings, { chain, now }: WemixvisorReaderOptions): GoodReading {
  const { status, head, stored, cursor, open, listed, followed, unlisted, doubtful, found, network } = findings
  const { retracted, absent } = unlisted
  const { block, sample } = found
  const known = cursor?.head
  const previous = known !== undefined && known.number < head.number ? known : sample
  const kept = network ?? stored?.network
  const wereOff = stored?.calledOff ?? []
  const read = [...listed.decoded.values(), ...followed.decoded.values()]
  const unread = unreadIn(
    open.filter(({ id }) => !retracted.some((proposal) => proposal.id === id)),
    [...listed.entries, ...followed.entries],
    new Set(read.map(({ proposal: { id } }) => id)),
    status.height,
  )
  const calledOff = cancelPlans(wereOff, [...read, ...unread.before])
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
      standings.filter(({ key }) => key === keyOf(proposal)).reduce(withPlanStanding, proposal),
    ),
    votes: [],
    retracted: retracted.map(keyOf),
    standings,
    backlog: 0n,
    cursor: formatCursor({
      head,
      checkpoints:
        cursor !== undefined && head === cursor.head
          ? cursor.checkpoints
          : addCheckpoint(stored?.checkpoints ?? [], {
              number: head.number,
              hash: block.hash ?? placeholderHash(head.number),
            }),
      ...defined({ network: kept }),
      absent: doubtsAfter(stored?.absent, [...absent, ...findings.outdatedIds], head),
      calledOff,
      ...defined({ lastId: findings.lastId }),
    }),
    warnings: [...new Set([...listed.warnings, ...followed.warnings])],
  }
}

/** The highest numeric id. A reading of all proposals starts anew, because one answer may have invented an id. */
function highestId(told: readonly Pick<Proposal, 'id'>[], before: bigint | undefined): bigint | undefined {
  const ids = told.flatMap(({ id }) => (/^[0-9]{1,20}$/.test(id) ? [BigInt(id)] : []))
  return ids.reduce((most, id) => (most === undefined || id > most ? id : most), before)
}

/**
 * @throws SourceError, permanent, if the node is on another chain, or does not report its chain although `chainId` is
 *   configured.
 */
function networkIn(
  network: string | undefined,
  expected: string | undefined,
  { chain, chainId }: WemixvisorReaderOptions,
  { host }: JsonRpcEndpoint,
): string | undefined {
  if (network !== undefined) checkNetwork(network, expected, chain, host)
  else if (chainId !== undefined) {
    throw new SourceError('permanent', `${host} of ${chain} does not report its chain id: remove rpc.chainId.`)
  }
  return network
}

interface SecondLook {
  readonly block: BlockFacts
  /** An older block, read at the start. Together with the head it gives the block time. */
  readonly sample?: Head
  /** Hash of the last checkpoint's block, as the node reports it now. */
  readonly before?: string
  /** Answers about the single proposals, in their order. */
  readonly told: readonly JsonRpcAnswer[]
}

/** Makes the second request: the new block, an older one at the start, and single proposals. */
async function lookUp(
  endpoint: JsonRpcEndpoint,
  status: NodeStatus,
  cursor: Cursor | undefined,
  ids: readonly string[],
  chain: string,
  signal: AbortSignal,
): Promise<SecondLook> {
  const { height } = status
  const back = height > sampleBlocks ? height - sampleBlocks : 1n
  // The block of the last checkpoint must still be the same, if blocks have hashes.
  const known = cursor?.checkpoints.slice(-1).map(({ number }) => number) ?? []
  const heights =
    cursor?.head.number === height ? [] : [height, ...(cursor === undefined ? (back < height ? [back] : []) : known)]
  const calls: readonly JsonRpcCall[] = [
    ...heights.map((at) => ({ method: 'block', params: { height: at.toString() } })),
    ...ids.map((id) => ({ method: 'gov/proposal', params: { proposal_id: id } })),
  ]
  const answers = await endpoint.ask(calls, signal)
  // Some servers do not support `block`; the height is then the only information.
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
    ...defined({ sample, before }),
    told: answers.slice(heights.length),
  }
}
