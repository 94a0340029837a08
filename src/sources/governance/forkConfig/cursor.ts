import * as z from 'zod'
import type { Head } from '../../../domain/blocks/head.js'
import { defined } from '../../../domain/defined.js'
import type { Json, JsonObject } from '../../../domain/text/json.js'
import { formatHead, headSchema, parseStored, whole } from '../storedCursor.js'
import type { Fork } from './decode.js'

/** The last statement of a node, valid while the node does not answer. Times are chain time, in Unix seconds. */
export interface ReportedFork {
  readonly name: string
  readonly current: Fork
  readonly next?: Fork | undefined
  readonly last?: Fork | undefined
  /** The forks that count instead, until the node has repeated its new statement for long enough. */
  readonly counting?: CountingForks | undefined
  /** When the forks that count last changed. */
  readonly changedAt?: bigint | undefined
  /** The next fork that the node names: since when without a gap, and when that was last heard. */
  readonly named?: NamedFork | undefined
  /** A next fork that the node named for long and then no longer: when that was last heard. */
  readonly lapsed?: LapsedFork | undefined
}

interface CountingForks {
  readonly current: Fork
  readonly next?: Fork | undefined
  /** When the node began to make its current statement. */
  readonly since: bigint
  /** Set if the node has made different statements meanwhile. */
  readonly isUnsteady?: true
}

interface NamedFork extends Fork {
  readonly since: bigint
  readonly seen: bigint
}

interface LapsedFork extends Fork {
  readonly until: bigint
}

/** The position of the reader, and the last statement of each node. */
export interface Cursor {
  readonly head: Head
  readonly said: readonly ReportedFork[]
}

/** How long a node must repeat a statement until it counts, in seconds. */
export const settlesAfter = 600n

// Limits of what is stored, so that a stored cursor can always be read.
const mostSaid = 1_000
const longestName = 300

const fork = z.strictObject({ id: z.string().regex(/^0x[0-9a-f]{8}$/), time: whole })
const forks = { current: fork, next: z.exactOptional(fork) }
const schema = z.strictObject({
  v: z.literal(1),
  head: headSchema(z.string().max(100)),
  said: z
    .array(
      z.strictObject({
        name: z.string().max(longestName),
        ...forks,
        last: z.exactOptional(fork),
        changedAt: z.exactOptional(whole),
        counting: z.exactOptional(
          z.strictObject({ ...forks, since: whole, isUnsteady: z.exactOptional(z.literal(true)) }),
        ),
        named: z.exactOptional(z.strictObject({ ...fork.shape, since: whole, seen: whole })),
        lapsed: z.exactOptional(z.strictObject({ ...fork.shape, until: whole })),
        // The format before `counting` existed: the next fork that counts.
        held: z.exactOptional(z.strictObject({ ...fork.shape, until: whole })),
      }),
    )
    .max(mostSaid),
})

/** @throws SourceError, permanent, if the value was not written by this reader. */
export function parseCursor(json: Json, chain: string): Cursor {
  const { head, said } = parseStored(schema, json, chain)
  return {
    head,
    said: said.map(({ held, ...one }) =>
      held === undefined
        ? one
        : {
            ...one,
            counting: {
              current: one.current,
              next: { id: held.id, time: held.time },
              since: held.until > settlesAfter ? held.until - settlesAfter : 0n,
            },
          },
    ),
  }
}

export function formatCursor({ head, said }: Cursor): Json {
  return {
    v: 1,
    head: formatHead(head),
    said: said
      .filter(({ name }) => name.length <= longestName)
      .slice(0, mostSaid)
      .map(({ counting, named, lapsed, last, changedAt, ...one }) => ({
        name: one.name,
        ...formatForks(one),
        ...defined({ last: last && formatFork(last), changedAt: changedAt?.toString() }),
        ...(counting !== undefined && {
          counting: {
            ...formatForks(counting),
            since: counting.since.toString(),
            ...defined({ isUnsteady: counting.isUnsteady }),
          },
        }),
        ...(named !== undefined && {
          named: { ...formatFork(named), since: named.since.toString(), seen: named.seen.toString() },
        }),
        ...(lapsed !== undefined && { lapsed: { ...formatFork(lapsed), until: lapsed.until.toString() } }),
      })),
  }
}

function formatForks({ current, next }: Pick<ReportedFork, 'current' | 'next'>): JsonObject {
  return { current: formatFork(current), ...defined({ next: next && formatFork(next) }) }
}

function formatFork({ id, time }: Fork): JsonObject {
  return { id, time: time.toString() }
}
