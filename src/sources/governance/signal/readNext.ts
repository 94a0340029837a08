import { SourceError } from '../../../domain/errors.js'
import { isOpen, type Proposal } from '../../../domain/proposals/proposal.js'
import type { GoodReading } from '../../../domain/reading.js'
import { defined } from '../../../domain/defined.js'
import type { HttpEndpoint } from '../../http/createHttpEndpoints.js'
import { readAgreed } from '../../readAgreed.js'
import { optionalRequests } from '../cosmosSdk/optionalRequests.js'
import type { NodeStatus } from '../cosmosSdk/cometBft.js'
import { doubtsAfter, provenIn } from '../cosmosSdk/doubts.js'
import { cursorBaseAfter } from '../cosmosSdk/cursorBase.js'
import { asking, type AskPath, type Rest, restAt } from '../cosmosSdk/rest.js'
import { verifyServer } from '../cosmosSdk/verifyServer.js'
import type { ReadRequest } from '../GovernanceReader.js'
import { agreedAnswer } from './agreed.js'
import type { Memory, SignalContext } from './context.js'
import { type Cursor, formatCursor } from './cursor.js'
import { type ScheduledSwitch, type SignalTally, versionOf } from './decode.js'
import { readScheduled, readTally } from './questions.js'
import { planHeightOf, signalContract, toProposal } from './toProposal.js'

/** The head of a node of the chain, and the version of that block. */
export interface SignalStatus extends NodeStatus {
  readonly running: bigint
}

/** What x/signal reports at one moment. */
export interface Snapshot {
  readonly scheduled: ScheduledSwitch | undefined
  readonly tallies: ReadonlyMap<bigint, SignalTally>
  readonly warnings: readonly string[]
}

// How many of the next versions are requested, because a later version can be signalled too. Each costs a small
// request.
const ahead = 2
const mostAsked = 8
// Maximum plausible distance of a scheduled version. Chains normally advance one version at a time.
const mostAhead = 100n

/**
 * Reads what is scheduled, and the signals for the next versions and those in `also`.
 *
 * @param ask - How to request signals. @defaultValue a request whose failure throws
 */
export async function readSnapshot(
  rest: Rest,
  { running, head }: Pick<SignalStatus, 'running' | 'head'>,
  also: readonly bigint[] = [],
  ask: AskPath = asking(rest),
): Promise<Snapshot> {
  const scheduled = await readScheduled(rest)
  if (scheduled !== undefined) requirePossible(scheduled, running, head.number, rest.place)
  const next = Array.from({ length: ahead }, (_, index) => running + BigInt(index) + 1n)
  const wanted = [...(scheduled === undefined ? [] : [scheduled.version]), ...next, ...also]
  const versions = [...new Set(wanted)].filter((version) => version > running).slice(0, mostAsked)
  const answers = await Promise.all(
    versions.map(async (version) => ({ version, tally: await readTally(rest, version, ask) })),
  )
  return {
    scheduled,
    tallies: new Map(answers.flatMap(({ version, tally }) => (typeof tally === 'string' ? [] : [[version, tally]]))),
    warnings: answers.flatMap(({ tally }) => (typeof tally === 'string' ? [tally] : [])),
  }
}

/**
 * Asks again about a schedule that is not known yet, because the chain cannot withdraw one: a single wrong answer would
 * be believed until its height.
 */
async function agreedSchedule(
  rest: Rest,
  { running, head }: SignalStatus,
  scheduled: ScheduledSwitch | undefined,
  known: readonly Proposal[],
): Promise<ScheduledSwitch | undefined> {
  if (scheduled === undefined || scheduled.version <= running || isKnownSwitch(scheduled, known)) return scheduled
  const read = async (): Promise<ScheduledSwitch | undefined> => {
    const again = await readScheduled(rest)
    if (again !== undefined) requirePossible(again, running, head.number, rest.place)
    return again
  }
  return readAgreed(read, scheduled, { where: `${rest.place}, about the scheduled upgrade,`, meaningOf: scheduleText })
}

function isKnownSwitch(scheduled: ScheduledSwitch, known: readonly Proposal[]): boolean {
  return known.some(
    ({ id, finding }) => id === scheduled.version.toString() && finding?.plan.height === planHeightOf(scheduled),
  )
}

/**
 * Asks the other servers, too: the schedule is what enough of them report, whichever is read. If they do not agree, a
 * known schedule stands, and a new one does not count yet.
 */
async function confirmedSchedule(
  rest: Rest,
  { running, head }: SignalStatus,
  told: ScheduledSwitch | undefined,
  known: readonly Proposal[],
  { chain, rest: servers }: SignalContext,
  needed: number,
): Promise<{ readonly scheduled?: ScheduledSwitch | undefined; readonly warnings: readonly string[] }> {
  const named = new Map([[scheduleText(told), told]])
  const agreed = await agreedAnswer({ servers, needed, signal: rest.signal }, async (endpoint, signal) => {
    if (endpoint === rest.endpoint) return scheduleText(told)
    const server = restAt(endpoint, chain, head, undefined, signal)
    const scheduled = await readScheduled(server)
    if (scheduled !== undefined) requirePossible(scheduled, running, head.number, server.place)
    named.set(scheduleText(scheduled), scheduled)
    return scheduleText(scheduled)
  })
  if (agreed !== undefined) return { scheduled: named.get(agreed), warnings: [] }
  if (told === undefined || told.version <= running || isKnownSwitch(told, known))
    return { scheduled: told, warnings: [] }
  return {
    warnings: [
      `${rest.place} has version ${told.version} scheduled for block ${planHeightOf(told)}. It counts once ${needed} servers report it.`,
    ],
  }
}

