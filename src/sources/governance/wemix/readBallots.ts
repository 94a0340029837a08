import { type Address, encodeFunctionData, type Hex, isHex, numberToHex, type PublicClient } from 'viem'
import { SourceError } from '../../../domain/errors.js'
import { classifyRpcError } from '../../rpc/classifyRpcError.js'
import type { Place } from '../evm/Place.js'
import { ballotAbi } from './abi.js'
import { type Ballot, decodeBallot, decodePayload, type Payload } from './decodeBallot.js'

/** A ballot as it was read. `none`: there is no such ballot. `undefined`: the answer makes no sense. */
export interface ReadBallot {
  readonly id: bigint
  readonly ballot: Ballot | 'none' | undefined
  /** Absent where it was not asked for. */
  readonly payload?: Payload
}

const payloadViews = ['getBallotMember', 'getBallotForExit', 'getBallotAddress', 'getBallotVariable'] as const

/**
 * Reads ballots at one block, each with a call of its own, all in the same tick: a memo can be longer than what
 * a multicall without a contract can answer.
 *
 * @param withPayload - Whether to ask what the ballot is about, too.
 */
export function readBallots(
  place: Place, storage: Address, ids: readonly bigint[], block: bigint, withPayload: (id: bigint) => boolean,
): Promise<readonly ReadBallot[]> {
  return Promise.all(ids.map(async (id): Promise<ReadBallot> => {
    const views = withPayload(id) ? payloadViews : []
    const [basic, ...raw] = await Promise.all(
      (['getBallotBasic', ...views] as const).map((functionName) =>
        readRaw(place, storage, encodeFunctionData({ abi: ballotAbi, functionName, args: [id] }), block)),
    )
    const ballot = basic === undefined ? undefined : decodeBallot(basic)
    if (views.length === 0 || ballot === undefined || ballot === 'none') return { id, ballot }
    const [member, exit, newGovernance, variable] = raw
    return { id, ballot, payload: decodePayload(ballot.ballotType, { member, exit, newGovernance, variable }) }
  }))
}

/** The raw answer of a view; `undefined` where the contract reverts. */
async function readRaw({ client, chain, host }: Place, to: Address, data: Hex, block: bigint): Promise<Hex | undefined> {
  const answer = await ask(client, to, data, block)
  if (answer === undefined || isHex(answer)) return answer
  throw new SourceError('transient', `${host} of ${chain} answered a call with something that is no bytes.`)
}

async function ask(client: PublicClient, to: Address, data: Hex, block: bigint): Promise<unknown> {
  try {
    return await client.request({ method: 'eth_call', params: [{ to, data }, numberToHex(block)] })
  } catch (cause) {
    if (classifyRpcError(cause).class === 'reverted') return undefined
    throw cause
  }
}
