import { type Address, getAddress, type Hex, isAddress, numberToHex, type Client } from 'viem'
import { SourceError } from '../../../domain/errors.js'

/**
 * Converts an address in any letter case to its checksummed form.
 *
 * @throws SourceError, permanent, if it is not an address.
 */
export function checksummed(address: string, chain: string): Address {
  const lower = address.toLowerCase()
  if (!isAddress(lower)) throw new SourceError('permanent', `${address} is not the address of a contract of ${chain}.`)
  return getAddress(lower)
}

// Age in milliseconds after which a contract is probed again. Contracts change their code behind a proxy or at a fork,
// and not all of them log it.
const probeMs = 3_600_000

/** Whether what was learned from a contract at `probedAt` must be read again. Both times are Unix milliseconds. */
export function isStale(probedAt: number | undefined, now: number): boolean {
  return probedAt === undefined || now < probedAt || now - probedAt >= probeMs
}

/**
 * Ensures that no contract is older than the first block of the history, because earlier proposals would be missed
 * silently. Does nothing if the node does not have the state of that block or ignores the block number. A contract
 * that exists although the head has not reached that block is older, too.
 *
 * @throws SourceError, permanent, that says how to set `fromBlock`.
 */
export async function requireWholeHistory(
  client: Client,
  addresses: readonly Address[],
  fromBlock: bigint,
  chain: string,
): Promise<void> {
  if (fromBlock <= 1n) return
  const codeAt = (address: Address, block: Hex | 'latest'): Promise<Hex | undefined> =>
    client.request({ method: 'eth_getCode', params: [address, block] }).catch(() => undefined)
  const isBeforeHead = client.request({ method: 'eth_blockNumber' }).then(
    (newest) => BigInt(newest) >= fromBlock,
    () => true,
  )
  const older = await Promise.all(
    addresses.map(async (address) => {
      const [before, first, now] = await Promise.all([
        codeAt(address, numberToHex(fromBlock - 1n)),
        codeAt(address, numberToHex(0n)),
        codeAt(address, 'latest'),
      ])
      // A node that has code in block 0 ignores the block number and uses its newest block.
      return hasCode((await isBeforeHead) ? before : now) && !hasCode(first)
    }),
  )
  const found = addresses.filter((_, at) => older[at] === true)
  if (found.length === 0) return
  throw new SourceError(
    'permanent',
    `${found.join(', ')} of ${chain} ${found.length === 1 ? 'is' : 'are'} older than block ${fromBlock}, from which the history is to be read: earlier proposals would be missed. ` +
      'Set governance.fromBlock to the block of the deployment or any block before it, 0 included.',
  )
}

/**
 * Ensures that the chain has reached the first block of the history. Otherwise no log would be read, and the chain
 * would look healthy and empty. A new contract whose block is not final yet has no history to miss.
 *
 * @throws SourceError, transient, because the node may still be catching up.
 */
export function requireReached(head: bigint, fromBlock: bigint, chain: string, host: string): void {
  if (head >= fromBlock) return
  throw new SourceError(
    'transient',
    `${chain} is at block ${head} at ${host}, below governance.fromBlock (${fromBlock}): none of its history can be read. ` +
      'Correct governance.fromBlock, or wait until the node has caught up.',
  )
}

function hasCode(code: Hex | undefined): boolean {
  return code !== undefined && code !== '0x'
}
