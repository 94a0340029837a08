import { it } from 'vitest'
import { aPlace } from './fixtures.js'

/** Tests with their own home of a node, `place`, and no chain. */
export const onPlace = it.extend('place', aPlace)
