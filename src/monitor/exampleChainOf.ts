import type { Config } from '../config/schema.js'
import type { ExampleOptions } from '../domain/notifications/examples/exampleChain.js'

const contracts: Readonly<Record<string, string>> = { cosmos: 'gov', signal: 'signal', 'fork-config': 'eth_config' }
const someContract = '0x5FbDB2315678afecb367f032d93F642f64180aa3'

/** The chain used in examples: the first one of the configuration. */
export function exampleChainOf({ chains }: Pick<Config, 'chains'>): Omit<ExampleOptions, 'now'> {
  const [first] = chains
  if (first === undefined) return { chain: 'local', system: 'governor', contract: someContract }
  const { name: chain, governance, labels } = first
  const { system } = governance
  const address = 'address' in governance ? governance.address : undefined
  const contract = (typeof address === 'string' ? address : address?.[0]) ?? contracts[system] ?? someContract
  return { chain, system, contract, labels }
}
