import type { Head } from '../../../domain/blocks/head.js'
import { defined } from '../../../domain/defined.js'
import type { ChainClient } from '../evm/context.js'
import type { Cursor } from '../evm/cursor.js'
import { isPortionFull, paceBlock, progressOf } from '../evm/portion.js'
import type { EvmSystem, Step, StepResult } from '../evm/system.js'
import { isReplaced, type Part, readPart, type Wanted } from '../evm/readPart.js'
import type { GovBaseContext, GovBaseContract, GovBaseMemory } from './context.js'
import { askContract, type ContractAnswer, mayHaveChanged } from './contractQuery.js'
import { contractsOf, prepareContracts } from './contracts.js'
import { govBaseTopics } from './decode.js'
import { type CollectedLogs, collectLogs } from './logs.js'
import { type BatchQuery, concatQueries } from './query.js'
import { resolveContract, type ResolvedContract } from './resolveContract.js'

/**
 * Reads contracts of the GovBase family. Their state contains everything except who voted how, so the history is read
 * from the state, and logs only from then on.
 */
export function govBaseSystem(context: GovBaseContext, memory: GovBaseMemory): EvmSystem {
  return {
    contracts: context.addresses,
    prepare: prepareContracts(context, memory),
    readStep: (node, step) => readStep(node, step, context, memory),
  }
}

interface WantedState extends Wanted {
  readonly state?: BatchQuery<readonly ContractAnswer[]>
}

async function readStep(
  node: ChainClient,
  step: Step,
  context: GovBaseContext,
  memory: GovBaseMemory,
): Promise<StepResult | 'reorged'> {
  const { target, from, cursor, anchor, ancestor, again } = step
  const { chain, addresses, now, onProgress } = context
  const hasReorged = ancestor !== undefined
  if (hasReorged) memory.seats.clear()
  const contracts = contractsOf(addresses, memory)
  const filter = { addresses: new Set(addresses.map((address) => address.toLowerCase())), topics: govBaseTopics }
  const start =
    cursor === undefined ? target.number + 1n : hasReorged ? firstToReread(cursor, from, context.fromBlock) : from
  const started = now()
  const collected: CollectedLogs = { votes: [], origins: new Map(), skips: new Map(), expired: new Map(), warnings: [] }

  let next = start
  for (;;) {
    const isFirst = next === start
    const wanted = (isLast: boolean): WantedState => wantedAt(isFirst, isLast, step, contracts, memory)
    const part = await readPart(node, { filter, from: next, target, again, wanted }, context, memory)
    const { window, to, asked } = part
    const [header] = window.headers
    if (anchor !== undefined && isFirst && isReplaced(node, anchor, header)) return 'reorged'
    collectLogs(part, contracts, chain, collected, memory)
    if (asked.state === undefined) onProgress?.(progressOf(chain, start, to, target.number, now() - started))
    // After a reorg the reading must not end early, because what the reorg removed is known only at the end.
    const mayGoOn = hasReorged || !isPortionFull(collected.votes.length, now() - started)
    if (asked.state === undefined && mayGoOn) {
      next = to + 1n
      continue
    }
    const answers = asked.state?.read(window.answers) ?? []
    const scope = { ...collected, at: window.end, hasReorged }
    const resolved = await Promise.all(answers.map((one) => resolveContract(node, one, scope, context, memory)))
    return stepResult(part, resolved, collected, {
      previous: isFirst ? header : anchor,
      counts: resolved.length === 0 ? (cursor?.counts ?? {}) : countsOf(answers, resolved),
    })
  }
}

/** The state of the contracts is read at the target; the anchor is checked with the first part. */
function wantedAt(
  isFirst: boolean,
  isLast: boolean,
  { target, open, cursor, anchor, ancestor }: Step,
  contracts: readonly GovBaseContract[],
  memory: GovBaseMemory,
): WantedState {
  const headers = isFirst ? [anchor?.number ?? paceBlock(target.number)] : []
  if (!isLast) return { calls: [], headers }
  const state = concatQueries(
    contracts.map((contract) => {
      const count = cursor?.counts?.[contract.address.toLowerCase()] ?? 0n
      const known = open.filter((proposal) => proposal.contract === contract.address)
      return askContract({ contract, count, known, watched: mayHaveChanged(known, ancestor !== undefined) }, memory)
    }),
  )
  return { calls: state.calls, headers, state }
}

function stepResult(
  { window: { end, nodeVersion }, unsure }: Part,
  resolved: readonly ResolvedContract[],
  { votes, warnings }: CollectedLogs,
  { previous, counts }: { readonly previous: Head | undefined; readonly counts: NonNullable<StepResult['counts']> },
): StepResult {
  return {
    at: end,
    ...defined({ previous }),
    proposals: resolved.flatMap(({ proposals }) => proposals),
    votes,
    unsure,
    retracted: resolved.flatMap(({ retracted }) => retracted),
    counts,
    ...defined({ nodeVersion }),
    warnings: [...warnings, ...resolved.flatMap((one) => one.warnings)],
  }
}

function countsOf(
  answers: readonly ContractAnswer[],
  resolved: readonly ResolvedContract[],
): NonNullable<StepResult['counts']> {
  return Object.fromEntries(
    answers.map(({ contract, count }, index) => [contract.address.toLowerCase(), resolved[index]?.count ?? count]),
  )
}

// Number of blocks below the first reading whose logs are read after a reorg, because it may have moved events there.
const reach = 64n

/**
 * Returns the first block to read after a reorg. Logs before the first reading were never read; the state contains
 * their effect.
 */
function firstToReread({ at, checkpoints }: Cursor, from: bigint, fromBlock: bigint): bigint {
  const first = [...checkpoints, at].find(({ number }) => number > fromBlock)?.number ?? from
  return first - reach > from ? first - reach : from
}
