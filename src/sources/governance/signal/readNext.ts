import { defined } from '../../../domain/defined.js'
import { isOpen, type Proposal } from '../../../domain/proposals/proposal.js'
import type { GoodReading } from '../../../domain/reading.js'
import type { HttpEndpoint } from '../../http/createHttpEndpoints.js'
import { cursorBaseAfter } from '../cosmosSdk/cursorBase.js'
import { doubtsAfter } from '../cosmosSdk/doubts.js'
import { optionalRequests } from '../cosmosSdk/optionalRequests.js'
import { restAt } from '../cosmosSdk/rest.js'
import { verifyServer } from '../cosmosSdk/verifyServer.js'
import type { ReadRequest } from '../GovernanceReader.js'
import { believeSchedule } from './believeSchedule.js'
import type { Memory, SignalContext } from './context.js'
import { formatCursor } from './cursor.js'
import { versionOf } from './decode.js'
import { proposalsIn, readSnapshot } from './snapshot.js'
import { signalContract } from './toProposal.js'
import type { Visit } from './visit.js'

/** Makes one reading at one REST server: the schedule, and the signals for the next and the open versions. */
export async function readNext(
  endpoint: HttpEndpoint,
  { status, cursor }: Pick<Visit, 'status' | 'cursor'>,
  { open, signal }: Pick<ReadRequest, 'open' | 'signal'>,
  context: SignalContext,
  memory: Memory,
): Promise<GoodReading> {
  const { head, network, earliest } = status
  const rest = restAt(endpoint, context.chain, head, cursor, signal)
  const known = new Map(open.filter(isMine).map((proposal) => [versionOf(proposal.id) ?? 0n, proposal]))
  const stillOpen = [...known].filter(([, proposal]) => isOpen(proposal))
  const isWanted = stillOpen.some(([, { finding }]) => finding !== undefined)
  const question = { isOwn: endpoint === context.rest[0], isWanted, now: context.now() }
  await verifyServer(rest, network, question, memory, optionalRequests(rest, memory.infoHungAt, context.now))
  // Signals are requested aside, so that a server that does not answer them cannot delay the reading past a switch.
  const aside = optionalRequests(rest, memory.tallyHungAt, context.now)
  const followed = stillOpen.map(([version]) => version)
  const { scheduled: told, tallies, warnings } = await readSnapshot(rest, status, followed, aside)
  const believed = await believeSchedule({ rest, status, cursor, known, context }, told)
  const previous = cursor?.head ?? (earliest?.number === head.number ? undefined : earliest)
  return {
    ok: true,
    chain: context.chain,
    readAt: context.now(),
    head,
    at: head,
    ...defined({ previous }),
    proposals: proposalsIn({ scheduled: believed.scheduled, tallies }, status, known, context),
    votes: [],
    retracted: [],
    backlog: 0n,
    cursor: formatCursor({
      ...cursorBaseAfter(cursor, status, rest),
      moved: doubtsAfter(cursor?.moved, believed.moved === undefined ? [] : [believed.moved], head),
      ...(context.agreement > 1 && { version: status.running }),
    }),
    ...defined({ nodeVersion: memory.nodeVersion }),
    warnings: [...warnings, ...believed.warnings],
  }
}

function isMine({ contract, id }: Proposal): boolean {
  return contract === signalContract && versionOf(id) !== undefined
}
