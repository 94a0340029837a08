import { type Address, isAddress, stringToHex, zeroAddress } from 'viem'
import { SourceError } from '../../../domain/errors.js'
import type { Answer, Call } from '../../rpc/readCalls.js'
import { registryAbi } from './abi.js'
import type { WemixContracts } from './WemixContext.js'

// Names are plain bytes padded with zeros, not hashes.
const names = ['GovernanceContract', 'BallotStorage', 'EnvStorage'] as const

/** How many of the answers {@link located} takes. */
export const locatingCalls = names.length

/** Asks the registry where everything is. */
export function locate(registry: Address): readonly Call[] {
  return names.map((name) => ({
    address: registry,
    abi: registryAbi,
    functionName: 'contracts',
    args: [stringToHex(name, { size: 32 })],
  }))
}

/** @throws SourceError, permanent, where the registry does not know one of the contracts. */
export function located(registry: Address, answers: readonly Answer[], chain: string): WemixContracts {
  const [gov, ballots, env] = names.map((name, index) => {
    const answer = answers[index]
    const value = answer?.ok === true ? answer.value : undefined
    if (typeof value === 'string' && isAddress(value) && value !== zeroAddress) return value
    throw new SourceError(
      'permanent',
      `The registry ${registry} of ${chain} names no ${name}: its governance is not set up, or governance.address is another contract.`,
    )
  })
  if (gov === undefined || ballots === undefined || env === undefined)
    throw new SourceError('permanent', `The registry ${registry} of ${chain} cannot be read.`)
  return { registry, gov, ballots, env }
}
