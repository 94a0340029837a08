import { isOpen, type Proposal } from '../../../domain/proposals/proposal.js'
import type { PlanRef } from '../../../domain/plans/plan.js'
import type { Head } from '../../../domain/blocks/head.js'
import type { GoodReading } from '../../../domain/reading.js'
import { defined } from '../../../domain/defined.js'
import type { HttpEndpoint } from '../../http/createHttpEndpoints.js'
import { doubtsAfter, provenIn } from '../cosmosSdk/doubts.js'
import { cursorBaseAfter } from '../cosmosSdk/cursorBase.js'
import type { ReadRequest } from '../GovernanceReader.js'
import { optionalRequests } from '../cosmosSdk/optionalRequests.js'
import type { NodeStatus } from '../cosmosSdk/cometBft.js'
import { readAttendances } from './attendances.js'
import type { CosmosContext, Memory } from './context.js'
import { type Cursor, formatCursor } from './cursor.js'
import type { GovProposal } from './decode.js'
import { isInitial, lastIdAfter, type ListRead, missedOpenIds, readList } from './list.js'
import {
  depositsAfter,
  droppedOf,
  type OpenRead,
  readOpen,
  readUnread,
  unreadAfter,
  type UnreadRead,
} from './openProposals.js'
import { readOne } from './pages.js'
import { correctedPlans, mergePending, pendingOf } from './pendingPlans.js'
import {
  carriedOut,
  newlyWithdrawn,
  type ReconciledPlans,
  reconcilePlans,
  unproposed,
  withdrawnUnproposed,
  withStandingOf,
} from './reconcilePlans.js'
import { reconsiderVersion } from './reconsiderVersion.js'
import { type Rest, restAt } from '../cosmosSdk/rest.js'
import { verifyServer } from '../cosmosSdk/verifyServer.js'
import { openedAgain, openedAgainText, idsMovedBack, movedBackText } from '../cosmosSdk/movedBack.js'
import { settledEnd, settledStart } from './settlePosition.js'
import { readTallies, type TalliesRead } from './tallies.js'
import { govContract, toProposal } from './toProposal.js'

// At the first sync, the chain is asked about a past plan only if its height is at most this many blocks behind.
const recentBlocks = 20_000n

/**
 * Makes one reading at one REST server: new proposals in the list, the open ones, those that are no longer open, and
 * last the scheduled plan. A long list comes in portions; everything but the new proposals is read with the last one.
 */
export async function readNext(
  endpoint: HttpEndpoint,
  status: NodeStatus,
  stored: Cursor | undefined,
  request: ReadRequest,
  context: CosmosContext,
  memory: Memory,
): Promise<GoodReading> {
  const { head, network, earliest } = status
  const cursor = await settledStart(stored, request)
  const rest = restAt(endpoint, context.chain, head, cursor, request.signal)
  reconsiderVersion(endpoint, memory, context.now())
  const isWanted = (cursor?.pending ?? []).some(({ withdrawn }) => withdrawn === undefined)
  const question = { isOwn: endpoint === context.rest[0], isWanted, now: context.now() }
  await verifyServer(rest, network, question, memory, optionalRequests(rest, memory.infoHungAt, context.now))
  const found = await readGovernance(rest, head, cursor, request, context, memory)
  const plans = await readPlans(rest, found, status, cursor, context, memory)
  const { unit } = found.mine.find(({ tally }) => tally !== undefined)?.tally ?? {}
  const counted = { ...found, ...(await readTallies(rest, inOrder(found.raws), memory, { ...context, unit })) }
  const proposals = await toProposals(rest, counted, plans, status, cursor, request, context, memory)
  const ids = [...found.listed, ...found.list.unread, ...found.raws.keys()]
  const after = await settledEnd(rest, cursor, cursorAfter(rest, counted, plans, status, cursor), ids, request)
  const previous = cursor?.head ?? (earliest?.number === head.number ? undefined : earliest)
  return {
    ok: true,
    chain: context.chain,
    readAt: context.now(),
    head,
    at: head,
    ...defined({ previous }),
    proposals,
    votes: [],
    retracted: [],
    standings: plans.standings,
    backlog: found.list.toGo,
    cursor: formatCursor(after),
    ...defined({ nodeVersion: memory.nodeVersion }),
    warnings: [
      ...found.list.warnings,
      ...found.still.warnings,
      ...movedBackText(found.back, rest.place),
      ...openedAgainText(found.again, rest.place),
      ...plans.warnings,
    ],
  }
}

