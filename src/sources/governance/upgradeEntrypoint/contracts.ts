import type { Address, Client } from 'viem'
import { SourceError } from '../../../domain/errors.js'
import { readAgreed } from '../../readAgreed.js'
import { isStale } from '../evm/contracts.js'
import type { Prepare } from '../evm/openReading.js'
import type { EntrypointContext, EntrypointMemory } from './context.js'
import { entrypointTopics } from './decode.js'

/**
 * Checks once an hour that there is a contract at each address, because a mistyped address would never announce
 * anything.
 *
 * @throws SourceError, permanent, if there is none.
 */
export function prepareContracts(
  { chain, addresses, now }: Pick<EntrypointContext, 'chain' | 'addresses' | 'now'>,
  { seenAt }: Pick<EntrypointMemory, 'seenAt'>,
): Prepare {
  return async (client) => {
    const unseen = addresses.filter((address) => isStale(seenAt.get(address.toLowerCase()), now()))
    const present = await Promise.all(
      unseen.map((address) =>
        readAgreed(async () => (await codeAt(client, address)) !== '0x', true, {
          where: `${address} on chain ${chain}`,
          meaningOf: String,
        }),
      ),
    )
    const missing = unseen.find((_, index) => present[index] === false)
    if (missing !== undefined)
      throw new SourceError(
        'permanent',
        `There is no contract at ${missing} on chain ${chain}: check governance.address and the node's chain.`,
      )
    return () => {
      for (const address of unseen) seenAt.set(address.toLowerCase(), now())
    }
  }
}

function codeAt(client: Client, address: Address): Promise<string> {
  return client
    .request({ method: 'eth_getCode', params: [address, 'latest'] })
    .then((code: unknown) => (typeof code === 'string' ? code.toLowerCase() : ''))
}

// Where an EIP-1967 proxy stores the address of its implementation.
const implementationSlot = '0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc'

/**
 * Returns the names of the events that the code of a contract, or of its implementation, can emit to announce upgrades.
 */
export async function announcingEvents(client: Client, address: Address): Promise<readonly string[]> {
  const slot: unknown = await client
    .request({ method: 'eth_getStorageAt', params: [address, implementationSlot, 'latest'] })
    .catch(() => undefined)
  const behind = typeof slot === 'string' ? /^0x0{24}([0-9a-f]{40})$/i.exec(slot)?.[1] : undefined
  const [own, implementation] = await Promise.all([
    codeAt(client, address),
    behind === undefined || /^0+$/.test(behind) ? '' : codeAt(client, `0x${behind}`),
  ])
  return names.filter((_, index) => {
    const topic = entrypointTopics[index]?.slice(2)
    return topic !== undefined && (own.includes(topic) || implementation.includes(topic))
  })
}

const names = ['SoftwareUpgrade', 'PlanUpgrade', 'CancelUpgrade']
