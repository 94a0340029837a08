import { amountText } from '../../../domain/notifications/phrases.js'
import type { Head } from '../../../domain/blocks/head.js'
import { SourceError } from '../../../domain/errors.js'
import { durationText } from '../../../domain/text/time.js'
import type { JsonRpcEndpoint } from '../../jsonRpc/createJsonRpcEndpoints.js'
import { boundedJson } from '../../../domain/text/boundedJson.js'
import { isJsonObject, type JsonObject } from '../../../domain/text/json.js'
import { cleanLine } from '../../../domain/text/text.js'
import { defined } from '../../../domain/defined.js'
import type { GovernanceParameters, Member, SystemReport } from '../GovernanceReader.js'
import { durationOf, integerOf } from '../cosmosSdk/scalars.js'
import { fieldsOf } from './decode.js'
import { contract } from './toProposal.js'

const maxDetails = 4_096
const maxMembers = 5_000

/** Converts the answer to `gov/params`; missing values are absent. Never throws. */
export function parametersOf(answer: unknown): GovernanceParameters {
  const votingPeriod = durationOf(fieldsOf(answer, 'voting_params')['voting_period'])
  return {
    contract,
    clock: 'timestamp',
    ...defined({ votingPeriod }),
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

/**
 * Decodes the validators in the answer to `validators`; invalid entries are left out. Returns `undefined` if there is
 * no list.
 */
export function decodeMembers(answer: unknown): readonly Member[] | undefined {
  const list: unknown = isJsonObject(answer) ? answer['validators'] : undefined
  if (list === null) return []
  if (!Array.isArray(list)) return undefined
  return list.slice(0, maxMembers).flatMap((entry: unknown): readonly Member[] => {
    if (!isJsonObject(entry)) return []
    const address = typeof entry['address'] === 'string' ? cleanLine(entry['address'], 128) : ''
    const weight = integerOf(entry['voting_power'])
    return address === '' ? [] : [{ address, role: 'validator', ...defined({ weight }) }]
  })
}

/** @throws SourceError if the answer is not a list. */
export function membersIn(answer: unknown, chain: string): readonly Member[] {
  const members = decodeMembers(answer)
  if (members === undefined)
    throw new SourceError('transient', `${chain} answered validators with something that is not a list of validators.`)
  return members
}

/** What `check` reports about a chain; values that the node does not report are left out. */
export async function readReport(endpoint: JsonRpcEndpoint, head: Head, signal: AbortSignal): Promise<SystemReport> {
  const [params, validators] = await endpoint.ask([{ method: 'gov/params' }, { method: 'validators' }], signal)
  const votingPeriod = params?.ok === true ? parametersOf(params.result).votingPeriod : undefined
  const members = validators?.ok === true ? decodeMembers(validators.result) : undefined
  const parts = [
    `JSON-RPC of wemixvisor at block ${head.number}`,
    ...(votingPeriod === undefined ? [] : [`votes of ${durationText(Number(votingPeriod))}`]),
    ...(members === undefined ? [] : [amountText(members.length, 'validator')]),
  ]
  return { system: 'wemixvisor-rpc', contract, summary: parts.join(', ') }
}
