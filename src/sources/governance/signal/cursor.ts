import * as z from 'zod'
import type { Json } from '../../../domain/text/json.js'
import { checkpointSchema, type Place, placeFields } from '../cosmosSdk/place.js'
import { parseStored } from '../storedCursor.js'

/** The position of the reader. Besides the proposals, only this survives a restart. */
export type Cursor = Place

const schema = z.strictObject({ ...placeFields, checkpoints: z.array(checkpointSchema).max(100) })

/** @throws SourceError, permanent, if the value was not written by this reader. */
export function parseCursor(json: Json, chain: string): Cursor {
  const { v: _version, ...cursor } = parseStored(schema, json, chain)
  return cursor
}
