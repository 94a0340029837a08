import { z } from '@hono/zod-openapi'
import { priorities } from '../domain/notifications/notification.js'
import { proposalStatuses, proposalTypes } from '../domain/proposals/proposal.js'
import { problemType } from './problem.js'
import { awaits, digits, type Item, time, unready, unreadyNodes } from './schemaParts.js'

// The schemas of the answers; /openapi.json is generated from them. `z` is imported from the module that can name them.

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
    awaits,
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
