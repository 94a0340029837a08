import * as z from 'zod'
import type { ChainState } from '../domain/chainState.js'
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
import { type Evidence, type Upgrade, upgradeStatuses } from '../domain/upgrades/upgrade.js'
import type { StatusMove } from './Store.js'

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

const head: z.ZodType<Head> = z.looseObject({ number: bigint, hash: text, parentHash: text, timestamp: bigint })

const health: z.ZodType<Health> = z.looseObject({
  chain: text,
  state: z.enum(healthStates),
  since: number,
  head: head.exactOptional(),
  lastGoodAt: number.exactOptional(),
  movedAt: number.exactOptional(),
  consecutiveFailures: number,
  failingSince: number.exactOptional(),
  trouble: z.looseObject({ since: number, upSince: number.exactOptional() }).exactOptional(),
  errorRate: number,
  problem: text.exactOptional(),
  backlog: bigint,
  behind: z.looseObject({ least: bigint, since: number }).exactOptional(),
  lagging: z.literal(true).exactOptional(),
  secondsPerBlock: number.exactOptional(),
})

/** What the row of a chain holds: its state without what has rows of its own. */
type ChainRow = Omit<ChainState, 'proposals' | 'upgrades' | 'told' | 'archive'>

export const chainRow: z.ZodType<ChainRow> = z.looseObject({
  chain: text,
  synced: z.boolean(),
  cursor: json.exactOptional(),
  head: head.exactOptional(),
  lastGoodAt: number.exactOptional(),
  clock: z.looseObject({ time: bigint, hostTime: number, leap: bigint.exactOptional() }).exactOptional(),
  watched: z.looseObject({ head: bigint, time: number }).exactOptional(),
  readTo: bigint.exactOptional(),
  file: z.looseObject({ key: text, name: text, height: number, round: number.exactOptional() }).exactOptional(),
  nodeVersion: text.exactOptional(),
  lastVote: z.looseObject({ block: bigint, index: number }).exactOptional(),
  blockTime: z.looseObject({ samples: z.array(z.looseObject({ number: bigint, timestamp: bigint })) }),
  health,
})

const tally: z.ZodType<Tally> = z.looseObject({
  yes: bigint,
  no: bigint,
  abstain: bigint,
  veto: bigint.exactOptional(),
  unit: text,
  decimals: number.exactOptional(),
  quorum: bigint.exactOptional(),
  quorumMissing: bigint.exactOptional(),
  threshold: number.exactOptional(),
  electorate: bigint.exactOptional(),
  turnout: number.exactOptional(),
  quorumReached: z.boolean().exactOptional(),
  thresholdMet: z.boolean().exactOptional(),
})

const action: z.ZodType<Action> = z.looseObject({
  target: text,
  value: bigint,
  selector: text,
  signature: text.exactOptional(),
  effect: z.enum({ none: 'none', governance: 'governance', transfer: 'transfer', call: 'call' } satisfies {
    [Effect in Action['effect']]: Effect
  }),
  schedules: z.looseObject({ name: text, height: bigint, info: text }).exactOptional(),
})

const plan: z.ZodType<Plan> = z.looseObject({
  name: text,
  height: number,
  info: z.union([text, jsonObject]).exactOptional(),
  binaries: z
    .custom<Readonly<Record<string, string>>>(
      (value) => isJsonObject(value) && Object.values(value).every((part) => typeof part === 'string'),
    )
    .exactOptional(),
})

const finding: z.ZodType<PlanFinding> = z.looseObject({
  plan,
  origin: z.enum(planOrigins),
  problems: z.array(text),
  withdrawn: text.exactOptional(),
  applied: bigint.exactOptional(),
  unsure: text.exactOptional(),
})

export const proposalRow: z.ZodType<Proposal> = z.looseObject({
  chain: text,
  contract: text,
  id: text,
  system: text,
  title: text,
  description: text,
  type: z.enum(proposalTypes),
  status: z.enum(proposalStatuses),
  derived: z.boolean(),
  carriedOut: z.boolean().exactOptional(),
  expedited: z.boolean().exactOptional(),
  notUnderstood: text.exactOptional(),
  edited: z.literal(true).exactOptional(),
  skipped: text.exactOptional(),
  closesItself: z.literal(true).exactOptional(),
  proposer: text.exactOptional(),
  actions: z.array(action),
  clock,
  foreignClock: z.literal(true).exactOptional(),
  votingStart: bigint.exactOptional(),
  votingEnd: bigint.exactOptional(),
  executableAt: bigint.exactOptional(),
  submittedAt: bigint.exactOptional(),
  votingStartsAt: bigint.exactOptional(),
  votingEndsAt: bigint.exactOptional(),
  votingStartsAtEstimated: z.literal(true).exactOptional(),
  votingEndsAtEstimated: z.literal(true).exactOptional(),
  tally: tally.exactOptional(),
  finding: finding.exactOptional(),
  origin: z.looseObject({ block: bigint, hash: text, index: number }).exactOptional(),
  readAt: bigint,
  closedAt: z.looseObject({ block: bigint, timestamp: bigint }).exactOptional(),
})

const evidence: z.ZodType<Evidence> = z.looseObject({
  block: bigint,
  head: bigint,
  since: number,
  movedAt: number,
  nodeVersion: text.exactOptional(),
  outage: z.boolean(),
  restarted: z.literal(true).exactOptional(),
})

export const upgradeRow: z.ZodType<Upgrade> = z.looseObject({
  key: text,
  chain: text,
  contract: text,
  proposalId: text,
  name: text,
  height: number,
  info: z.union([text, jsonObject]).exactOptional(),
  origin: z.enum(planOrigins),
  status: z.enum(upgradeStatuses),
  scheduledAt: bigint.exactOptional(),
  noticedAt: number.exactOptional(),
  triggeredAt: bigint.exactOptional(),
  completedAt: bigint.exactOptional(),
  reasons: z.array(text),
  round: number,
  hook: z.enum(['owed', 'done']).exactOptional(),
  fileMark: z.string().exactOptional(),
  blocked: z.literal(true).exactOptional(),
  held: z.literal(true).exactOptional(),
  unwritten: z.literal(true).exactOptional(),
  crowded: z.literal(true).exactOptional(),
  withdrawn: z.literal(true).exactOptional(),
  haltReachedAt: bigint.exactOptional(),
  waitsSince: number.exactOptional(),
  stuck: text.exactOptional(),
  writtenAt: bigint.exactOptional(),
  reminded: z.array(text),
  evidence: evidence.exactOptional(),
})

export const voteRow: z.ZodType<Vote> = z.looseObject({
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

export const moveRow: z.ZodType<StatusMove> = z.looseObject({
  status: z.enum(proposalStatuses),
  derived: z.boolean(),
  block: bigint,
  time: bigint,
})

/** The notifications given about one subject. */
export const toldRow = z.object({ subject: text, ids: z.array(text) })

// Its data is what the version that wrote it had: it is handed on as it is.
export const notificationRow: z.ZodType<Notification> = z
  .looseObject({
    id: text,
    event: z.custom<NotificationEvent>(isEvent, 'is no event'),
    priority: z.enum(priorities),
    chain: text,
    title: text,
    message: text,
    timestamp: text,
    data: jsonObject,
    read: z.boolean(),
  })
  .transform((row): unknown => row)
  .pipe(z.custom<Notification>())

export const auditDetail: z.ZodType<Json> = json
