import type { Answer, Call } from '../../rpc/readCalls.js'
import { govBaseAbi } from './abi.js'
import type { GovBaseContract } from './GovBaseContext.js'
import { isNobodys, readRow, type Row } from './readRow.js'

/** Calls that are put together, and what their answers mean once they are there. */
export interface Inquiry<T> {
  readonly calls: readonly Call[]
  /** Reads as many answers as there are calls. */
  readonly read: (answers: readonly Answer[]) => T
}

/** What a contract says about itself. */
export interface Summary {
  readonly count: bigint
  readonly memberVersion: bigint
  readonly expiry: bigint
}

/** `undefined` where the contract does not answer all of it. */
export function askSummary({ address }: GovBaseContract): Inquiry<Summary | undefined> {
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
  /** Absent where the contract gives no such proposal. */
  readonly row?: Row
  readonly attemptsLeft?: bigint
  /** The contract says that there is no such proposal. */
  readonly isAbsent?: true
}

/** One proposal. `alone` where its data may be too much for a multicall. */
export function askProposal({ address }: GovBaseContract, id: bigint, alone = false): Inquiry<Found> {
  return {
    calls: [
      { address, abi: govBaseAbi, functionName: 'getProposal', args: [id], ...(alone && { alone }) },
      { address, abi: govBaseAbi, functionName: 'canExecuteProposal', args: [id] },
    ],
    read: ([proposal, attempts]) => {
      const row = proposal?.ok === true ? readRow(proposal.value) : undefined
      const pair: readonly unknown[] = attempts?.ok === true && Array.isArray(attempts.value) ? attempts.value : []
      const [, left] = pair
      const isAbsent = proposal?.ok === true ? isNobodys(proposal.value) : proposal?.why === 'reverted'
      return {
        ...(isAbsent && { isAbsent }),
        ...(row !== undefined && { row }),
        ...(typeof left === 'bigint' && { attemptsLeft: left }),
      }
    },
  }
}

/** Puts inquiries one behind the other. */
export function together<T>(inquiries: readonly Inquiry<T>[]): Inquiry<readonly T[]> {
  return {
    calls: inquiries.flatMap(({ calls }) => calls),
    read: (answers) => {
      let next = 0
      return inquiries.map(({ calls, read }) => read(answers.slice(next, (next += calls.length))))
    },
  }
}

export function numberIn(answer: Answer | undefined): bigint | undefined {
  return answer?.ok === true && typeof answer.value === 'bigint' ? answer.value : undefined
}
