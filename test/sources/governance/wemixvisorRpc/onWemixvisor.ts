import { it as plain } from 'vitest'
import { aPlace, untilDone } from '../../../support/fixtures.js'
import { startWemixvisorServer } from '../../../support/servers/wemixvisorServer.js'
import { follow, readerOver } from './following.js'

/** Tests each with a server of the wemixvisor dialect of their own, `server`; `node` follows it. */
export const onWemixvisor = plain
  .extend('server', ({}, cleaning) => untilDone(startWemixvisorServer(), cleaning))
  .extend('node', ({ server }) => follow(readerOver([server.url])))
  .extend('place', aPlace)
