import { type Address, isAddress, zeroAddress } from 'viem'
import type { Attendance } from '../../../domain/proposals/attendance.js'
import { type Answer, readCalls } from '../../rpc/readCalls.js'
import type { ChainClient } from '../evm/context.js'
import { idsBetween } from './ballots.js'
import type { WemixContracts, WemixMemory } from './context.js'
import { ballotAbi, govAbi } from './decode.js'

/** Which council members have voted on the only ballot in voting. */
export interface Council {
  readonly ballot: bigint
  readonly attendance: Attendance
}

// Number of members requested before their count is known. Beyond the last one the contract answers with zeros.
const guessedMembers = 50n
// Maximum number of members. No chain has as many, so a foreign contract cannot cause requests without end.
const mostMembers = 200n

/**
 * Reads at one block who may vote, and which of the voters known from the last reading have voted, all in the same
 * tick. Returns `undefined` if no ballot is in voting, or if the voters changed; the next reading then knows the new
 * ones.
 */
export async function readCouncil(
  { client }: ChainClient,
  { gov, ballots }: WemixContracts,
  ballot: bigint,
  block: bigint,
  memory: Pick<WemixMemory, 'voters'>,
): Promise<Council | undefined> {
  if (ballot === 0n) return undefined
  const known = memory.voters ?? []
  const guess = known.length === 0 ? guessedMembers : BigInt(known.length)
  const [[length, ...members], votes] = await Promise.all([
    readCalls(
      client,
      [
        { address: gov, abi: govAbi, functionName: 'getMemberLength' },
        ...idsBetween(1n, guess).map((index) => ({
          address: gov,
          abi: govAbi,
          functionName: 'getVoter',
          args: [index],
        })),
      ],
      block,
    ),
    readCalls(
      client,
      known.map((voter) => ({
        address: ballots,
        abi: ballotAbi,
        functionName: 'hasAlreadyVoted',
        args: [ballot, voter],
      })),
      block,
    ),
  ])
  const { voters, attendance } = attendanceIn(known, { length, members, votes })
  memory.voters = voters
  return attendance && { ballot, attendance }
}

/** The answers about the number of members, their voters, and whether each known voter has voted. */
export interface CouncilAnswers {
  readonly length: Answer | undefined
  readonly members: readonly Answer[]
  readonly votes: readonly Answer[]
}

/** Returns the voters to ask about next, and who has voted if these are the known ones and all answers are usable. */
export function attendanceIn(
  known: readonly Address[],
  { length, members, votes }: CouncilAnswers,
): { readonly voters: readonly Address[]; readonly attendance: Attendance | undefined } {
  const count =
    length?.ok === true && typeof length.value === 'bigint' && length.value <= mostMembers ? length.value : 0n
  // Members beyond the guess are not read yet; their places hold the zero address until the next reading.
  const voters = Array.from({ length: Number(count) }, (_, at) => voterIn(members[at]) ?? zeroAddress)
  const isSame = known.length > 0 && known.length === voters.length && known.every((voter, at) => voter === voters[at])
  const isWhole = isSame && new Set(known).size === known.length && !known.includes(zeroAddress)
  const hasVoted = votes.map((answer) => (answer.ok ? answer.value : undefined))
  if (!isWhole || hasVoted.some((vote) => typeof vote !== 'boolean')) return { voters, attendance: undefined }
  const membersWith = (wanted: boolean): readonly Address[] => known.filter((_, at) => hasVoted[at] === wanted)
  return { voters, attendance: { voted: membersWith(true), missing: membersWith(false) } }
}

function voterIn(answer: Answer | undefined): Address | undefined {
  return answer?.ok === true && typeof answer.value === 'string' && isAddress(answer.value) ? answer.value : undefined
}
