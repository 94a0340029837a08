import { type Address, isAddress, zeroAddress } from 'viem'
import type { Attendance } from '../../../domain/proposals/attendance.js'
import { type Answer, readCalls } from '../../rpc/readCalls.js'
import type { ChainClient } from '../evm/context.js'
import { idsBetween } from './ballots.js'
import type { WemixContracts, WemixMemory } from './context.js'
import { ballotAbi, govAbi } from './decode.js'

/** Who of the council has voted on the one ballot that is voted on. */
export interface Council {
  readonly ballot: bigint
  readonly attendance: Attendance
}

// Asked for before it is known how many there are: beyond the last one the contract answers with zeros.
const guessedMembers = 50n
// No chain has as many: keeps a foreign contract from making us ask for ever.
const mostMembers = 200n

/**
 * Reads at one block who votes, and which of those that voted at the last reading have: all in the same tick. Undefined
 * where no ballot is voted on, or the members are not the ones that were known before, which the next reading is.
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
  const count =
    length?.ok === true && typeof length.value === 'bigint' && length.value <= mostMembers ? length.value : 0n
  // The places of those that are still to be asked for hold nobody yet.
  const voters = members.slice(0, Number(count)).map(voterIn)
  memory.voters = Array.from({ length: Number(count) }, (_, index) => voters[index] ?? zeroAddress)
  const isSame = known.length > 0 && known.length === voters.length && known.every((voter, at) => voter === voters[at])
  const isWhole = isSame && new Set(known).size === known.length && !known.includes(zeroAddress)
  const hasVoted = votes.map((answer) => (answer.ok ? answer.value : undefined))
  if (!isWhole || BigInt(known.length) !== count || hasVoted.some((vote) => typeof vote !== 'boolean')) return undefined
  const those = (wanted: boolean): readonly Address[] => known.filter((_, at) => hasVoted[at] === wanted)
  return { ballot, attendance: { voted: those(true), missing: those(false) } }
}

function voterIn(answer: Answer): Address | undefined {
  return answer.ok && typeof answer.value === 'string' && isAddress(answer.value) ? answer.value : undefined
}
