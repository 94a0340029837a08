import type { Head } from '../../../domain/blocks/head.js'
import { defined } from '../../../domain/defined.js'
import { SourceError } from '../../../domain/errors.js'
import { isOpen, keyOf, type Proposal } from '../../../domain/proposals/proposal.js'
import { readHeader } from '../../readHead.js'
import type { SourceLog } from '../../rpc/logs/checkLogs.js'
import { mayHoldLogs } from '../../rpc/logs/mayHoldLogs.js'
import type { ChainClient } from '../evm/context.js'
import { isPortionFull, paceBlock, progressOf } from '../evm/portion.js'
import type { EvmSystem, Step, StepResult } from '../evm/system.js'
import { isReplaced, type Part, readPart } from '../evm/readPart.js'
import { returnsAllLogs } from '../evm/returnsAllLogs.js'
import type { LogFilter } from '../evm/readWindow.js'
import { requireReached, requireWholeHistory } from '../evm/contracts.js'
import { announcedOf, type AnnouncedPlans, foldAnnouncements, placeOf } from './announcements.js'
import type { EntrypointContext, EntrypointMemory } from './context.js'
import { prepareContracts } from './contracts.js'
import { decodeEntrypointLog, type EntrypointEvent, entrypointTopics } from './decode.js'
import { toProposal } from './toProposal.js'

/** Reads contracts that announce upgrades from their logs, because only the logs contain the announcements. */
export function entrypointSystem(context: EntrypointContext, memory: EntrypointMemory): EvmSystem {
  return {
    contracts: context.addresses,
    prepare: prepareContracts(context, memory),
    begin: (client) => requireWholeHistory(client, context.addresses, context.fromBlock, context.chain),
    readStep: (node, step) => readStep(node, step, context, memory),
  }
}

async function readStep(
  node: ChainClient,
  step: Step,
  context: EntrypointContext,
  memory: EntrypointMemory,
): Promise<StepResult | 'reorged'> {
  requireReached(step.target.head.number, context.fromBlock, node.chain, node.host)
  const isRead = new Set(context.addresses.map((address) => address.toLowerCase()))
  // A contract that is no longer configured keeps its proposals.
  const open = step.open.filter(({ contract }) => isRead.has(contract.toLowerCase()))
  const base = baseOf({ open, from: step.from }, step.ancestor)
  const told = await readAnnouncements(node, step, base.from, context, memory)
  if (told === 'reorged') return told
  // A late log precedes others that were already read, so everything that follows from them is rebuilt.
  const late = told.logs.find(({ block }) => step.again !== undefined && block <= step.again.readTo)
  if (late === undefined) return resultOf(node, open, base, told, context)
  const again = baseOf({ open, from: step.from }, late.block - 1n)
  const { again: _again, anchor: _anchor, ...rest } = step
  const whole = await readAnnouncements(node, { ...rest, ancestor: late.block - 1n }, again.from, context, memory)
  return whole === 'reorged' ? whole : resultOf(node, open, again, { ...whole, previous: told.previous }, context)
}

/** The plans to start from, and the first block to read logs of. */
interface Base {
  readonly from: bigint
  readonly plans: AnnouncedPlans
  /** Proposals rebuilt from their first announcement on, because they may depend on replaced blocks. */
  readonly rebuilt: readonly Proposal[]
}

function baseOf({ open, from }: Pick<Step, 'open' | 'from'>, ancestor: bigint | undefined): Base {
  const rebuilt = ancestor === undefined ? [] : open.filter(({ readAt }) => readAt > ancestor)
  const kept = open.filter((proposal) => !rebuilt.includes(proposal))
  const starts = rebuilt.flatMap(({ origin }) => (origin === undefined ? [] : [origin.block]))
  return {
    from: [...starts, ancestor === undefined ? from : ancestor + 1n].reduce((a, b) => (a < b ? a : b), from),
    plans: new Map(kept.flatMap(announcedOf).map((plan) => [placeOf(plan), plan])),
    rebuilt,
  }
}

interface EntrypointRead {
  readonly at: Head
  readonly previous: Head | undefined
  readonly logs: readonly SourceLog[]
  readonly part: Part
}

/** Returns the filter for the logs of these contracts. */
export function filterFor({ addresses }: Pick<EntrypointContext, 'addresses'>): LogFilter {
  return { addresses: new Set(addresses.map((address) => address.toLowerCase())), topics: entrypointTopics }
}

