import * as z from 'zod'
import type { BlockSample } from '../../../domain/blocks/blockTime.js'
import type { Json } from '../../../domain/text/json.js'
import { defined } from '../../../domain/defined.js'
import { type Doubts, doubtsSchema, formatDoubts, formatSample } from '../cosmosSdk/doubts.js'
import { checkpointSchema, formatPlace, type Place, placeFields } from '../cosmosSdk/place.js'
import { parseStored, whole } from '../storedCursor.js'

/** A plan that passed and is not settled yet: `contract` and `id` are those of its proposal. */
export interface PendingPlan {
  readonly contract: string
  readonly id: string
  readonly name: string
  readonly height: number
  /** The name as the chain spells it, where it is shown otherwise: what the chain is asked by. */
  readonly spelled?: string
  /** That it stands, or that it is withdrawn, is denied since this block, by servers that do not tell for which one. */
  readonly deniedSince?: BlockSample
  /** Why it counts as withdrawn. It is watched on: what one server says may be taken back. */
  readonly withdrawn?: string
}

/** Where the reader stands. It is all that survives a restart, beside the proposals. */
export interface Cursor extends Place {
  /** Newest proposal id seen. */
  readonly lastId: bigint
  /** Where the first sync goes on; absent once it has read the whole list. */
  readonly next?: string
  /** Proposals of the list still to be read, as far as the server has told. */
  readonly left?: bigint
  /** Proposals read since the list was last read to its end, while it is not. */
  readonly listed?: number
  /** When the deposit of a proposal must be there, by id: who misses it is deleted. Unix seconds. */
  readonly deposits: ReadonlyMap<string, bigint>
  readonly pending: readonly PendingPlan[]
  /** Proposals that were absent at the last reading, or their vote as if it went on, for a block that nobody told. */
  readonly absent: Doubts
  /** Ids of proposals that are there and could not be read: tried again now and then. */
  readonly unread: readonly string[]
  /** x/upgrade has answered: where it is silent from now on, that is a failure. */
  readonly upgrades?: true
}

/** Bounds of what the cursor may hold. */
const maxDeposits = 1_000
const maxPending = 100
const maxIds = 1_000

const id = z.string().regex(/^[0-9]{1,20}$/)
// Contract and id of the proposal, name and height.
const plan = [z.string(), z.string(), z.string(), z.number()] as const
const mark = z.string().max(1_000)
const schema = z.strictObject({
  ...placeFields,
  checkpoints: z.array(checkpointSchema).max(maxIds).default([]),
  lastId: whole,
  next: z.string().max(256).exactOptional(),
  left: whole.exactOptional(),
  listed: z.number().exactOptional(),
  deposits: z.array(z.tuple([id, whole])).max(maxDeposits),
  // The fifth: the reason where it is withdrawn, nothing where only the others are told: the block since which that
  // is denied, and its time, without which it is not taken: so it was told before.
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

/** @throws SourceError, permanent, for anything this reader did not write. */
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
  // What is withdrawn goes first where there is too much: it is only watched for its return.
  const kept = [
    ...pending.filter(({ withdrawn }) => withdrawn !== undefined),
    ...pending.filter(({ withdrawn }) => withdrawn === undefined),
  ].slice(-maxPending)
  return {
    ...formatPlace(place),
    lastId: lastId.toString(),
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
