import { z } from '@hono/zod-openapi'
import { problemType } from './problem.js'

// What answers hold; /openapi.json is made of it. `z` comes from where it knows how to name its schemas there.

/** Any JSON object: the types of hono do not end where they must look into a recursive one. */
export type Item = Readonly<Record<string, unknown>>

/** An error, RFC 9457. */
const problemSchema = z
  .strictObject({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('What is wrong and what to do.'),
  })
  .openapi('Problem')

/** How an error is described. */
export interface ProblemResponse {
  readonly description: string
  readonly content: { readonly 'application/problem+json': { readonly schema: z.ZodType<Item> } }
}

export function problemResponse(description: string): ProblemResponse {
  return { description, content: { [problemType]: { schema: problemSchema } } }
}

/** A whole number in decimal digits: heights and amounts may be beyond what a JSON number holds. */
const digits = z.string().regex(/^-?\d+$/)
const time = z.iso.datetime()

const nextUpgradeSchema = z
  .strictObject({
    key: z.string(),
    name: z.string(),
    height: z.number(),
    status: z.string(),
    kind: z.string(),
    reasons: z.array(z.string()),
    blocksLeft: digits.nullable(),
    eta: time.nullable(),
    preflight: z.exactOptional(
      z.strictObject({
        verdict: z.enum(['ready', 'not_ready', 'unknown']),
        checkedAt: time,
        problems: z.array(z.string()),
      }),
    ),
  })
  .openapi('NextUpgrade')

/** An item of `status --json`. */
export const chainSchema: z.ZodType<Item> = z
  .strictObject({
    chain: z.string(),
    system: z.string().nullable(),
    enabled: z.boolean(),
    height: digits.nullable(),
    lastGoodPoll: time.nullable(),
    health: z.enum(['starting', 'syncing', 'up', 'stalled', 'down']),
    errorRate: z.number().min(0).max(1),
    problem: z.string().nullable(),
    openProposals: z.int(),
    backlog: digits.nullable(),
    nextUpgrade: nextUpgradeSchema.nullable(),
    channelsDown: z.array(
      z.strictObject({
        channel: z.string(),
        since: time,
        tries: z.int(),
        reason: z.string(),
        status: z.int().nullable(),
        waiting: z.int(),
      }),
    ),
  })
  .openapi('Chain')

/** An item of `sync --json`. */
export const syncedSchema: z.ZodType<Item> = z
  .strictObject({ chain: z.string(), ok: z.boolean(), height: digits.nullable(), problem: z.string().nullable() })
  .openapi('SyncedChain')

const namedDifferenceSchema = z.strictObject({
  added: z.array(z.string()),
  removed: z.array(z.string()),
  changed: z.array(z.strictObject({ name: z.string(), keys: z.array(z.string()) })),
})

/** What another configuration changed. */
export const differenceSchema: z.ZodType<Item> = z
  .strictObject({ chains: namedDifferenceSchema, handlers: namedDifferenceSchema, keys: z.array(z.string()) })
  .openapi('ConfigDifference')
