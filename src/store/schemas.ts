import * as z from 'zod/mini'
import type { Head } from '../domain/blocks/head.js'
import { type Health, healthStates } from '../domain/health.js'
import { type Json, type JsonObject, isJsonObject } from '../domain/text/json.js'
import {
  type Notification,
  type NotificationEvent,
  defaultPriorities,
  priorities,
} from '../domain/notifications/notification.js'
import { type Plan, type PlanFinding, planOrigins } from '../domain/plans/plan.js'
import {
  type Action,
  type Proposal,
  type Tally,
  type Vote,
  proposalStatuses,
  proposalTypes,
  voteChoices,
} from '../domain/proposals/proposal.js'
import { type CompletionEvidence, type Upgrade, upgradeStatuses } from '../domain/upgrades/upgrade.js'
import type { StatusMove } from './Store.js'
import { type ChainRow, type StoredChain, type StoredUpgrade, chainOf, upgradeOf } from './storedKeys.js'

// What a row must hold to be read back. Loose: a field that this version does not know is kept, not lost.

function isJson(value: unknown): value is Json {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return true
  return Array.isArray(value) ? value.every(isJson) : isJsonObject(value) && Object.values(value).every(isJson)
}

function isEvent(value: unknown): value is NotificationEvent {
  return typeof value === 'string' && Object.hasOwn(defaultPriorities, value)
}

const text = z.string()
// Not z.number(): that refuses NaN, and a row that was written must load.
const number = z.custom<number>((value) => typeof value === 'number', 'is not a number')
const bigint = z.bigint()
const json = z.custom<Json>(isJson, 'is not JSON')
const jsonObject = z.custom<JsonObject>((value) => isJsonObject(value) && isJson(value), 'is not a JSON object')
const clock = z.enum(['block', 'timestamp'])

const head: z.ZodMiniType<Head> = z.looseObject({ number: bigint, hash: text, parentHash: text, timestamp: bigint })

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
  secondsPerBlock: z.exactOptional(number),
})

const storedChain: z.ZodMiniType<StoredChain> = z.looseObject({
  chain: text,
  synced: z.boolean(),
  cursor: z.exactOptional(json),
  head: z.exactOptional(head),
  lastGoodAt: z.exactOptional(number),
  clock: z.exactOptional(z.looseObject({ time: bigint, hostTime: number, leap: z.exactOptional(bigint) })),
  watched: z.exactOptional(z.looseObject({ head: bigint, time: number })),
  readTo: z.exactOptional(bigint),
  file: z.exactOptional(z.looseObject({ key: text, name: text, height: number, round: z.exactOptional(number) })),
  nodeVersion: z.exactOptional(text),
  lastVote: z.exactOptional(z.looseObject({ block: bigint, index: number })),
  blockTime: z.looseObject({ samples: z.array(z.looseObject({ number: bigint, timestamp: bigint })) }),
  health,
})

export const chainRow: z.ZodMiniType<ChainRow> = z.pipe(storedChain, z.transform(chainOf))

const tally: z.ZodMiniType<Tally> = z.looseObject({
  yes: bigint,
  no: bigint,
  abstain: bigint,
  veto: z.exactOptional(bigint),
  unit: text,
  decimals: z.exactOptional(number),
  quorum: z.exactOptional(bigint),
  quorumMissing: z.exactOptional(bigint),
  threshold: z.exactOptional(number),
  electorate: z.exactOptional(bigint),
  turnout: z.exactOptional(number),
  quorumReached: z.exactOptional(z.boolean()),
  thresholdMet: z.exactOptional(z.boolean()),
})

const action: z.ZodMiniType<Action> = z.looseObject({
  target: text,
  value: bigint,
  selector: text,
  signature: z.exactOptional(text),
  effect: z.enum({ none: 'none', governance: 'governance', transfer: 'transfer', call: 'call' } satisfies {
    [Effect in Action['effect']]: Effect
  }),
  schedules: z.exactOptional(z.looseObject({ name: text, height: bigint, info: text })),
})

const texts = z.custom<Readonly<Record<string, string>>>(
  (value) => isJsonObject(value) && Object.values(value).every((part) => typeof part === 'string'),
  'is not a mapping of texts',
)

