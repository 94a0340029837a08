import * as z from 'zod/mini'
import { planOrigins } from '../../domain/plans/plan.js'
import {
  type PostCheck,
  postCheckIds,
  type PostCheckRecord,
  postVerdicts,
} from '../../domain/upgrades/postCheck/postCheck.js'
import {
  type CompletionEvidence,
  type FormerPlan,
  type PreflightRecord,
  type Rival,
  type Upgrade,
  upgradeStatuses,
} from '../../domain/upgrades/upgrade.js'
import { switchEvidences } from '../../domain/upgrades/switchEvidence.js'
import { type Every, jsonObject, texts } from '../../store/rowValues.js'
import { unreadyNode } from './proposalWire.js'
import { bigint, milliseconds, number, seconds, sparse, text, type Wire } from './wire.js'

const flag = z.exactOptional(z.literal(true))

/** Empty in the library, null in JSON. */
const idOrNull = z.codec(z.nullable(text), text, {
  decode: (written) => written ?? '',
  encode: (id) => (id === '' ? null : id),
})

const evidence = sparse({
  block: bigint,
  head: bigint,
  since: milliseconds,
  movedAt: milliseconds,
  nodeVersion: z.exactOptional(text),
  formerVersion: z.exactOptional(text),
  switchedBy: z.exactOptional(bigint),
  outage: z.boolean(),
  restarted: flag,
  unconsumed: flag,
} satisfies Every<CompletionEvidence>)

const preflight = sparse({
  leads: z.array(text),
  owed: z.exactOptional(text),
  verdict: z.exactOptional(z.enum(['ready', 'not_ready', 'unknown'])),
  checkedAt: z.exactOptional(milliseconds),
  problems: z.exactOptional(z.array(text)),
} satisfies Every<PreflightRecord>)

const postCheck = sparse({
  since: milliseconds,
  owed: flag,
  verdict: z.exactOptional(z.enum(postVerdicts)),
  checkedAt: z.exactOptional(milliseconds),
  checks: z.exactOptional(
    z.array(
      sparse({
        id: z.enum(postCheckIds),
        verdict: z.enum(postVerdicts),
        reason: text,
        todo: z.exactOptional(text),
        isEarly: flag,
      } satisfies Every<PostCheck>),
    ),
  ),
  hasFailed: flag,
  completedBy: z.exactOptional(z.enum(switchEvidences)),
} satisfies Every<PostCheckRecord>)

const formerPlan = sparse(
  {
    name: text,
    height: z.exactOptional(number),
    time: z.exactOptional(seconds),
    scheduledAt: seconds,
    noticedAt: z.exactOptional(milliseconds),
  } satisfies Every<FormerPlan>,
  {},
)

const rival = z.object({ key: text, reason: text } satisfies Every<Rival>)

/**
 * In the format of `upgrades --json` without fields that depend on the head, with further fields that the library
 * needs.
 */
export const upgrade: Wire<Upgrade> = sparse(
  {
    key: text,
    chain: text,
    name: text,
    height: z.exactOptional(number),
    time: z.exactOptional(seconds),
    status: z.enum(upgradeStatuses),
    awaits: z.exactOptional(z.literal('execution')),
    origin: z.enum(planOrigins),
    kind: z.exactOptional(z.literal('coordinated')),
    announced: flag,
    proposalId: idOrNull,
    labels: z.exactOptional(texts),
    info: z.exactOptional(z.union([text, jsonObject])),
    scheduledAt: z.exactOptional(seconds),
    triggeredAt: z.exactOptional(seconds),
    completedAt: z.exactOptional(seconds),
    reasons: z.array(text),
    unready: z.exactOptional(z.array(unreadyNode)),
    heldBack: z.exactOptional(text),
    unheeded: z.exactOptional(text),
    rivals: z.exactOptional(z.array(rival)),
    contract: text,
    addedBy: z.exactOptional(text),
    noticedAt: z.exactOptional(milliseconds),
    writtenAt: z.exactOptional(seconds),
    hook: z.exactOptional(z.enum(['owed', 'done'])),
    fileMark: z.exactOptional(text),
    revision: number,
    blocked: flag,
    held: flag,
    unwritten: flag,
    crowded: flag,
    withdrawn: flag,
    haltReachedAt: z.exactOptional(seconds),
    waitsSince: z.exactOptional(milliseconds),
    stuck: z.exactOptional(text),
    reminded: z.array(text),
    evidence: z.exactOptional(evidence),
    formerPlans: z.exactOptional(z.array(formerPlan)),
    preflight: z.exactOptional(preflight),
    postCheck: z.exactOptional(postCheck),
  } satisfies Every<Upgrade>,
  { kind: 'governance', labels: {} },
)
