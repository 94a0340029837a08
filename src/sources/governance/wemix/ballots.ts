import type { Address, Client } from 'viem'
import { SourceError } from '../../../domain/errors.js'
import { type Answer, type Call, readCalls } from '../../rpc/readCalls.js'
import type { ChainClient } from '../evm/context.js'
import { type Ballot, ballotAbi, decodeBallot, decodePayload, type Payload } from './decode.js'

/** A ballot as it was read. `none`: there is no such ballot. */
export interface ReadBallot {
  readonly id: bigint
  readonly ballot: Ballot | 'none'
  /** Absent if it was not requested. */
  readonly payload?: Payload
}

/** Which ballots to read, and how. */
export interface Asked {
  readonly id: bigint
  /** Whether to read what the ballot asks for as well. */
  readonly whole: boolean
  /** True if its memo was too long for a multicall when it was last read. */
  readonly alone: boolean
}

const payloadViews = ['getBallotMember', 'getBallotForExit', 'getBallotAddress', 'getBallotVariable'] as const
const ballotViews = ['getBallotBasic', ...payloadViews] as const

/**
 * Reads ballots at one block, all in the same tick.
 *
 * @throws SourceError, permanent, if a ballot cannot be decoded. It is not skipped, because its decision would be
 *   missed.
 */
export async function readBallots(
  { client, chain }: ChainClient,
  storage: Address,
  asked: readonly Asked[],
  block: bigint,
): Promise<readonly ReadBallot[]> {
  const callsOf = ({ id, whole, alone }: Asked): readonly Call[] =>
    ballotViews
      .slice(0, whole ? ballotViews.length : 1)
      .map((functionName) => ({ address: storage, abi: ballotAbi, functionName, args: [id], alone }))
  const answers = (await readCallsRetryingAlone(client, asked.flatMap(callsOf), block)).values()
  return asked.map((one): ReadBallot => {
    const values = callsOf(one).map((): unknown => {
      const { value: answer } = answers.next()
      return answer?.ok === true ? answer.value : undefined
    })
    const [basic, member, exit, newGovernance, variable] = values
    const ballot = decodeBallot(basic)
    if (ballot === undefined) {
      throw new SourceError(
        'permanent',
        `Ballot ${one.id} of ${storage} on ${chain} cannot be decoded: its contract is of a version this reader does not know, or the node sends nonsense.`,
      )
    }
    return ballot === 'none' || !one.whole
      ? { id: one.id, ballot }
      : { id: one.id, ballot, payload: decodePayload(ballot.ballotType, { member, exit, newGovernance, variable }) }
  })
}

// Number of ballots per request. Each takes five views, and a multicall holds about fifty ballots.
const portion = 20

/**
 * Reads complete ballots at one block, twenty per HTTP request.
 *
 * @throws SourceError if twenty in a row do not exist, because then the count is wrong.
 */
export async function readHistory(
  node: ChainClient,
  storage: Address,
  ids: readonly bigint[],
  block: bigint,
): Promise<readonly ReadBallot[]> {
  const all: ReadBallot[] = []
  for (let first = 0; first < ids.length; first += portion) {
    const asked = ids.slice(first, first + portion).map((id) => ({ id, whole: true, alone: false }))
    const read = await readBallots(node, storage, asked, block)
    // A count that is too large would otherwise cause requests up to its end.
    if (read.length === portion && read.every(({ ballot }) => ballot === 'none')) {
      throw new SourceError(
        'transient',
        `${node.host} of ${node.chain} says that there are ${ids.at(-1) ?? 0n} ballots, and none of those from ${ids[first] ?? 0n} on is there.`,
      )
    }
    all.push(...read)
  }
  return all
}

/**
 * Reads views at one block, and reads each that failed once more in a separate call, because it may only have run out
 * of gas.
 */
async function readCallsRetryingAlone(
  client: Client,
  calls: readonly Call[],
  block: bigint,
): Promise<readonly Answer[]> {
  const answers = await readCalls(client, calls, block)
  const isSure = (index: number): boolean => answers[index]?.ok === true || calls[index]?.alone === true
  const again = calls.flatMap((call, index) => (isSure(index) ? [] : [{ ...call, alone: true }]))
  if (again.length === 0) return answers
  const second = (await readCalls(client, again, block)).values()
  return answers.map((answer, index) => (isSure(index) ? answer : (second.next().value ?? answer)))
}

/** The key of a ballot in the memory of the reader. */
export function keyOfBallot(storage: Address, id: bigint): string {
  return `${storage}/${id}`
}

/** The ids from `first` to `last`, both included; empty if `last` is less than `first`. */
export function idsBetween(first: bigint, last: bigint): readonly bigint[] {
  return Array.from({ length: Math.max(0, Number(last - first + 1n)) }, (_, index) => first + BigInt(index))
}
