import type { Address } from 'viem'
import { SourceError } from '../../../domain/errors.js'
import { keyOf, type Origin, type ProposalKey, type Vote } from '../../../domain/proposals/proposal.js'
import type { Prepare } from '../evm/arrive.js'
import { transactionNumber } from '../../rpc/checkLogs.js'
import { isStale } from '../evm/isStale.js'
import type { Cursor } from '../evm/cursor.js'
import { paceBlock } from '../evm/paceBlock.js'
import type { Place } from '../evm/Place.js'
import { progressOf } from '../evm/progressOf.js'
import type { Advance, EvmSystem, Step } from '../evm/readOn.js'
import { type Part, readPart, type Wanted } from '../evm/readPart.js'
import { askContract, type ContractAnswer, watchedOf } from './askContract.js'
import { decodeGovBaseLog, type GovBaseEvent, govBaseTopics } from './decodeGovBaseLog.js'
import type { GovBaseContext, GovBaseContract, Memory } from './GovBaseContext.js'
import { type Inquiry, together } from './inquiry.js'
import { probeContract } from './probeContract.js'
import { forgetSeats, settle } from './settle.js'

/**
 * How contracts of the GovBase family are read on: their state tells everything but who voted how, so a history is
 * read from the state and logs only from there on.
 */
export function govBaseSystem(context: GovBaseContext, memory: Memory): EvmSystem {
  return {
    contracts: context.addresses,
    prepare: prepareContracts(context, memory),
    advance: (place, step) => advance(place, step, context, memory),
  }
}

/** Finds out which contract of the family those are that are not known yet. */
function prepareContracts(
  { chain, addresses, now }: Pick<GovBaseContext, 'chain' | 'addresses' | 'now'>,
  memory: Memory,
): Prepare {
  return async (client) => {
    // A fork of the chain may replace a contract, and no log tells.
    const strangers = addresses.filter(
      (address) =>
        !memory.contracts.has(address.toLowerCase()) || isStale(memory.probedAt.get(address.toLowerCase()), now()),
    )
    const probed = await Promise.all(strangers.map((address) => probeContract(client, address, `chain ${chain}`)))
    return () => {
      for (const contract of probed) {
        memory.contracts.set(contract.address.toLowerCase(), contract)
        memory.probedAt.set(contract.address.toLowerCase(), now())
      }
    }
  }
}

// What one portion of a long absence holds at most.
const portionLogs = 2_000
const portionMs = 5_000

interface Asked extends Wanted {
  readonly state?: Inquiry<readonly ContractAnswer[]>
}

async function advance(
  place: Place,
  { target, from, open, cursor, anchor, ancestor, again }: Step,
  context: GovBaseContext,
  memory: Memory,
): Promise<Advance | 'reorged'> {
  const { chain, addresses, now, onProgress } = context
  const hasReorged = ancestor !== undefined
  if (hasReorged) memory.seats.clear()
  const contracts = contractsOf(addresses, memory)
  const start =
    cursor === undefined ? target.number + 1n : hasReorged ? sinceFirst(cursor, from, context.fromBlock) : from
  const started = now()
  const told: Told = { votes: [], origins: new Map(), skips: new Map(), expired: new Map(), warnings: [] }
  const wanted = (first: boolean, last: boolean): Asked => {
    const headers = first ? [anchor?.number ?? paceBlock(target.number)] : []
    if (!last) return { calls: [], headers }
    const state = together(
      contracts.map((contract) => {
        const count = cursor?.counts?.[contract.address.toLowerCase()] ?? 0n
        const known = open.filter((proposal) => proposal.contract === contract.address)
        return askContract({ contract, count, known, watched: watchedOf(known, hasReorged) }, memory)
      }),
    )
    return { calls: state.calls, headers, state }
  }

  let next = start
  for (;;) {
    const part: Part<Asked> = await readPart(
      place,
      {
        filter: { addresses: new Set(addresses.map((address) => address.toLowerCase())), topics: govBaseTopics },
        from: next,
        target,
        again,
        wanted: (last) => wanted(next === start, last),
      },
      context,
      memory,
    )
    const {
      window,
      to,
      asked: { state },
    } = part
    const [header] = window.headers
    if (anchor !== undefined && next === start && header?.hash !== anchor.hash) {
      if (header === undefined) {
        throw new SourceError(
          'transient',
          `${place.host} of ${chain} does not have block ${anchor.number}, though it has newer ones.`,
        )
      }
      return 'reorged'
    }
    hear(part, contracts, chain, told, memory)
    if (state === undefined) onProgress?.(progressOf(chain, start, to, target.number, now() - started))
    // Half of a reorg is no place to stop at: what it took back is only known at the end.
    if (state === undefined && (hasReorged || (told.votes.length < portionLogs && now() - started < portionMs))) {
      next = to + 1n
      continue
    }
    const answers = state?.read(window.answers) ?? []
    const scene = { at: window.end, origins: told.origins, skips: told.skips, expired: told.expired, hasReorged }
    const settled = await Promise.all(answers.map((answer) => settle(place, answer, scene, context, memory)))
    const previous = next === start ? header : anchor
    return {
      at: window.end,
      ...(previous !== undefined && { previous }),
      proposals: settled.flatMap(({ proposals }) => proposals),
      votes: told.votes,
      unsure: part.unsure,
      retracted: settled.flatMap(({ retracted }) => retracted),
      counts:
        settled.length === 0
          ? (cursor?.counts ?? {})
          : Object.fromEntries(
              answers.map(({ contract, count }, index) => [
                contract.address.toLowerCase(),
                settled[index]?.count ?? count,
              ]),
            ),
      ...(window.nodeVersion !== undefined && { nodeVersion: window.nodeVersion }),
      warnings: [...told.warnings, ...settled.flatMap(({ warnings }) => warnings)],
    }
  }
}

