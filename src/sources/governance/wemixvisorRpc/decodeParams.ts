import { isJsonObject, type JsonObject } from '../../../domain/text/json.js'
import { boundedJson } from '../../../domain/text/boundedJson.js'
import type { GovernanceParameters } from '../GovernanceReader.js'
import { decimalOf } from '../cosmos/decimals.js'
import { durationOf } from '../cosmos/scalars.js'
import { contract } from './contract.js'

/** What a vote is decided by: shares times 10^18. */
export interface Rules {
  readonly threshold?: bigint
  readonly vetoThreshold?: bigint
}

const maxDetails = 4_096

/** The shares in the answer to `gov/params`; none where it tells none. Never throws. */
export function rulesOf(answer: unknown): Rules {
  const tally = fieldsOf(answer, 'tally_params')
  const threshold = decimalOf(tally['threshold'])
  const vetoThreshold = decimalOf(tally['veto_threshold'])
  return {
    ...(threshold !== undefined && threshold > 0n && { threshold }),
    ...(vetoThreshold !== undefined && vetoThreshold > 0n && { vetoThreshold }),
  }
}

/** The answer to `gov/params` in the shared vocabulary; what it does not tell is absent. Never throws. */
export function parametersOf(answer: unknown): GovernanceParameters {
  const votingPeriod = durationOf(fieldsOf(answer, 'voting_params')['voting_period'])
  return {
    contract,
    clock: 'timestamp',
    ...(votingPeriod !== undefined && { votingPeriod }),
    details: detailsOf(answer),
  }
}

function detailsOf(answer: unknown): JsonObject {
  const { min_deposit } = fieldsOf(answer, 'deposit_params')
  const { quorum, threshold, veto_threshold } = fieldsOf(answer, 'tally_params')
  const details = boundedJson(
    Object.fromEntries(
      Object.entries({ min_deposit, quorum, threshold, veto_threshold }).filter(([, value]) => value !== undefined),
    ),
  )
  return isJsonObject(details) && JSON.stringify(details).length <= maxDetails ? details : {}
}

function fieldsOf(answer: unknown, key: string): Readonly<Record<string, unknown>> {
  const fields = isJsonObject(answer) ? answer[key] : undefined
  return isJsonObject(fields) ? fields : {}
}
