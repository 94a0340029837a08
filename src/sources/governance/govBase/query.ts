import type { Head } from '../../../domain/blocks/head.js'
import { SourceError } from '../../../domain/errors.js'
import { defined } from '../../../domain/defined.js'
import { readBlock } from '../../readHead.js'
import { type Answer, type Call, readCalls } from '../../rpc/readCalls.js'
import type { ChainClient } from '../evm/context.js'
import type { GovBaseContract } from './context.js'
import { govBaseAbi, isUnusedRow, readRow, type Row } from './decode.js'

/** Calls for one batch, and a function that interprets their answers. */
export interface BatchQuery<T> {
  readonly calls: readonly Call[]
  /** Expects as many answers as there are calls. */
  readonly read: (answers: readonly Answer[]) => T
}

/** The counts and times that a contract reports. */
export interface Summary {
  readonly count: bigint
  readonly memberVersion: bigint
  readonly expiry: bigint
}

/** The result is `undefined` if the contract does not answer all three views. */
export function askSummary({ address }: GovBaseContract): BatchQuery<Summary | undefined> {
  return {
    calls: ['currentProposalId', 'memberVersion', 'proposalExpiry'].map((functionName) => ({
      address,
      abi: govBaseAbi,
      functionName,
    })),
    read: (answers) => {
      const [count, memberVersion, expiry] = answers.map(numberIn)
      return count === undefined || memberVersion === undefined || expiry === undefined
        ? undefined
        : { count, memberVersion, expiry }
    },
  }
}

export interface Found {
  /** Absent if the contract returns no readable proposal. */
  readonly row?: Row
  readonly attemptsLeft?: bigint
  /** The contract says that the proposal does not exist. */
  readonly isAbsent?: true
}

/** Queries one proposal. Set `alone` if its data may be too large for a multicall. */
export function askProposal({ address }: GovBaseContract, id: bigint, alone = false): BatchQuery<Found> {
  return {
    calls: [
      { address, abi: govBaseAbi, functionName: 'getProposal', args: [id], ...(alone && { alone }) },
      { address, abi: govBaseAbi, functionName: 'canExecuteProposal', args: [id] },
    ],
    read: ([proposal, attempts]) => {
      const row = proposal?.ok === true ? readRow(proposal.value) : undefined
      const pair: readonly unknown[] = attempts?.ok === true && Array.isArray(attempts.value) ? attempts.value : []
      const [, left] = pair
      const isAbsent = proposal?.ok === true ? isUnusedRow(proposal.value) : proposal?.why === 'reverted'
      return {
        ...(isAbsent && { isAbsent }),
        ...defined({ row }),
        ...(typeof left === 'bigint' && { attemptsLeft: left }),
      }
    },
  }
}

/** Joins queries into one. */
export function concatQueries<T>(queries: readonly BatchQuery<T>[]): BatchQuery<readonly T[]> {
  return {
    calls: queries.flatMap(({ calls }) => calls),
    read: (answers) => {
      let next = 0
      return queries.map(({ calls, read }) => read(answers.slice(next, (next += calls.length))))
    },
  }
}

export function numberIn(answer: Answer | undefined): bigint | undefined {
  return answer?.ok === true && typeof answer.value === 'bigint' ? answer.value : undefined
}

// Maximum number of calls in one HTTP request of a long history. A node answers them in well under a second.
const portion = 600

/**
 * Sends the queries that follow from the first answers, at the same block; a long list goes in portions.
 *
 * @throws SourceError, transient, if the block has been replaced.
 */
export async function readMoreBatches<T>(
  { chain, client, host }: ChainClient,
  queries: readonly BatchQuery<T>[],
  at: Head,
): Promise<readonly T[]> {
  const found: T[] = []
  for (const part of portionsOf(queries)) {
    const { calls, read } = concatQueries(part)
    const [answers, block] = await Promise.all([
      readCalls(client, calls, at.number),
      readBlock(client, at.number, host),
    ])
    if (block?.hash !== at.hash)
      throw new SourceError('transient', `${chain} had a reorg while block ${at.number} was read at ${host}.`)
    found.push(...read(answers))
  }
  return found
}

function portionsOf<T>(queries: readonly BatchQuery<T>[]): readonly (readonly BatchQuery<T>[])[] {
  const portions: BatchQuery<T>[][] = []
  let size = portion
  for (const query of queries) {
    if (size >= portion) {
      portions.push([])
      size = 0
    }
    portions.at(-1)?.push(query)
    size += query.calls.length
  }
  return portions
}
