import * as z from 'zod'
import { defined } from '../../../domain/defined.js'
import type { JsonObject } from '../../../domain/text/json.js'
import { formatHead, headSchema, whole } from '../storedCursor.js'
import { addCheckpoint, type Checkpoint, isPlaceholder } from './checkpoints.js'
import type { NodeStatus } from './cometBft.js'
import type { Rest } from './rest.js'
import type { Past } from './verifyPast.js'

/** The part of a cursor that all readers of Cosmos chains share. */
export interface CursorBase extends Past {
  readonly chainId: string
  /** Height of the newest state that was read, if the servers report it. */
  readonly state: bigint
}

const hash = z.string().max(100)

/** A block as {@link formatCursorBase} stores it. */
export const checkpointSchema = z.tuple([whole, hash]).transform(([number, at]): Checkpoint => ({ number, hash: at }))

/** The fields of {@link CursorBase} in the schema of a cursor. The reader adds `checkpoints` with its own limit. */
export const cursorBaseFields = {
  v: z.literal(1),
  chainId: z.string().min(1).max(100),
  head: headSchema(hash),
  first: checkpointSchema.exactOptional(),
  state: whole,
}

/** The shared part of the cursor after a reading. */
export function cursorBaseAfter(
  before: CursorBase | undefined,
  { head, network, earliest }: NodeStatus,
  { newest }: Rest,
): CursorBase {
  const first = before?.first ?? (earliest === undefined || isPlaceholder(earliest.hash) ? undefined : earliest)
  return {
    chainId: network,
    head,
    checkpoints: addCheckpoint(before?.checkpoints ?? [], head),
    ...defined({ first: first && { number: first.number, hash: first.hash } }),
    state: newest,
  }
}

export function formatCursorBase({ chainId, head, checkpoints, first, state }: CursorBase): JsonObject {
  return {
    v: 1,
    chainId,
    head: formatHead(head),
    checkpoints: checkpoints.map(formatCheckpoint),
    ...(first !== undefined && { first: formatCheckpoint(first) }),
    state: state.toString(),
  }
}

function formatCheckpoint({ number, hash: at }: Checkpoint): readonly string[] {
  return [number.toString(), at]
}
