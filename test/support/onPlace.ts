import { it } from 'vitest'
import { aPlace } from './fixtures.js'

/** Tests that have a node's home of their own, `place`, and no chain. */
export const onPlace = it.extend('place', aPlace)
