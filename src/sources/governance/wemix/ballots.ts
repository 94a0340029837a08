import type { Address, Client } from 'viem'
import { SourceError } from '../../../domain/errors.js'
import { type Answer, type Call, readCalls } from '../../rpc/readCalls.js'
import type { ChainClient } from '../evm/context.js'
import { type Ballot, ballotAbi, decodeBallot, decodePayload, type Payload } from './decode.js'

/** A ballot as it was read. `none`: there is no such ballot. */
export interface ReadBallot {
  readonly id: bigint
  readonly ballot: Ballot | 'none'
  /** Absent where it was not asked for. */
  readonly payload?: Payload
}

/** Which ballots to read, and how. */
export interface Asked {
  readonly id: bigint
  /** Whether to ask what it is about, too. */
  readonly whole: boolean
  /** Its memo was too long for a multicall when it was last read. */
  readonly alone: boolean
}

const payloadViews = ['getBallotMember', 'getBallotForExit', 'getBallotAddress', 'getBallotVariable'] as const
const ballotViews = ['getBallotBasic', ...payloadViews] as const

/**
 * Reads ballots at one block, all in the same tick.
 *
 * @throws SourceError, permanent, for a ballot that cannot be decoded: to leave it out would be to miss what it
 * decides.
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

// Five views each, of which a multicall takes about fifty.
const portion = 20

/**
 * Reads ballots with all they hold at one block, twenty of them in one HTTP request.
 *
 * @throws SourceError where twenty in a row are none: the count they come from is wrong.
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
    // A count that is too large would be followed through nothing, to its end.
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
 * Reads views at one block, and once more by itself each that failed among others: it may only have been left
 * without gas by them.
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

/** What identifies a ballot in the memory of the reader. */
export function keyOfBallot(storage: Address, id: bigint): string {
  return `${storage}/${id}`
}

/** The ids from `first` to `last`, both included; none where `last` is below `first`. */
export function idsBetween(first: bigint, last: bigint): readonly bigint[] {
  return Array.from({ length: Math.max(0, Number(last - first + 1n)) }, (_, index) => first + BigInt(index))
}
