import { allInOrder } from '../../rpc/allInOrder.js'
import { checkChainId } from '../../rpc/checkChainId.js'
import type { Endpoint } from '../../rpc/createEndpoints.js'
import type { Cursor } from './cursor.js'
import type { GovernorContext, Memory } from './GovernorContext.js'
import { probeGovernor } from './probeGovernor.js'
import { readTarget, type Target } from './readTarget.js'
import type { Place } from './readWindow.js'

/** The first request: where the node stands, and what is not known yet of the chain and its governors. */
export async function arrive(
  endpoint: Endpoint, cursor: Cursor | undefined, signal: AbortSignal,
  { chain, addresses, chainId, finality }: GovernorContext, memory: Memory,
): Promise<{ readonly place: Place; readonly target: Target }> {
  const client = endpoint.client.scope({ signal })
  const { host } = endpoint
  const expected = chainId ?? cursor?.chainId ?? memory.chainId
  const strangers = addresses.filter((address) => !memory.rules.has(address.toLowerCase()))
  const [found, target, probed] = await allInOrder([
    expected !== undefined && memory.verified.has(endpoint) ? expected : checkChainId(client, expected, chain, host),
    readTarget(client, finality, host),
    Promise.all(strangers.map((address) => probeGovernor(client, address, `chain ${chain}`))),
  ])
  memory.verified.add(endpoint)
  memory.chainId = found
  if (probed.length > 0) memory.rulesAt = target.head.number
  for (const rules of probed) memory.rules.set(rules.address.toLowerCase(), rules)
  const lower = new Set(addresses.map((address) => address.toLowerCase()))
  return { place: { chain, host, client, chainId: found, addresses: lower }, target }
}
