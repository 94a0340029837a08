import * as z from 'zod'
import type { Json } from '../../../domain/text/json.js'
import { type Doubts, doubtsSchema, formatDoubts } from '../cosmosSdk/doubts.js'
import { checkpointSchema, formatCursorBase, type CursorBase, cursorBaseFields } from '../cosmosSdk/cursorBase.js'
import { parseStored, whole } from '../storedCursor.js'

/** The position of the reader. Besides the proposals, only this survives a restart. */
export interface Cursor extends CursorBase {
  /** The schedules, as `version@height`, that contradict a known one. */
  readonly moved: Doubts
  /** The version on which enough nodes agreed last, if several must agree. */
  readonly version?: bigint
}

const maxMoved = 10

const schema = z.strictObject({
  ...cursorBaseFields,
  checkpoints: z.array(checkpointSchema).max(100),
  moved: doubtsSchema(z.string().max(100), maxMoved),
  version: whole.exactOptional(),
})

/** @throws SourceError, permanent, if the value was not written by this reader. */
export function parseCursor(json: Json, chain: string): Cursor {
  const { v: _version, ...cursor } = parseStored(schema, json, chain)
  return cursor
}

export function formatCursor({ moved, version, ...base }: Cursor): Json {
  return {
    ...formatCursorBase(base),
    ...(moved.size > 0 && { moved: formatDoubts(moved, maxMoved) }),
    ...(version !== undefined && { version: version.toString() }),
  }
}
