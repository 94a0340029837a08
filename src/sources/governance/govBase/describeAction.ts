import { type AbiParameter, decodeAbiParameters, keccak256, parseAbiParameters, size } from 'viem'
import type { Action, ProposalType } from '../../../domain/proposals/proposal.js'
import { accountsInFull } from './accountWords.js'
import type { GovBaseKind } from './GovBaseContext.js'
import type { Row } from './readRow.js'
import { wordings } from './wordings.js'

/** What a proposal would do, in words. */
export interface ActionInWords {
  /** Name of the action with the types of its data; its hash where nobody knows it. */
  readonly signature: string
  readonly title: string
  /** Says more than the title; empty where there is no more to say. */
  readonly details: string
  readonly kind: ProposalType
  readonly effect: Action['effect']
  /** How many accounts it is about, as far as that can be read. */
  readonly accounts: number
}

type Proposed = Pick<Row, 'actionType' | 'callData' | 'requiredApprovals'>

/** Says what a proposal would do. Never throws: whoever may propose may write any bytes. */
export function describeAction(
  { actionType, callData, requiredApprovals }: Proposed,
  contract: GovBaseKind,
): ActionInWords {
  const wording = wordings.get(actionType)
  const hash = callData === '0x' ? '' : ` with the hash ${keccak256(callData)}`
  const raw = `The action has ${size(callData)} bytes of data${hash}.`
  if (wording === undefined) {
    return {
      signature: actionType,
      title: `Unknown action ${actionType}`,
      details: raw,
      kind: 'other',
      effect: 'call',
      accounts: 0,
    }
  }
  const { name, types, kind, effect, say } = wording
  const values = valuesIn(callData, types)
  const scene = { mayValidate: contract === 'GovValidator', quorum: requiredApprovals }
  const title = values === undefined ? undefined : say(values, scene)
  return {
    signature: `${name}${types}`,
    title: title ?? `${name} with data that cannot be decoded`,
    details: title === undefined ? raw : accountsInFull(values?.[0]),
    kind,
    effect,
    accounts: Array.isArray(values?.[0]) ? values[0].length : 1,
  }
}

function valuesIn(callData: `0x${string}`, types: string): readonly unknown[] | undefined {
  if (types === '()') return []
  const parameters: readonly AbiParameter[] = parseAbiParameters(types.slice(1, -1))
  try {
    return decodeAbiParameters(parameters, callData)
  } catch {
    return undefined
  }
}
