import { type Address, getAddress, isAddress } from 'viem'
import { SourceError } from '../../../domain/errors.js'

/**
 * An address as it is shown and compared, from one in any case.
 *
 * @throws SourceError, permanent, where it is none.
 */
export function checksummed(address: string, chain: string): Address {
  const lower = address.toLowerCase()
  if (!isAddress(lower)) throw new SourceError('permanent', `${address} is no address of a contract of ${chain}.`)
  return getAddress(lower)
}
