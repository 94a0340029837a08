import type { ConfigInput } from '../../../../src/config/schema.js'
import { type CosmosServer } from '../../../support/servers/cosmosServer.js'

/** The configuration of the docs, made fast. */
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
