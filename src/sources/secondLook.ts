import { firstValueFrom, fromEvent, merge, mergeMap, type SchedulerLike, throwError, timeout } from 'rxjs'
import { SourceError } from '../domain/errors.js'
import type { Json } from '../domain/text/json.js'
import { isOpen, keyOf, type Proposal, type ProposalKey } from '../domain/proposals/proposal.js'
import { proposalContent } from '../domain/proposals/proposalContent.js'
import type { GoodReading } from '../domain/reading.js'
import { defined } from '../domain/defined.js'
import { agreedBy, askWitnesses } from './askWitnesses.js'
import type { CrossCheckOptions } from './crossCheck.js'
import { fromAbortable } from './fromAbortable.js'
import type { GovernanceReader, ReadRequest } from './governance/GovernanceReader.js'
import { stepSeen } from './pollProposals.js'

/** How far another node was read, and what it told of what may still change. */
interface Look {
  readonly cursor?: Json
  readonly proposals: ReadonlyMap<ProposalKey, Proposal>
  readonly isBehind: boolean
  readonly dueAt: number
}

/** Told by another node, and not or otherwise by the one that is read. */
interface Suspect {
  readonly proposal: Proposal
  /** Block the other node stood at: before it is read here nothing is missing. */
  readonly seenAt: bigint
  readonly dueAt: number
}

const everyMs = 600_000
const againMs = 60_000
const limitMs = 10_000
const distrustMs = 3_600_000
const mostSuspects = 1_000
const mostAtOnce = 20

/**
 * The reader, whose history is read a second time at another node: every ten minutes what came since, and a first sync
 * whole, a portion with each reading. A proposal that the other node tells of and the reading does not, or tells as
 * over, is asked for at every node. Where `agreement` of them tell it, it is put into the reading with a warning,
 * and the node that hid it is read only while no other answers, for an hour.
 */
export function secondLook(reader: GovernanceReader, options: CrossCheckOptions): GovernanceReader {
  const { witnesses, known, now } = options
  const others = witnesses.slice(1)
  const suspects = new Map<ProposalKey, Suspect>()
  const distrusted = new Map<string, number>()
  let look: Look | undefined
  let turn = 0

  /** Reads on at the next of the other nodes. */
  async function lookOn(before: Look, request: ReadRequest, reading: GoodReading): Promise<Look> {
    const second = others[turn++ % others.length]
    if (second === undefined || (!before.isBehind && now() < before.dueAt)) return before
    const { cursor, proposals } = before
    try {
      const told = await limited(
        (signal) => second.read({ ...defined({ cursor }), open: [...proposals.values()], signal }),
        request.signal,
        options.scheduler,
      )
      if (told === undefined) return before
      for (const proposal of told.proposals) {
        const current = currentOf(keyOf(proposal), reading, known().proposals)
        if (suspects.size < mostSuspects && isAtOdds(proposal, current, reading))
          suspects.set(keyOf(proposal), { proposal, seenAt: told.at.number, dueAt: 0 })
      }
      return { ...stepSeen(before, told), isBehind: told.backlog > 0n, dueAt: now() + everyMs }
    } catch (cause) {
      const isLasting = cause instanceof SourceError && cause.kind === 'permanent'
      return isLasting
        ? { ...stepSeen({ proposals: known().proposals }, reading), isBehind: false, dueAt: now() + everyMs }
        : { ...before, isBehind: false, dueAt: now() + againMs }
    }
  }

  /** What the nodes agree on of the suspects, where it is not what the reading tells. */
  async function found(reading: GoodReading, servedBy: string | undefined): Promise<readonly Found[]> {
    for (const [key, { proposal }] of suspects)
      if (!isAtOdds(proposal, currentOf(key, reading, known().proposals), reading)) suspects.delete(key)
    const ripe = [...suspects].filter(([, { seenAt, dueAt }]) => seenAt <= reading.at.number && dueAt <= now())
    const all = await Promise.all(
      ripe.slice(0, mostAtOnce).map(async ([key, suspect]): Promise<readonly Found[]> => {
        const told = await askWitnesses(witnesses, suspect.proposal, { ...options, isEnough: () => false })
        const agreed = agreedBy(told, options.agreement, standingWords)
        suspects.set(key, { ...suspect, dueAt: now() + againMs })
        if (agreed === undefined) return []
        suspects.delete(key)
        const current = currentOf(key, reading, known().proposals)
        if (current !== undefined && standingWords(current) === standingWords(agreed)) return []
        const odd = told.filter(
          ({ host, hasFailed, proposal }) =>
            (servedBy === undefined || host === servedBy) &&
            hasFailed !== true &&
            (proposal === undefined || standingWords(proposal) !== standingWords(agreed)),
        )
        for (const { host } of odd) distrusted.set(host, now() + distrustMs)
        return [{ proposal: agreed, hosts: odd.map(({ host }) => host) }]
      }),
    )
    return all.flat()
  }

  /** Reads, where it can be had not from a node that has hidden something. */
  async function readTrusted(request: ReadRequest, onServed: (host: string | undefined) => void): Promise<GoodReading> {
    let refused = false
    const read = (isPicky: boolean): Promise<GoodReading> =>
      reader.read({
        ...request,
        async vouch(told) {
          if (isPicky && told.host !== undefined && (distrusted.get(told.host) ?? 0) > now()) {
            refused = true
            throw new SourceError('transient', `${told.host} of ${reader.chain} has hidden a proposal from us.`)
          }
          await request.vouch?.(told)
          onServed(told.host)
        },
      })
    return read(true).catch((cause: unknown) => {
      if (!refused || request.signal.aborted) throw cause
      return read(false)
    })
  }

  return {
    ...reader,
    async read(request) {
      look ??= { ...startOf(request), isBehind: true, dueAt: 0 }
      let servedBy: string | undefined
      const reading = await readTrusted(request, (host) => (servedBy = host))
      if (reading.backlog > 0n) return reading
      look = await lookOn(look, request, reading)
      const missing = await found(reading, servedBy)
      if (missing.length === 0) return reading
      const proposals = new Map(reading.proposals.map((proposal) => [keyOf(proposal), proposal]))
      for (const { proposal } of missing) proposals.set(keyOf(proposal), proposal)
      return {
        ...reading,
        proposals: [...proposals.values()],
        retracted: reading.retracted.filter((key) => !proposals.has(key)),
        warnings: [...reading.warnings, ...missing.map((one) => hiddenText(one, options.agreement))],
      }
    },
  }
}

