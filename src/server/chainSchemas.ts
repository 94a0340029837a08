import { z } from '@hono/zod-openapi'
import { endpointApis } from '../domain/endpointScore.js'
import { postCheckIds, postVerdicts } from '../domain/upgrades/postCheck/postCheck.js'
import { awaits, digits, type Item, time, unready } from './schemaParts.js'

const nextUpgradeSchema = z
  .strictObject({
    key: z.string(),
    name: z.string(),
    height: z.number().nullable(),
    time: z.optional(time),
    status: z.string(),
    awaits,
    kind: z.string(),
    reasons: z.array(z.string()),
    unready,
    blocksLeft: digits.nullable(),
    eta: time.nullable(),
    preflight: z.optional(
      z.strictObject({
        verdict: z.enum(['ready', 'not_ready', 'unknown']),
        checkedAt: time,
        problems: z.array(z.string()),
      }),
    ),
  })
  .openapi('NextUpgrade')

const lastUpgradeSchema = z
  .strictObject({
    key: z.string(),
    name: z.string(),
    height: z.number().nullable(),
    time: z.optional(time),
    status: z.string(),
    verdict: z.enum(postVerdicts),
    checkedAt: time,
    checks: z.array(
      z.strictObject({
        id: z.enum(postCheckIds),
        verdict: z.enum(postVerdicts),
        reason: z.string(),
        todo: z.string().nullable(),
      }),
    ),
  })
  .openapi('LastUpgrade')

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
    lastUpgrade: z.optional(lastUpgradeSchema),
    endpoints: z.optional(
      z
        .array(
          z.strictObject({
            host: z.string(),
            api: z.optional(z.enum(endpointApis)).describe('What it serves: JSON-RPC or REST.'),
            errorRate: z.number().min(0).max(1).describe('Share of failures, weighted towards the last ten minutes.'),
            latencyMs: z.int().nullable().describe('How long an answer takes.'),
            height: digits.nullable(),
            behind: digits.nullable().describe('Blocks below the newest that any endpoint had reported by then.'),
            askedAt: time,
            demoted: z.boolean().describe('It fails repeatedly between its answers, and is tried after the others.'),
          }),
        )
        .describe('Those of rpc.urls, and of governance.rest, that were asked.'),
    ),
    channelsDown: z.array(
      z.strictObject({
        channel: z.string(),
        since: time,
        tries: z.int(),
        reason: z.string(),
        status: z.int().nullable(),
        waiting: z.int(),
        pausedUntil: time.nullable().describe('Until when it asked for no requests, with the last try.'),
      }),
    ),
  })
  .openapi('Chain')

/** An item of `sync --json`. */
export const syncedSchema: z.ZodType<Item> = z
  .strictObject({ chain: z.string(), ok: z.boolean(), height: digits.nullable(), problem: z.string().nullable() })
  .openapi('SyncedChain')
