import sha3 from 'js-sha3'

/** True if an address has only one case, or if its mixed case is a valid EIP-55 checksum. */
export function hasSoundChecksum(address: string): boolean {
  const digits = address.slice(2)
  if (digits === digits.toLowerCase() || digits === digits.toUpperCase()) return true
  const hash = sha3.keccak256.array(digits.toLowerCase())
  return Array.from(digits).every((digit, at) => {
    const byte = hash[at >> 1] ?? 0
    const isUpper = (at % 2 === 0 ? byte >> 4 : byte & 15) >= 8
    return digit === (isUpper ? digit.toUpperCase() : digit.toLowerCase())
  })
}
