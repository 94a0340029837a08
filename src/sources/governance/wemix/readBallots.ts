import type { Address } from 'viem'
import { SourceError } from '../../../domain/errors.js'
import type { Call } from '../../rpc/readCalls.js'
import type { Place } from '../evm/Place.js'
import { ballotAbi } from './abi.js'
import { type Ballot, decodeBallot, decodePayload, type Payload } from './decodeBallot.js'
import { readSurely } from './readSurely.js'

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
const views = ['getBallotBasic', ...payloadViews] as const

/**
 * Reads ballots at one block, all in the same tick.
 *
 * @throws SourceError, permanent, for a ballot that cannot be decoded: to leave it out would be to miss what it decides.
 */
export async function readBallots(
  { client, chain }: Place,
  storage: Address,
  asked: readonly Asked[],
  block: bigint,
): Promise<readonly ReadBallot[]> {
  const callsOf = ({ id, whole, alone }: Asked): readonly Call[] =>
    views
      .slice(0, whole ? views.length : 1)
      .map((functionName) => ({ address: storage, abi: ballotAbi, functionName, args: [id], alone }))
  const answers = (await readSurely(client, asked.flatMap(callsOf), block)).values()
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