/** The proposals of one reading, as x/gov returns them. */
interface Found {
  readonly list: ListRead
  /** True if the list was read to its end. */
  readonly isWhole: boolean
  /** Ids of the proposals in the list. */
  readonly listed: ReadonlySet<bigint>
  /** Open proposals of earlier readings. */
  readonly mine: readonly Proposal[]
  /** All proposals of earlier readings that may still change. */
  readonly open: readonly Proposal[]
  readonly still: OpenRead
  readonly late: UnreadRead
  /** Proposals whose vote an outdated answer reverts; they are not in `raws`. */
  readonly back: ReadonlySet<string>
  /** Proposals that an outdated answer may have opened again; they are not in `raws` either. */
  readonly again: ReadonlySet<string>
  /** Everything that was read, by id. */
  readonly raws: Map<bigint, GovProposal>
}

async function readGovernance(
  rest: Rest,
  head: Head,
  cursor: Cursor | undefined,
  { open }: ReadRequest,
  { now }: CosmosContext,
  memory: Memory,
): Promise<Found> {
  const list = await readList(rest, cursor, memory)
  const isWhole = list.toGo === 0n
  const raws = new Map(list.proposals.map((raw) => [raw.id, raw]))
  const listed = new Set(raws.keys())
  const mine = open.filter(({ contract }) => contract === govContract)
  const known = mine
    .filter((proposal) => isOpen(proposal) && !raws.has(BigInt(proposal.id)))
    .map(({ id }) => BigInt(id))
  const still = isWhole
    ? await readOpen(rest, known, provenIn(cursor?.absent, head), memory)
    : { proposals: [], gone: [], absent: [], warnings: [] }
  const late = await readUnread(rest, isWhole ? (cursor?.unread ?? []).map(BigInt) : [], memory, now())
  for (const raw of [...still.proposals, ...late.proposals]) raws.set(raw.id, raw)
  const back = rest.isUntold
    ? idsMovedBack(mine, [...raws.values()], { doubts: cursor?.absent, head })
    : new Set<string>()
  const followed = new Set([...listed, ...mine.map(({ id }) => id), ...(cursor?.unread ?? [])].map(String))
  const again = rest.isUntold
    ? openedAgain(still.proposals, followed, cursor?.lastId, { doubts: cursor?.absent, head })
    : new Set<string>()
  for (const id of [...back, ...again]) raws.delete(BigInt(id))
  return { list, isWhole, listed, mine, open, still, late, back, again, raws }
}

interface Plans extends ReconciledPlans {
  /** The plans to watch, before the chain was asked. */
  readonly watched: ReconciledPlans['pending']
}

/** Compares the passed plans with the chain. Also reads the proposals whose plan is newly withdrawn. */
async function readPlans(
  rest: Rest,
  found: Found,
  { head }: NodeStatus,
  cursor: Cursor | undefined,
  { chain, now }: CosmosContext,
  memory: Memory,
): Promise<Plans> {
  const { raws, isWhole } = found
  const passed = [...raws.values()]
    .flatMap(pendingOf)
    .filter(({ height }) => !isInitial(cursor) || BigInt(height) + recentBlocks > head.number)
  const watched = mergePending(correctedPlans(cursor?.pending ?? [], found.mine), passed)
  const wasServed = cursor?.upgrades === true
  const awaited = isWhole ? awaitedPlans(found, memory, now()) : []
  const plans = isWhole
    ? await reconcilePlans(rest, watched, [...raws.values()], { chain, head, wasServed, awaited, open: found.open })
    : { pending: watched, standings: [], isServed: wasServed, warnings: [] }
  for (const { id } of newlyWithdrawn(watched, plans.pending)) {
    // Only needed to display the proposal; the chain's word on its plan holds even if it cannot be read.
    const one = raws.has(id) ? undefined : await readOne(rest, id, memory)
    if (one?.type === 'read') raws.set(id, one.raw)
  }
  return { ...plans, watched }
}

