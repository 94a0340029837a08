import * as z from 'zod/mini'
import type { Head } from '../domain/blocks/head.js'
import { endpointApis, type EndpointScore } from '../domain/endpointScore.js'
import { type Health, healthStates } from '../domain/health.js'
import type { Json } from '../domain/text/json.js'
import {
  type Notification,
  type NotificationEvent,
  defaultPriorities,
  priorities,
} from '../domain/notifications/notification.js'
import { planOrigins } from '../domain/plans/plan.js'
import {
  type PostCheck,
  postCheckIds,
  type PostCheckRecord,
  postVerdicts,
} from '../domain/upgrades/postCheck/postCheck.js'
import { switchEvidences } from '../domain/upgrades/switchEvidence.js'
import {
  type CompletionEvidence,
  type FormerPlan,
  type PreflightRecord,
  type Rival,
  type Upgrade,
  upgradeStatuses,
} from '../domain/upgrades/upgrade.js'
import { unreadyNode } from './proposalSchemas.js'
import { bigint, type Every, json, jsonObject, number, text, texts } from './rowValues.js'
import { type ChainRow, type StoredChain, type StoredUpgrade, chainOf, upgradeOf } from './storedKeys.js'

// Schemas for rows. They are loose, so that fields that this version does not know are kept.

function isEvent(value: unknown): value is NotificationEvent {
  return typeof value === 'string' && Object.hasOwn(defaultPriorities, value)
}

const head: z.ZodMiniType<Head> = z.looseObject({ number: bigint, hash: text, parentHash: text, timestamp: bigint })

const endpoint: z.ZodMiniType<EndpointScore> = z.looseObject({
  host: text,
  api: z.exactOptional(z.enum(endpointApis)),
  askedAt: number,
  answers: number,
  failures: number,
  latencyMs: z.exactOptional(number),
  head: z.exactOptional(bigint),
  behind: z.exactOptional(bigint),
} satisfies Every<EndpointScore>)

const health: z.ZodMiniType<Health> = z.looseObject({
  chain: text,
  state: z.enum(healthStates),
  since: number,
  head: z.exactOptional(head),
  lastGoodAt: z.exactOptional(number),
  movedAt: z.exactOptional(number),
  consecutiveFailures: number,
  failingSince: z.exactOptional(number),
  trouble: z.exactOptional(z.looseObject({ since: number, upSince: z.exactOptional(number) })),
  errorRate: number,
  polls: z.exactOptional(number),
  problem: z.exactOptional(text),
  backlog: bigint,
  behind: z.exactOptional(z.looseObject({ least: bigint, since: number })),
  lagging: z.exactOptional(z.literal(true)),
  wentBack: z.exactOptional(z.literal(true)),
  secondsPerBlock: z.exactOptional(number),
  endpoints: z.exactOptional(z.array(endpoint)),
} satisfies Every<Health>)

const storedChain: z.ZodMiniType<StoredChain> = z.looseObject({
  chain: text,
  synced: z.boolean(),
  cursor: z.exactOptional(json),
  secondHistory: z.exactOptional(json),
  head: z.exactOptional(head),
  lastGoodAt: z.exactOptional(number),
  clock: z.exactOptional(z.looseObject({ time: bigint, hostTime: number, leap: z.exactOptional(bigint) })),
  watched: z.exactOptional(z.looseObject({ head: bigint, time: number })),
  readTo: z.exactOptional(bigint),
  file: z.exactOptional(z.looseObject({ key: text, name: text, height: number, round: z.exactOptional(number) })),
  filePlace: z.exactOptional(z.looseObject({ path: text, profile: z.exactOptional(text) })),
  nodeVersion: z.exactOptional(text),
  lastVote: z.exactOptional(z.looseObject({ block: bigint, index: number })),
  blockTime: z.looseObject({ samples: z.array(z.looseObject({ number: bigint, timestamp: bigint })) }),
  health,
} satisfies Every<StoredChain>)

export const chainRow: z.ZodMiniType<ChainRow> = z.pipe(storedChain, z.transform(chainOf))

const evidence: z.ZodMiniType<CompletionEvidence> = z.looseObject({
  block: bigint,
  head: bigint,
  since: number,
  movedAt: number,
  nodeVersion: z.exactOptional(text),
  formerVersion: z.exactOptional(text),
  switchedBy: z.exactOptional(bigint),
  outage: z.boolean(),
  restarted: z.exactOptional(z.literal(true)),
  unconsumed: z.exactOptional(z.literal(true)),
} satisfies Every<CompletionEvidence>)