function scheduleText(scheduled: ScheduledSwitch | undefined): string {
  return scheduled === undefined ? 'none' : `${scheduled.version}@${planHeightOf(scheduled)}`
}

/**
 * Rejects a schedule that contradicts the blocks, because a wrong answer could otherwise end a scheduled switch or
 * create false versions. A schedule that has already been applied is accepted, because the server may be behind.
 *
 * @throws SourceError, transient.
 */
function requirePossible(
  { version, upgradeHeight }: ScheduledSwitch,
  running: bigint,
  height: bigint,
  place: string,
): void {
  const isDone = version <= running && height > upgradeHeight
  if (isDone || (version > running && version <= running + mostAhead)) return
  throw new SourceError(
    'transient',
    `${place} says that the chain has version ${version} scheduled after block ${upgradeHeight}, which is impossible while its blocks are of version ${running}.`,
  )
}

/** Makes one reading at one REST server: the schedule, and the signals for the next and the open versions. */
export async function readNext(
  endpoint: HttpEndpoint,
  status: SignalStatus,
  cursor: Cursor | undefined,
  { open, signal }: Pick<ReadRequest, 'open' | 'signal'>,
  context: SignalContext,
  memory: Memory,
): Promise<GoodReading> {
  const { head, network, earliest } = status
  const rest = restAt(endpoint, context.chain, head, cursor, signal)
  const known = new Map(open.filter(isMine).map((proposal) => [versionOf(proposal.id) ?? 0n, proposal]))
  const isWanted = [...known.values()].some((proposal) => isOpen(proposal) && proposal.finding !== undefined)
  const question = { isOwn: endpoint === context.rest[0], isWanted, now: context.now() }
  await verifyServer(rest, network, question, memory, optionalRequests(rest, memory.infoHungAt, context.now))
  const followed = [...known].flatMap(([version, proposal]) => (isOpen(proposal) ? [version] : []))
  // Signals are requested aside, so that a server that does not answer them cannot delay the reading past a switch.
  const told = await readSnapshot(rest, status, followed, optionalRequests(rest, memory.tallyHungAt, context.now))
  const needed = Math.min(context.agreement, context.rest.length)
  const { scheduled, warnings } =
    needed > 1
      ? await confirmedSchedule(rest, status, told.scheduled, [...known.values()], context, needed)
      : { scheduled: await agreedSchedule(rest, status, told.scheduled, [...known.values()]), warnings: [] }
  const snapshot = { ...told, scheduled, warnings: [...told.warnings, ...warnings] }
  const moved = movedIn(snapshot.scheduled, [...known.values()], status)
  const isDoubtful = moved !== undefined && !provenIn(cursor?.moved, head).has(moved)
  const previous = cursor?.head ?? (earliest?.number === head.number ? undefined : earliest)
  return {
    ok: true,
    chain: context.chain,
    readAt: context.now(),
    head,
    at: head,
    ...defined({ previous }),
    proposals: proposalsIn(isDoubtful ? { ...snapshot, scheduled: undefined } : snapshot, status, known, context),
    votes: [],
    retracted: [],
    backlog: 0n,
    cursor: formatCursor({
      ...cursorBaseAfter(cursor, status, rest),
      moved: doubtsAfter(cursor?.moved, moved === undefined ? [] : [moved], head),
      ...(context.agreement > 1 && { version: status.running }),
    }),
    ...defined({ nodeVersion: memory.nodeVersion }),
    warnings: [...snapshot.warnings, ...(isDoubtful ? [movedText(rest.place, moved)] : [])],
  }
}

function isMine({ contract, id }: Proposal): boolean {
  return contract === signalContract && versionOf(id) !== undefined
}

/**
 * The schedule in an answer, as `version@height`, if it contradicts one that is known and waits for its height. The
 * chain can neither move nor replace a schedule, so one answer does not do it either.
 */
function movedIn(
  scheduled: ScheduledSwitch | undefined,
  known: readonly Proposal[],
  { head, running }: SignalStatus,
): string | undefined {
  if (scheduled === undefined || scheduled.version <= running) return undefined
  const height = planHeightOf(scheduled)
  const isOther = known.some(({ id, finding: { plan, withdrawn } = {} }) => {
    if (plan?.height === undefined || withdrawn !== undefined || head.number >= BigInt(plan.height)) return false
    return id !== scheduled.version.toString() || plan.height !== height
  })
  return isOther ? `${scheduled.version}@${height}` : undefined
}

function movedText(place: string, moved: string): string {
  const [version, height] = moved.split('@')
  return `${place} has version ${version} scheduled for block ${height} in place of what was scheduled before. It counts once it was reported for longer than a server may be wrong.`
}

/** The versions that are signalled, scheduled, or open since an earlier reading, in ascending order. */
export function proposalsIn(
  { scheduled, tallies }: Pick<Snapshot, 'scheduled' | 'tallies'>,
  { head, running }: Pick<SignalStatus, 'head' | 'running'>,
  known: ReadonlyMap<bigint, Proposal>,
  context: SignalContext,
): readonly Proposal[] {
  const signalled = [...tallies].flatMap(([version, tally]) => (tally.signalled > 0n ? [version] : []))
  const open = [...known].flatMap(([version, proposal]) => (isOpen(proposal) ? [version] : []))
  // A server that is behind may still report a switch that has already happened.
  const pending = scheduled !== undefined && scheduled.version > running ? [scheduled.version] : []
  return [...new Set([...pending, ...signalled, ...open])]
    .sort((a, b) => (a < b ? -1 : 1))
    .map((version) =>
      toProposal(
        { version, running, scheduled, tally: tallies.get(version), before: known.get(version), at: head.number },
        context,
      ),
    )
}