const plan: z.ZodMiniType<Plan> = z.looseObject({
  name: text,
  height: number,
  info: z.exactOptional(z.union([text, jsonObject])),
  binaries: z.exactOptional(texts),
})

const finding: z.ZodMiniType<PlanFinding> = z.looseObject({
  plan,
  origin: z.enum(planOrigins),
  problems: z.array(text),
  withdrawn: z.exactOptional(text),
  applied: z.exactOptional(bigint),
  unsure: z.exactOptional(text),
})

export const proposalRow: z.ZodMiniType<Proposal> = z.looseObject({
  chain: text,
  contract: text,
  id: text,
  system: text,
  title: text,
  description: text,
  type: z.enum(proposalTypes),
  status: z.enum(proposalStatuses),
  derived: z.boolean(),
  carriedOut: z.exactOptional(z.boolean()),
  expedited: z.exactOptional(z.boolean()),
  notUnderstood: z.exactOptional(text),
  edited: z.exactOptional(z.literal(true)),
  skipped: z.exactOptional(text),
  closesItself: z.exactOptional(z.literal(true)),
  proposer: z.exactOptional(text),
  actions: z.array(action),
  clock,
  foreignClock: z.exactOptional(z.literal(true)),
  votingStart: z.exactOptional(bigint),
  votingEnd: z.exactOptional(bigint),
  executableAt: z.exactOptional(bigint),
  submittedAt: z.exactOptional(bigint),
  votingStartsAt: z.exactOptional(bigint),
  votingEndsAt: z.exactOptional(bigint),
  votingStartsAtEstimated: z.exactOptional(z.literal(true)),
  votingEndsAtEstimated: z.exactOptional(z.literal(true)),
  labels: z.exactOptional(texts),
  metadata: z.exactOptional(texts),
  tally: z.exactOptional(tally),
  attendance: z.exactOptional(z.looseObject({ voted: z.array(text), missing: z.array(text) })),
  council: z.exactOptional(
    z.looseObject({ weight: bigint, passesAt: bigint, failsAt: bigint, endsAt: z.exactOptional(bigint) }),
  ),
  finding: z.exactOptional(finding),
  origin: z.exactOptional(z.looseObject({ block: bigint, hash: text, index: number })),
  readAt: bigint,
  closedAt: z.exactOptional(z.looseObject({ block: bigint, timestamp: bigint })),
})

const evidence: z.ZodMiniType<CompletionEvidence> = z.looseObject({
  block: bigint,
  head: bigint,
  since: number,
  movedAt: number,
  nodeVersion: z.exactOptional(text),
  outage: z.boolean(),
  restarted: z.exactOptional(z.literal(true)),
})

const storedUpgrade: z.ZodMiniType<StoredUpgrade> = z.looseObject({
  key: text,
  chain: text,
  contract: text,
  proposalId: text,
  name: text,
  height: number,
  info: z.exactOptional(z.union([text, jsonObject])),
  origin: z.enum(planOrigins),
  labels: z.exactOptional(texts),
  status: z.enum(upgradeStatuses),
  scheduledAt: z.exactOptional(bigint),
  noticedAt: z.exactOptional(number),
  triggeredAt: z.exactOptional(bigint),
  completedAt: z.exactOptional(bigint),
  reasons: z.array(text),
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
})

export const upgradeRow: z.ZodMiniType<Upgrade> = z.pipe(storedUpgrade, z.transform(upgradeOf))

export const voteRow: z.ZodMiniType<Vote> = z.looseObject({
  chain: text,
  contract: text,
  id: text,
  voter: text,
  choice: z.enum(voteChoices),
  weight: bigint,
  reason: text,
  block: bigint,
  index: number,
})

export const moveRow: z.ZodMiniType<StatusMove> = z.looseObject({
  status: z.enum(proposalStatuses),
  derived: z.boolean(),
  block: bigint,
  time: bigint,
})

/** The notifications given about one subject. */
export const announcedRow = z.object({ subject: text, ids: z.array(text) })

// Its data is what the version that wrote it had: it is handed on as it is.
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
