import type { ConfigInput } from '../../../../src/config/schema.js'
import { untilDone } from '../../../support/fixtures.js'
import { onCosmos } from './onCosmos.js'
import type { Watching } from '../../../monitor/watching.js'
import { upgradeMessage } from '../../../support/servers/cosmos/messages.js'
import { type CosmosServer, startCosmosServer } from '../../../support/servers/cosmosServer.js'

/** Three servers of one chain. */
export const onThree = onCosmos
  .extend('a', ({}, cleaning) => untilDone(startCosmosServer(), cleaning))
  .extend('b', ({}, cleaning) => untilDone(startCosmosServer(), cleaning))
  .extend('c', ({}, cleaning) => untilDone(startCosmosServer(), cleaning))

export const good = '{"binaries":{"linux/amd64":"https://good.example/gaiad"}}'
export const bad = '{"binaries":{"linux/amd64":"https://bad.example/gaiad"}}'

export function configOf(
  home: string,
  servers: readonly CosmosServer[],
  agreement: number,
): ConfigInput['chains'][number] {
  const urls = servers.map(({ url }) => url)
  return {
    name: 'hub',
    rpc: { urls, chainId: 'cosmoshub-4', agreement },
    governance: { system: 'cosmos', rest: urls },
    monitor: { pollInterval: '50ms' },
    scheduler: { minUpgradeDelay: '0s', completion: 'height', reminders: [] },
    upgradeInfo: { home, profile: 'cosmovisor', when: 'at-height' },
  }
}

/** Proposal 5 has passed on these servers, and they have scheduled its plan for block 1050. */
export function pass(servers: readonly CosmosServer[], info = good): void {
  for (const server of servers) {
    server.put(5, { status: 'PASSED', messages: [upgradeMessage('v18', 1_050, info)] })
    server.schedule({ name: 'v18', height: '1050', info })
  }
}
export function mineTo(height: number, servers: readonly CosmosServer[]): void {
  for (const server of servers) server.mine(height - server.height())
}
export const settled = async (hub: Watching): Promise<void> => {
  await hub.settle()
  await hub.settle()
}
export const file = { name: 'v18', height: 1_050, info: good }
