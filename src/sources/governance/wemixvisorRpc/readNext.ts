import type { Head } from '../../../domain/blocks/head.js'
import { SourceError } from '../../../domain/errors.js'
import { isOpen, type Proposal } from '../../../domain/proposals/proposal.js'
import type { GoodReading } from '../../../domain/reading.js'
import { defined } from '../../../domain/defined.js'
import type { JsonRpcEndpoint } from '../../jsonRpc/createJsonRpcEndpoints.js'
import type { ReadRequest } from '../GovernanceReader.js'
import { takeOpening } from '../opening.js'
import { unchangedReading } from '../unchangedReading.js'
import { openedAgain, openedAgainText, idsMovedBack, movedBackText } from '../cosmosSdk/movedBack.js'
import { cancellersToAsk, sortCancellers } from './cancellers.js'
import { knownTo } from './cancelledPlans.js'
import { type Cursor, formatCursor, parseCursor } from './cursor.js'
import { checkNetwork, headOf, type NodeStatus } from './decode.js'
import { unreadable, unreadableIn } from './heldBack.js'
import { decodeAll, entriesIn, readLists, without } from './lists.js'
import { lookUp, type SecondLook } from './lookUp.js'
import { openReading } from './openReading.js'
import type { Memory, WemixvisorReaderOptions, Unreadable } from './context.js'
import { rulesOf, type ToProposalContext } from './toProposal.js'
import { lastIdAfter, unseenEntries, unseenIds } from './unseen.js'
import { provenUnknown, sortUnlisted } from './unlisted.js'
import { type PastOptions, verifyChain, verifyPast } from './verifyPast.js'
import { type Findings, toReading } from './toReading.js'

/**
 * Makes one reading at one endpoint, in one request if there is no new block and no open proposal left the lists,
 * otherwise in two. The server ties nothing to a block: proposals are as they were when the node was at the reported
 * height.
 */
export async function readNext(
  endpoint: JsonRpcEndpoint,
  { cursor: json, open, head, signal, isKnown }: ReadRequest,
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

  const cancellers = cancellersToAsk(status, cursor, listed, missing, all)
  const unseen = all ? [] : unseenIds(status, cursor, listed, open).filter((id) => !cancellers.includes(id))
  const asked = { missing, cancellers, unseen }
  const found = await lookUp(endpoint, { chain, status, cursor, ids: idsOf(asked) }, signal)
  if (cursor !== undefined && found.before !== undefined && found.before !== cursor.checkpoints.at(-1)?.hash)
    await verifyChain(status.height, cursor, past)
  const network = networkIn(status.network ?? found.block.network, expected, options, endpoint)
  const newest = headNow(status, found, cursor, now())
  const { unlisted, canceling, followed } = await sortTold(asked, found.told, stored, newest, { ...context, isKnown })
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
        canceling,
        doubtful,
        outdatedIds: outdated.ids,
        lastId: await lastIdAfter(told, all, stored?.lastId, isKnown),
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

/** The proposals that the second request asks about, in this order. */
interface AskedIds {
  readonly missing: readonly Proposal[]
  readonly cancellers: readonly string[]
  readonly unseen: readonly string[]
}

function idsOf({ missing, cancellers, unseen }: AskedIds): readonly string[] {
  return [...missing.map(({ id }) => id), ...cancellers, ...unseen]
}

/** Sorts the answers about single proposals. */
async function sortTold(
  { missing, cancellers, unseen }: AskedIds,
  told: SecondLook['told'],
  stored: Cursor | undefined,
  newest: Head,
  { isKnown, ...context }: ToProposalContext & { readonly isKnown: ReadRequest['isKnown'] },
): Promise<Pick<Findings, 'unlisted' | 'canceling' | 'followed'>> {
  const proven = await provenUnknown([...missing.map(({ id }) => id), ...cancellers], stored, newest, isKnown)
  const unlisted = sortUnlisted(missing, told, proven)
  const others = told.slice(missing.length)
  const canceling = sortCancellers(cancellers, others, stored, proven)
  const newcomers = unseenEntries(unseen, others.slice(cancellers.length), context)
  const followed = decodeAll([...unlisted.entries, ...canceling.entries, ...newcomers], context)
  return { unlisted, canceling, followed }
}

/**
 * Records a reading. Closed proposals are soon read again if it is not believed: {@link noteBelieved}. If it was one of
 * all proposals, the unreadable ones are recorded; because anyone may propose, only those that a vote approved count.
 */
function noteRead(memory: Memory, at: number, unreadable: readonly Unreadable[] | undefined): void {
  memory.unvouched = { at, all: unreadable !== undefined }
  if (unreadable !== undefined) memory.unreadable = unreadable
}

/** Records that the last reading is believed. */
export function noteBelieved(memory: Memory): void {
  const { unvouched } = memory
  if (unvouched === undefined) return
  memory.readAt = unvouched.at
  if (unvouched.all) memory.allReadAt = unvouched.at
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
