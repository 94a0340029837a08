import { defined } from '../../../domain/defined.js'
import type { Proposal } from '../../../domain/proposals/proposal.js'
import type { GoodReading } from '../../../domain/reading.js'
import type { HttpEndpoint } from '../../http/createHttpEndpoints.js'
import { cursorBaseAfter } from '../cosmosSdk/cursorBase.js'
import { doubtsAfter } from '../cosmosSdk/doubts.js'
import { movedBackText, openedAgainText } from '../cosmosSdk/movedBack.js'
import { optionalRequests } from '../cosmosSdk/optionalRequests.js'
import { restAt } from '../cosmosSdk/rest.js'
import { verifyServer } from '../cosmosSdk/verifyServer.js'
import type { ReadRequest } from '../GovernanceReader.js'
import { readAttendances } from './attendances.js'
import type { CosmosContext, Memory } from './context.js'
import { type Cursor, formatCursor } from './cursor.js'
import type { GovProposal } from './decode.js'
import { lastIdAfter, missedOpenIds } from './list.js'
import { depositsAfter, droppedOf, unreadAfter } from './openProposals.js'
import { type Found, readGovernance } from './readGovernance.js'
import { type PlansRead, readPlans } from './readPlans.js'
import { carriedOut, unproposed, withdrawnUnproposed, withStandingOf } from './reconcilePlans.js'
import { reconsiderVersion } from './reconsiderVersion.js'
import { settledEnd, settledStart } from './settlePosition.js'
import { readTallies, type TalliesRead } from './tallies.js'
import { toProposal } from './toProposal.js'
import type { Visit } from './visit.js'

/**
 * Makes one reading at one REST server: new proposals in the list, the open ones, those that are no longer open, and
 * last the scheduled plan. A long list comes in portions; everything but the new proposals is read with the last one.
 */
export async function readNext(
  endpoint: HttpEndpoint,
  { status, cursor: stored }: Pick<Visit, 'status' | 'cursor'>,
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
  const visit = { rest, status, cursor, request, context, memory }
  const found = await readGovernance(visit)
  const plans = await readPlans(visit, found)
  const { unit } = found.mine.find(({ tally }) => tally !== undefined)?.tally ?? {}
  const counted = { ...found, ...(await readTallies(rest, inOrder(found.raws), memory, { ...context, unit })) }
  const proposals = await proposalsIn(visit, counted, plans)
  const ids = [...found.listed, ...found.list.unread, ...found.raws.keys()]
  const after = await settledEnd(rest, cursor, cursorAfter(visit, counted, plans), ids, request)
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

async function proposalsIn(
  { rest, status: { head }, cursor, request: { open }, context, memory }: Visit,
  { raws, isWhole, mine, still, tallies }: Found & TalliesRead,
  plans: PlansRead,
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
  { rest, status, cursor }: Visit,
  { list, isWhole, listed, mine, still, late, back, again, raws, withoutUnit }: Found & TalliesRead,
  plans: PlansRead,
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