const preflight: z.ZodMiniType<PreflightRecord> = z.looseObject({
  leads: z.array(text),
  owed: z.exactOptional(text),
  verdict: z.exactOptional(z.enum(['ready', 'not_ready', 'unknown'])),
  checkedAt: z.exactOptional(number),
  problems: z.exactOptional(z.array(text)),
} satisfies Every<PreflightRecord>)

const postCheck: z.ZodMiniType<PostCheckRecord> = z.looseObject({
  since: number,
  owed: z.exactOptional(z.literal(true)),
  verdict: z.exactOptional(z.enum(postVerdicts)),
  checkedAt: z.exactOptional(number),
  checks: z.exactOptional(
    z.array(
      z.looseObject({
        id: z.enum(postCheckIds),
        verdict: z.enum(postVerdicts),
        reason: text,
        todo: z.exactOptional(text),
        isEarly: z.exactOptional(z.literal(true)),
      } satisfies Every<PostCheck>),
    ),
  ),
  hasFailed: z.exactOptional(z.literal(true)),
  completedBy: z.exactOptional(z.enum(switchEvidences)),
} satisfies Every<PostCheckRecord>)

const rival: z.ZodMiniType<Rival> = z.looseObject({ key: text, reason: text } satisfies Every<Rival>)

const formerPlan: z.ZodMiniType<FormerPlan> = z.looseObject({
  name: text,
  height: z.exactOptional(number),
  time: z.exactOptional(bigint),
  scheduledAt: bigint,
  noticedAt: z.exactOptional(number),
} satisfies Every<FormerPlan>)

const storedUpgrade: z.ZodMiniType<StoredUpgrade> = z.looseObject({
  key: text,
  chain: text,
  contract: text,
  proposalId: text,
  kind: z.exactOptional(z.literal('coordinated')),
  announced: z.exactOptional(z.literal(true)),
  addedBy: z.exactOptional(text),
  name: text,
  height: z.exactOptional(number),
  time: z.exactOptional(bigint),
  info: z.exactOptional(z.union([text, jsonObject])),
  origin: z.enum(planOrigins),
  labels: z.exactOptional(texts),
  status: z.enum(upgradeStatuses),
  awaits: z.exactOptional(z.literal('execution')),
  scheduledAt: z.exactOptional(bigint),
  noticedAt: z.exactOptional(number),
  triggeredAt: z.exactOptional(bigint),
  completedAt: z.exactOptional(bigint),
  reasons: z.array(text),
  unready: z.exactOptional(z.array(unreadyNode)),
  heldBack: z.exactOptional(text),
  unheeded: z.exactOptional(text),
  rivals: z.exactOptional(z.array(rival)),
  round: number,
  hook: z.exactOptional(z.enum(['owed', 'done'])),
  fileMark: z.exactOptional(z.string()),
  blocked: z.exactOptional(z.literal(true)),
  held: z.exactOptional(z.literal(true)),
  unwritten: z.exactOptional(z.literal(true)),
  crowded: z.exactOptional(z.literal(true)),
  withdrawn: z.exactOptional(z.literal(true)),
  haltReachedAt: z.exactOptional(bigint),
  waitsSince: z.exactOptional(number),
  stuck: z.exactOptional(text),
  writtenAt: z.exactOptional(bigint),
  reminded: z.array(text),
  evidence: z.exactOptional(evidence),
  formerPlans: z.exactOptional(z.array(formerPlan)),
  preflight: z.exactOptional(preflight),
  postCheck: z.exactOptional(postCheck),
} satisfies Every<StoredUpgrade>)

export const upgradeRow: z.ZodMiniType<Upgrade> = z.pipe(storedUpgrade, z.transform(upgradeOf))

/** The ids of the notifications about one subject. */
export const announcedRow = z.object({ subject: text, ids: z.array(text) })

// `data` is not checked, because it has the form of the version that wrote it.
export const notificationRow: z.ZodMiniType<Notification> = z.pipe(
  z.pipe(
    z.looseObject({
      id: text,
      event: z.custom<NotificationEvent>(isEvent, 'is no event'),
      priority: z.enum(priorities),
      chain: text,
      title: text,
      message: text,
      timestamp: text,
      data: jsonObject,
      read: z.boolean(),
      labels: z.optional(z.record(text, text)),
      silenced: z.optional(text),
    }),
    z.transform((row): unknown => row),
  ),
  z.custom<Notification>(),
)

export const auditDetail: z.ZodMiniType<Json> = json