// A reorg may have moved what the first reading saw a few blocks down.
const reach = 64n

/** Logs from before the first reading were never read; the state tells what they did. */
function sinceFirst({ at, checkpoints }: Cursor, from: bigint, fromBlock: bigint): bigint {
  const first = [...checkpoints, at].find(({ number }) => number > fromBlock)?.number ?? from
  return first - reach > from ? first - reach : from
}

/** What the logs told. */
interface Told {
  readonly votes: Vote[]
  readonly origins: Map<ProposalKey, Origin>
  readonly skips: Map<ProposalKey, readonly string[]>
  readonly expired: Map<Address, readonly bigint[]>
  readonly warnings: string[]
}

function hear(
  { window: { logs } }: Part,
  contracts: readonly GovBaseContract[],
  chain: string,
  { votes, origins, skips, expired, warnings }: Told,
  memory: Memory,
): void {
  let passedOver: readonly GovBaseEvent[] = []
  const addresses = new Map(contracts.map(({ address }) => [address.toLowerCase(), address]))
  for (const log of logs) {
    const event = decodeGovBaseLog(log)
    const contract = addresses.get(log.address)
    if (typeof event === 'string') warnings.push(event)
    else if (event.type === 'seats') forgetSeats(event.contract, memory)
    else if (event.type === 'skipped') passedOver = [...passedOver, event]
    else if (contract !== undefined) {
      const ref = { chain, contract, id: event.id }
      if (event.type === 'created') origins.set(keyOf(ref), event.origin)
      else if (event.type === 'expired') expired.set(contract, [...(expired.get(contract) ?? []), BigInt(event.id)])
      else if (event.type === 'executed') {
        skips.set(
          keyOf(ref),
          passedOver.flatMap((skip) => (skip.type === 'skipped' && isOfOne(skip, event) ? [skip.reason] : [])),
        )
        passedOver = []
      } else {
        const { block, index } = event.origin
        votes.push({
          ...ref,
          voter: event.voter,
          choice: event.approval ? 'yes' : 'no',
          weight: 1n,
          reason: '',
          block,
          index,
        })
      }
    }
  }
}

/** Whether both come from one contract in one transaction. */
function isOfOne(a: GovBaseEvent, b: GovBaseEvent): boolean {
  return (
    a.contract === b.contract &&
    a.origin.hash === b.origin.hash &&
    transactionNumber(a.origin.index) === transactionNumber(b.origin.index)
  )
}

export function contractsOf(
  addresses: readonly Address[],
  { contracts }: Pick<Memory, 'contracts'>,
): readonly GovBaseContract[] {
  return addresses.flatMap((address) => contracts.get(address.toLowerCase()) ?? [])
}
