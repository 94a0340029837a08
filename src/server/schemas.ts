import { z } from '@hono/zod-openapi'
import { endpointApis } from '../domain/endpointScore.js'
import { priorities } from '../domain/notifications/notification.js'
import { proposalStatuses, proposalTypes } from '../domain/proposals/proposal.js'
import { postCheckIds, postVerdicts } from '../domain/upgrades/postCheck/postCheck.js'
import { problemType } from './problem.js'

// The schemas of the answers; /openapi.json is generated from them. `z` is imported from the module that can name them.

/** Any JSON object. TypeScript does not finish on hono's types if they contain a recursive one. */
export type Item = Readonly<Record<string, unknown>>

/** An error, RFC 9457. */
// Loose, because RFC 9457 allows members of its own: `chains` of a sync, `errors` of a reload.
const problemSchema = z
  .looseObject({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('What is wrong and what to do.'),
  })
  .openapi('Problem')

/** The description of an error answer. */
export interface ProblemResponse {
  readonly description: string
  readonly content: { readonly 'application/problem+json': { readonly schema: z.ZodType<Item> } }
}

export function problemResponse(description: string): ProblemResponse {
  return { description, content: { [problemType]: { schema: problemSchema } } }
}

/** A whole number in decimal digits, because heights and amounts may exceed a JSON number. */
const digits = z.string().regex(/^-?\d+$/)
const time = z.iso.datetime()

const unreadyNodes = z.array(z.strictObject({ host: z.string(), reason: z.string(), readyUntil: time.nullable() }))
// `z.optional` throughout: the document made of these takes what is `z.exactOptional` for required.
const unready = z.optional(
  unreadyNodes.describe(
    'Nodes that are not ready; each reason is one of `reasons`. If one was ready before, until when.',
  ),
)

const nextUpgradeSchema = z
  .strictObject({
    key: z.string(),
    name: z.string(),
    height: z.number().nullable(),
    time: z.optional(time),
    status: z.string(),
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

const object = z.record(z.string(), z.unknown())
const texts = z.record(z.string(), z.string())

const proposalKeys = {
  chain: z.string(),
  system: z.string(),
  contract: z.string(),
  id: z.string(),
  title: z.string(),
  type: z.enum(proposalTypes),
  status: z.enum(proposalStatuses),
  derived: z.boolean().describe('The chain only implies the status.'),
  proposer: z.string().nullable(),
  submittedAt: time.nullable(),
  votingStart: digits.nullable().describe('In units of the clock of the contract: blocks or seconds.'),
  votingEnd: digits.nullable(),
  votingStartsAt: time.nullable(),
  votingEndsAt: time.nullable(),
  votingEndsAtEstimated: z.boolean(),
  tally: object.nullable(),
  plan: object.nullable(),
  labels: texts,
}

/** An item of `proposals --json`. */
export const proposalSchema: z.ZodType<Item> = z.strictObject(proposalKeys).openapi('Proposal')

/** The object of `proposals ID --json`. */
export const fullProposalSchema: z.ZodType<Item> = z
  .strictObject({
    ...proposalKeys,
    skipped: z.unknown(),
    notUnderstood: z.unknown(),
    metadata: z.unknown(),
    clock: z.string(),
    executableAt: time.nullable(),
    planOrigin: z.string().nullable(),
    planProblems: z.array(z.string()),
    planWithdrawn: z.string().nullable(),
    planUnsure: z.string().nullable(),
    planAppliedAt: digits.nullable(),
    planMissed: z.optional(z.string()),
    planUnready: z.optional(unreadyNodes),
    description: z.string(),
    actions: z.array(object),
    history: z.array(
      z.strictObject({ status: z.enum(proposalStatuses), derived: z.boolean(), at: time, block: digits }),
    ),
    votes: z.array(
      z.strictObject({ voter: z.string(), choice: z.string(), weight: digits, reason: z.string(), block: digits }),
    ),
  })
  .openapi('FullProposal')

/** An item of `upgrades --json`. */
export const upgradeSchema: z.ZodType<Item> = z
  .strictObject({
    key: z.string(),
    chain: z.string(),
    name: z.string(),
    height: z.number().nullable(),
    time: time.nullable(),
    status: z.string(),
    origin: z.string(),
    kind: z.string(),
    proposalId: z.string().nullable(),
    labels: texts,
    info: z.unknown(),
    scheduledAt: time.nullable(),
    triggeredAt: time.nullable(),
    completedAt: time.nullable(),
    reasons: z.array(z.string()),
    unready,
    blocksLeft: digits.nullable(),
    eta: time.nullable(),
  })
  .openapi('Upgrade')

const notificationKeys = {
  id: z.string(),
  event: z.string(),
  priority: z.enum(priorities),
  chain: z.string(),
  title: z.string(),
  message: z.string(),
  timestamp: z.string(),
  data: object,
  read: z.boolean(),
  labels: texts,
  silenced: z.optional(z.unknown()),
}

/** An item of `notifications --json`. */
export const notificationSchema: z.ZodType<Item> = z.strictObject(notificationKeys).openapi('Notification')

/** An item of `notifications --failed --json`. */
export const deliverySchema: z.ZodType<Item> = z
  .strictObject({
    notification: notificationSchema,
    handler: z.string(),
    attempts: z.int(),
    reason: z.string(),
    status: z.int().nullable(),
    at: time,
    nextTryAt: time.nullable(),
  })
  .openapi('Delivery')

/** An item of `audit --json`. */
export const auditSchema: z.ZodType<Item> = z
  .strictObject({ seq: z.int(), at: time, chain: z.string(), kind: z.string(), detail: z.unknown() })
  .openapi('AuditEntry')

/** An item of `silence list --json`. */
export const silenceSchema: z.ZodType<Item> = z
  .strictObject({
    id: z.string(),
    match: texts,
    until: time,
    comment: z.string(),
    by: z.string(),
    held: z.int().describe('How many notifications it held back so far.'),
  })
  .openapi('Silence')

/** The object of `notifications --read ID --json`. */
export const markedSchema: z.ZodType<Item> = z.strictObject({ marked: z.int() }).openapi('Marked')

const namedDifferenceSchema = z.strictObject({
  added: z.array(z.string()),
  removed: z.array(z.string()),
  changed: z.array(z.strictObject({ name: z.string(), keys: z.array(z.string()) })),
})

/** The difference between two configurations. */
export const differenceSchema: z.ZodType<Item> = z
  .strictObject({
    chains: namedDifferenceSchema,
    handlers: namedDifferenceSchema,
    keys: z.array(z.string()),
    unheeded: z
      .array(z.string())
      .optional()
      .describe('Changes of plans that are ignored because an upgrade is in progress, and what to do.'),
  })
  .openapi('ConfigDifference')
