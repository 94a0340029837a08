import type { Address } from 'viem'
import { type Answer, type Call, readCalls } from '../../rpc/readCalls.js'
import type { Place } from '../evm/Place.js'
import { ballotAbi } from './abi.js'
import { type CastVote, voteOf } from './voteOf.js'

/** The votes of these ids that exist, at one block. */
export async function readVotes(
  { client }: Place,
  storage: Address,
  ids: readonly bigint[],
  block: bigint,
): Promise<readonly CastVote[]> {
  return votesIn(await readCalls(client, votesById(storage, ids), block))
}

/** Asks for votes that may not exist. */
export function votesById(storage: Address, ids: readonly bigint[]): readonly Call[] {
  return ids.map((id) => ({ address: storage, abi: ballotAbi, functionName: 'getVote', args: [id] }))
}

/** Those of the votes asked for that exist. */
export function votesIn(answers: readonly Answer[]): readonly CastVote[] {
  return answers.map(voteOf).filter((vote) => vote !== undefined)
}
