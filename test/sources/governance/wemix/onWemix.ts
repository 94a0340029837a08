import { it as plain } from 'vitest'
import { aPlace, aProxy, untilDone } from '../../../support/fixtures.js'
import { startWemixChain } from './wemixChain.js'

/**
 * Tests of one file that share a chain with a WEMIX governance. Of each test's own: `proxy` in front of it, and
 * `place`.
 */
export const onWemix = plain
  .extend('chain', { scope: 'file' }, ({}, cleaning) => untilDone(startWemixChain(), cleaning))
  .extend('proxy', aProxy)
  .extend('place', aPlace)

/** Like {@link onWemix}, with a separate chain for each test. */
export const onOwnWemix = plain
  .extend('chain', ({}, cleaning) => untilDone(startWemixChain(), cleaning))
  .extend('proxy', aProxy)
