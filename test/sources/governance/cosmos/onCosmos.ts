import { it as plain } from 'vitest'
import { startCosmosServer } from '../../../support/servers/cosmosServer.js'
import { aPlace, untilDone } from '../../../support/fixtures.js'
import { follow } from './follow.js'

/** Tests that each have a Cosmos chain: `server` is its node, `other` a second one, and `hub` follows the first. */
export const onCosmos = plain
  .extend('server', ({}, cleaning) => untilDone(startCosmosServer(), cleaning))
  .extend('other', ({}, cleaning) => untilDone(startCosmosServer(), cleaning))
  .extend('hub', ({ server }) => follow({ rpc: [server.url], rest: [server.url] }))
  .extend('place', aPlace)