interface Found {
  readonly proposal: Proposal
  readonly hosts: readonly string[]
}

function startOf({ cursor, open }: ReadRequest): Pick<Look, 'cursor' | 'proposals'> {
  return {
    ...defined({ cursor }),
    proposals: new Map(open.map((proposal) => [keyOf(proposal), proposal])),
  }
}

function currentOf(
  key: ProposalKey,
  { proposals, retracted }: GoodReading,
  known: ReadonlyMap<ProposalKey, Proposal>,
): Proposal | undefined {
  const read = proposals.find((proposal) => keyOf(proposal) === key)
  return read ?? (retracted.includes(key) ? undefined : known.get(key))
}

/** Whether what another node told can still lead to something, and is not what is known. */
function isAtOdds(told: Proposal, current: Proposal | undefined, { at }: GoodReading): boolean {
  const { status, finding } = told
  if (current === undefined)
    return isOpen(told) || (isDone(status) && finding !== undefined && BigInt(finding.plan.height) >= at.number)
  // That nobody closed it is what we say, not a node.
  if (current.status === 'expired' || isOpen(told) === isOpen(current)) return false
  return isOpen(told) || status === 'canceled' || status === 'executed'
}

function isDone(status: Proposal['status']): boolean {
  return status === 'executed' || status === 'passed'
}

function standingWords(proposal: Proposal): string {
  return `${isOpen(proposal) ? 'open' : proposal.status} ${proposalContent(proposal)}`
}

/** @throws SourceError, transient, where it takes too long or is stopped. */
function limited(
  read: (signal: AbortSignal) => Promise<GoodReading>,
  stop: AbortSignal,
  scheduler?: SchedulerLike,
): Promise<GoodReading | undefined> {
  const stopped$ = fromEvent(stop, 'abort').pipe(
    mergeMap(() => throwError(() => new SourceError('transient', 'The read was stopped.'))),
  )
  return firstValueFrom(
    merge(fromAbortable(read), stopped$).pipe(timeout({ first: limitMs, ...defined({ scheduler }) })),
    { defaultValue: undefined },
  )
}

function hiddenText({ proposal: { chain, id, contract, status }, hosts }: Found, agreement: number): string {
  const who = hosts.length === 0 ? 'The node that was read' : hosts.join(' and ')
  const rest = hosts.length === 0 ? '' : ' It is read only while no other node answers, for an hour: look at it.'
  return `${who} did not tell that proposal ${id} of ${contract} on ${chain} is ${status}, as ${agreement} nodes agree.${rest}`
}
