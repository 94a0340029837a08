import type { Address } from 'viem'
import type { Member } from '../GovernanceReader.js'
import type { ContractFacts } from './readContract.js'

/** Who votes in any of the contracts, and who validates by the contract or by the consensus; each once in each role. */
export function membersOf(
  facts: readonly Pick<ContractFacts, 'seats' | 'validators'>[],
  nodeValidators: readonly Address[],
): readonly Member[] {
  const members = new Set(facts.flatMap(({ seats }) => seats))
  const validators = new Set([...facts.flatMap(({ validators: own = [] }) => own), ...nodeValidators])
  return [
    ...[...members].map((address): Member => ({ address, weight: 1n, role: 'member' })),
    ...[...validators].map((address): Member => ({ address, role: 'validator' })),
  ]
}
