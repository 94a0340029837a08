import type { ConfigInput } from '../../../../src/config/schema.js'
import { type WemixvisorServer, type WireProposal } from '../../../support/servers/wemixvisorServer.js'
import { wire } from './following.js'

export function configOf(server: WemixvisorServer, home: string): ConfigInput['chains'][number] {
  return {
    name: 'wemix',
    rpc: { urls: [server.url] },
    governance: { system: 'wemixvisor-rpc' },
    monitor: { pollInterval: '50ms' },
    scheduler: { minUpgradeDelay: '0s', completion: 'height', reminders: [] },
    upgradeInfo: { home },
  }
}

/** The vote ends with that of the upgrade, and the cancellation counts as later. */
export function cancellation(id: string, status: string, parts: Readonly<Record<string, unknown>> = {}): WireProposal {
  return wire(id, status, {
    content: { '@type': '/cosmos.upgrade.v1beta1.CancelSoftwareUpgradeProposal', title: 'Not yet', description: '' },
    ...parts,
  })
}
