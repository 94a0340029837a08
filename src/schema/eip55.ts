import sha3 from 'js-sha3'

/** True if an address has only one case, or if its mixed case is a valid EIP-55 checksum. */
export function hasSoundChecksum(address: string): boolean {
  const digits = address.slice(2)
  return digits === digits.toLowerCase() || digits === digits.toUpperCase() || address === checksummed(address)
}

/** Returns an EVM address of any case in the case of its EIP-55 checksum, as explorers and wallets show it. */
export function checksummed(address: string): string {
  const digits = address.slice(2).toLowerCase()
  const hash = sha3.keccak256.array(digits)
  const cased = Array.from(digits, (digit, at) => {
    const byte = hash[at >> 1] ?? 0
    const isUpper = (at % 2 === 0 ? byte >> 4 : byte & 15) >= 8
    return isUpper ? digit.toUpperCase() : digit
  })
  return `0x${cased.join('')}`
}
