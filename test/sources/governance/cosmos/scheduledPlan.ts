import { upgradeMessage } from '../../../support/servers/cosmos/messages.js'
import type { CosmosServer } from '../../../support/servers/cosmosServer.js'
import type { Follower } from './follow.js'

/** Proposal `id` has passed and the chain has scheduled its plan. */
export function pass(server: CosmosServer, id: number, name: string, height: number): void {
  server.put(id, { status: 'PASSED', messages: [upgradeMessage(name, height)] })
  server.schedule({ name, height: String(height), info: '' })
}
/** The plan of a proposal. */
export const finding = (hub: Follower, id: number) => hub.proposal(id)?.finding
/** Why a plan that the chain no longer has is withdrawn. */
export const cancelled = 'The chain has no upgrade scheduled any more: it was cancelled, or skipped.'
