import type { ConfigInput } from '../../../../src/config/schema.js'
import type { Watching } from '../../../monitor/watching.js'
import { upgradeMessage } from '../../../support/servers/cosmos/messages.js'
import type { CosmosServer } from '../../../support/servers/cosmosServer.js'

/** The configuration of the docs, with short intervals. */
export function configOf(
  server: CosmosServer,
  upgradeInfo: Partial<NonNullable<ConfigInput['chains'][number]['upgradeInfo']>> = {},
): ConfigInput['chains'][number] {
  return {
    name: 'hub',
    rpc: { urls: [server.url], chainId: 'cosmoshub-4' },
    governance: { system: 'cosmos', rest: [server.url] },
    monitor: { pollInterval: '50ms' },
    scheduler: { minUpgradeDelay: '0s', completion: 'height', reminders: [] },
    upgradeInfo,
  }
}

/** The proposal has passed and the chain has scheduled its plan, in a block of its own. */
export function pass(server: CosmosServer, id: number, name: string, height: number): void {
  server.put(id, { status: 'PASSED', messages: [upgradeMessage(name, height)] })
  server.schedule({ name, height: String(height), info: '' })
  server.mine(1)
}

/** The announced events of the upgrade of a proposal, or of all. */
export const upgradesOf = (hub: Watching, about?: bigint): readonly string[] =>
  hub.events(about).filter((event) => event.startsWith('upgrade'))