/** Reads the logs from `start` to the target, or a portion of them if there are many. */
async function readAnnouncements(
  node: ChainClient,
  { target, again, anchor, ancestor }: Pick<Step, 'target' | 'again' | 'anchor' | 'ancestor'>,
  start: bigint,
  context: Pick<EntrypointContext, 'addresses' | 'maxLogRange' | 'now' | 'chain' | 'onProgress'>,
  memory: EntrypointMemory,
): Promise<EntrypointRead | 'reorged'> {
  const { now, chain, onProgress } = context
  const filter = filterFor(context)
  const started = now()
  const logs: SourceLog[] = []
  let previous: Head | undefined
  let next = start
  for (;;) {
    const isFirst = next === start
    const wanted = () => ({ calls: [], headers: isFirst ? [anchor?.number ?? paceBlock(target.number)] : [] })
    const part = await readPart(node, { filter, from: next, target, again, wanted }, context, memory)
    const [header] = part.window.headers
    if (anchor !== undefined && isFirst && isReplaced(node, anchor, header)) return 'reorged'
    if (isFirst) previous = header
    logs.push(...part.window.logs)
    const isLast = part.to >= target.number
    if (!isLast) onProgress?.(progressOf(chain, start, part.to, target.number, now() - started))
    // After a reorg the reading must not end early, because what the reorg removed is known only at the end.
    if (isLast || (ancestor === undefined && isPortionFull(logs.length, now() - started)))
      return { at: part.window.end, previous: previous ?? anchor, logs, part }
    next = part.to + 1n
  }
}

async function resultOf(
  node: ChainClient,
  open: readonly Proposal[],
  { plans, rebuilt }: Base,
  { at, previous, logs, part }: EntrypointRead,
  { chain, describe }: EntrypointContext,
): Promise<StepResult> {
  const { events, warnings } = eventsIn(logs)
  const after = foldAnnouncements(plans, events, node.chainId)
  const before = new Map(open.map((proposal) => [keyOf(proposal), proposal]))
  const proposals = [...after.values()]
    .map((plan) => toProposal(plan, { chain, at: at.number, describe }))
    .filter((proposal) => {
      const known = before.get(keyOf(proposal))
      return known === undefined || rebuilt.includes(known) || hasMoved(known, proposal)
    })
  return {
    at,
    ...defined({ previous }),
    proposals,
    votes: [],
    unsure: part.unsure,
    retracted: await lostOf(
      node,
      rebuilt.filter((proposal) => !after.has(placeOf(proposal))),
      logs,
    ),
    ...defined({ nodeVersion: part.window.nodeVersion }),
    warnings,
  }
}

/** True if a proposal changed. Closed proposals do not change unless a reorg affected them. */
function hasMoved(known: Proposal, now: Proposal): boolean {
  return isOpen(known) && (known.status !== now.status || known.finding !== now.finding)
}

/**
 * Returns the keys of proposals whose announcement was not found again.
 *
 * @throws SourceError, transient, if the block of an announcement still stands and may contain the log, although the
 *   node returns none of that block, because that does not prove that it is gone.
 */
async function lostOf(
  node: ChainClient,
  missing: readonly Proposal[],
  logs: readonly SourceLog[],
): Promise<readonly string[]> {
  const found = await Promise.all(missing.map((proposal) => isWithheld(node, proposal, logs)))
  const hidden = missing.find((_proposal, index) => found[index])
  if (hidden === undefined) return missing.map(keyOf)
  throw new SourceError(
    'transient',
    `${node.host} of ${node.chain} does not tell the log of block ${hidden.origin?.block ?? 0n} in which ${hidden.contract} announced an upgrade: its index of logs may be behind.`,
  )
}

/** True if the block of an announcement still stands and may contain its log, of which the node returns nothing. */
async function isWithheld(
  node: ChainClient,
  { origin, contract }: Proposal,
  logs: readonly SourceLog[],
): Promise<boolean> {
  if (origin === undefined || logs.some(({ block }) => block === origin.block)) return false
  const { head, logsBloom } = (await readHeader(node.client, origin.block, node.host)) ?? {}
  if (head?.hash !== origin.hash) return false
  const filter: LogFilter = { addresses: new Set([contract.toLowerCase()]), topics: entrypointTopics }
  if (logsBloom !== undefined && !mayHoldLogs(logsBloom, filter)) return false
  return !(await returnsAllLogs(node, origin.block))
}

/** Decodes the logs; each that cannot be decoded becomes a warning. */
export function eventsIn(logs: readonly SourceLog[]): {
  readonly events: readonly EntrypointEvent[]
  readonly warnings: readonly string[]
} {
  const decoded = logs.map(decodeEntrypointLog)
  return {
    events: decoded.filter((one) => typeof one !== 'string'),
    warnings: decoded.filter((one) => typeof one === 'string'),
  }
}
