import * as z from 'zod'
import type { Json } from '../../../domain/text/json.js'
import { checkpointSchema, type Place, placeFields } from '../cosmosSdk/place.js'
import { parseStored } from '../storedCursor.js'

/** Where the reader stands. It is all that survives a restart, beside the proposals. */
export type Cursor = Place

const schema = z.strictObject({ ...placeFields, checkpoints: z.array(checkpointSchema).max(100) })

/** @throws SourceError, permanent, for anything this reader did not write. */
export function parseCursor(json: Json, chain: string): Cursor {
  const { v: _version, ...cursor } = parseStored(schema, json, chain)
  return cursor
}
