import { it as plain } from 'vitest'
import { aPlace, untilDone } from '../../../support/fixtures.js'
import { startWemixvisorServer } from '../../../support/servers/wemixvisorServer.js'
import { follow, readerOver } from './following.js'

/** Tests that each have a server of the wemixvisor dialect, `server`, and `node`, which follows it. */
export const onWemixvisor = plain
  .extend('server', ({}, cleaning) => untilDone(startWemixvisorServer(), cleaning))
  .extend('node', ({ server }) => follow(readerOver([server.url])))
  .extend('place', aPlace)