// How long an unreadable proposal delays a decision, in milliseconds. It covers a few lost answers; a proposal that the
// chain can never return must not hide a plan for ever.
const patienceMs = 60_000

/** Returns the plans of proposals that were open and have been unreadable for a short time only. */
function awaitedPlans({ mine, raws, still }: Found, { unreadSince }: Memory, now: number): readonly PlanRef[] {
  const gone = new Set(still.gone.map(String))
  const unread = mine.filter((one) => isOpen(one) && !raws.has(BigInt(one.id)) && !gone.has(one.id))
  const before = new Map(unreadSince)
  unreadSince.clear()
  return unread.flatMap(({ id, finding }) => {
    const since = before.get(id) ?? now
    unreadSince.set(id, since)
    return finding !== undefined && Math.abs(now - since) < patienceMs ? [finding.plan] : []
  })
}

async function toProposals(
  rest: Rest,
  { raws, isWhole, mine, still, tallies }: Found & TalliesRead,
  plans: Plans,
  { head }: NodeStatus,
  cursor: Cursor | undefined,
  { open }: ReadRequest,
  context: CosmosContext,
  memory: Memory,
): Promise<readonly Proposal[]> {
  const sorted = inOrder(raws)
  const before = new Map(mine.map((proposal) => [proposal.id, proposal]))
  const attendances = await readAttendances(
    rest,
    sorted,
    before,
    isWhole ? context : { ...context, voters: [] },
    memory,
  )
  const gone = new Set(still.gone.map(String))
  return [
    ...sorted.map((raw) =>
      toProposal(raw, {
        ...context,
        readAt: head.number,
        tally: tallies.get(raw.id) ?? before.get(raw.id.toString())?.tally,
        attendance: attendances.get(raw.id),
      }),
    ),
    ...mine
      .filter(({ id }) => gone.has(id))
      .map((proposal) => droppedOf(proposal, cursor?.deposits.get(proposal.id), head)),
    ...carriedOut(plans.standings, raws, open),
    ...plans.standings.flatMap((verdict) => withdrawnUnproposed(verdict, plans.watched, open)),
    ...(plans.unproposed === undefined ? [] : [unproposed(plans.unproposed, head.number, context)]),
  ].map((proposal) => withStandingOf(proposal, plans.standings))
}

function cursorAfter(
  rest: Rest,
  { list, isWhole, listed, mine, still, late, back, again, raws, withoutUnit }: Found & TalliesRead,
  plans: Plans,
  status: NodeStatus,
  cursor: Cursor | undefined,
): Cursor {
  const sorted = inOrder(raws)
  const { lastId, next } = list.position
  const missed = missedOpenIds(
    still.proposals,
    [...listed, ...[...mine.map(({ id }) => id), ...again].map(BigInt)],
    lastId,
  )
  const unread = unreadAfter(isWhole ? late.still : (cursor?.unread ?? []).map(BigInt), list.unread, raws)
  return {
    ...cursorBaseAfter(cursor, status, rest),
    lastId: lastIdAfter(lastId, sorted, missed),
    ...(!isWhole && { next: next ?? '', left: list.toGo, listed: list.listed }),
    deposits: depositsAfter(cursor, sorted, new Set(still.gone.map(String))),
    pending: plans.pending,
    absent: doubtsAfter(cursor?.absent, [...still.absent.map(String), ...back, ...again], status.head),
    unread: [...unread, ...withoutUnit].map(String),
    ...(plans.isServed && { upgrades: true }),
  }
}

function inOrder(raws: ReadonlyMap<bigint, GovProposal>): readonly GovProposal[] {
  return [...raws.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
}
