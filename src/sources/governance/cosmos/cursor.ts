import * as z from 'zod'
import type { BlockSample } from '../../../domain/blocks/blockTime.js'
import type { Json } from '../../../domain/text/json.js'
import { defined } from '../../../domain/defined.js'
import { type Doubts, doubtsSchema, formatDoubts, formatSample } from '../cosmosSdk/doubts.js'
import { checkpointSchema, formatCursorBase, type CursorBase, cursorBaseFields } from '../cosmosSdk/cursorBase.js'
import { parseStored, whole } from '../storedCursor.js'

/** A plan that passed and is not settled yet. `contract` and `id` are those of its proposal. */
export interface PendingPlan {
  readonly contract: string
  readonly id: string
  readonly name: string
  readonly height: number
  /** The name as the chain spells it, for requests to the chain, if it is shown differently. */
  readonly spelled?: string
  /**
   * The block since which servers that do not report their height contradict the current state, scheduled or withdrawn.
   */
  readonly deniedSince?: BlockSample
  /** Why the plan counts as withdrawn. It is still watched, because one server's answer may prove wrong. */
  readonly withdrawn?: string
}

/** The position of the reader. Besides the proposals, only this survives a restart. */
export interface Cursor extends CursorBase {
  /** Newest proposal id seen. */
  readonly lastId: bigint
  /** The newest id that enough servers knew; absent if that is `lastId`. */
  readonly known?: bigint
  /** Where the first sync continues; absent once it has read the whole list. */
  readonly next?: string
  /** Number of proposals of the list still to read, if the server reports it. */
  readonly left?: bigint
  /** Number of proposals read since the list was last read to its end; absent at the end. */
  readonly listed?: number
  /** Deadline of the deposit by proposal id, in Unix seconds. A proposal that misses it is deleted. */
  readonly deposits: ReadonlyMap<string, bigint>
  readonly pending: readonly PendingPlan[]
  /** Proposals that were absent at the last reading, or whose vote seemed to go on, in answers of unknown height. */
  readonly absent: Doubts
  /** Ids of proposals that exist but could not be read; they are retried from time to time. */
  readonly unread: readonly string[]
  /** Set once x/upgrade has answered. From then on, no answer is a failure. */
  readonly upgrades?: true
}

/** Bounds of what the cursor may hold. */
const maxDeposits = 1_000
const maxPending = 100
const maxIds = 1_000

const id = z.string().regex(/^[0-9]{1,20}$/)
// Contract and id of the proposal, then name and height of the plan.
const plan = [z.string(), z.string(), z.string(), z.number()] as const
const mark = z.string().max(1_000)
const schema = z.strictObject({
  ...cursorBaseFields,
  checkpoints: z.array(checkpointSchema).max(maxIds).default([]),
  lastId: whole,
  known: whole.exactOptional(),
  next: z.string().max(256).exactOptional(),
  left: whole.exactOptional(),
  listed: z.number().exactOptional(),
  deposits: z.array(z.tuple([id, whole])).max(maxDeposits),
  // The fifth element is the reason if the plan is withdrawn, or empty if only the block since which its state is
  // denied follows. That block is ignored without its time, because older versions stored it so.
  pending: z
    .array(
      z.union([
        z.tuple([...plan]),
        z.tuple([...plan, mark]),
        z.tuple([...plan, mark, whole]),
        z.tuple([...plan, mark, whole, whole]),
      ]),
    )
    .max(maxPending),
  spelled: z
    .array(z.tuple([z.string(), z.string()]))
    .max(maxPending)
    .default([]),
  absent: doubtsSchema(id, maxIds),
  unread: z.array(id).max(maxIds).default([]),
  upgrades: z.literal(true).exactOptional(),
})

/** @throws SourceError, permanent, if the value was not written by this reader. */
export function parseCursor(json: Json, chain: string): Cursor {
  const parsed = parseStored(schema, json, chain)
  const { v: _version, deposits, pending, spelled, ...cursor } = parsed
  const spellings = new Map(spelled)
  return {
    ...cursor,
    deposits: new Map(deposits),
    pending: pending.map(([contract, proposal, name, height, mark, number, timestamp]) => ({
      contract,
      id: proposal,
      name,
      height,
      ...spellingFor(spellings.get(`${contract} ${proposal}`)),
      ...(number !== undefined && timestamp !== undefined && { deniedSince: { number, timestamp } }),
      ...(mark !== undefined && mark !== '' && { withdrawn: mark }),
    })),
  }
}

function spellingFor(spelled: string | undefined): Pick<PendingPlan, 'spelled'> {
  return spelled === undefined ? {} : { spelled }
}

export function formatCursor({
  lastId,
  known,
  next,
  left,
  listed,
  deposits,
  pending,
  absent,
  unread,
  upgrades,
  ...place
}: Cursor): Json {
  // If there are too many plans, withdrawn ones are dropped first, because they are only watched for a return.
  const kept = [
    ...pending.filter(({ withdrawn }) => withdrawn !== undefined),
    ...pending.filter(({ withdrawn }) => withdrawn === undefined),
  ].slice(-maxPending)
  return {
    ...formatCursorBase(place),
    lastId: lastId.toString(),
    ...(known !== undefined && { known: known.toString() }),
    ...defined({ next }),
    ...(left !== undefined && { left: left.toString() }),
    ...defined({ listed }),
    deposits: [...deposits].slice(-maxDeposits).map(([proposal, end]) => [proposal, end.toString()]),
    pending: kept.map(({ contract, id: proposal, name, height, deniedSince, withdrawn }) => [
      contract,
      proposal,
      name,
      height,
      ...(withdrawn !== undefined ? [withdrawn.slice(0, 1_000) || '-'] : deniedSince === undefined ? [] : ['']),
      ...(deniedSince === undefined ? [] : formatSample(deniedSince)),
    ]),
    spelled: kept.flatMap(({ contract, id: proposal, spelled }) =>
      spelled === undefined ? [] : [[`${contract} ${proposal}`, spelled]],
    ),
    absent: formatDoubts(absent, maxIds),
    unread: unread.slice(-maxIds),
    ...defined({ upgrades }),
  }
}
