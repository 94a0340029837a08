import * as z from 'zod/mini'
import { type Plan, type PlanFinding, planOrigins, type UnreadyNode } from '../domain/plans/plan.js'
import {
  type Action,
  type Proposal,
  type Tally,
  type Vote,
  proposalStatuses,
  proposalTypes,
  voteChoices,
} from '../domain/proposals/proposal.js'
import { tallyChoices } from '../domain/proposals/quorumCounts.js'
import { bigint, type Every, jsonObject, number, text, texts } from './rowValues.js'
import type { StatusMove } from './Store.js'

// Schemas for the rows of proposals and their events. They are loose, so that unknown fields are kept.

const clock = z.enum(['block', 'timestamp'])

export const tally: z.ZodMiniType<Tally> = z.looseObject({
  yes: bigint,
  no: bigint,
  abstain: bigint,
  veto: z.exactOptional(bigint),
  unit: text,
  decimals: z.exactOptional(number),
  quorum: z.exactOptional(bigint),
  quorumMissing: z.exactOptional(bigint),
  quorumCounts: z.exactOptional(z.array(z.enum(tallyChoices))),
  threshold: z.exactOptional(number),
  electorate: z.exactOptional(bigint),
  turnout: z.exactOptional(number),
  quorumReached: z.exactOptional(z.boolean()),
  thresholdMet: z.exactOptional(z.boolean()),
} satisfies Every<Tally>)

export const action: z.ZodMiniType<Action> = z.looseObject({
  target: text,
  value: bigint,
  selector: text,
  signature: z.exactOptional(text),
  effect: z.enum({ none: 'none', governance: 'governance', transfer: 'transfer', call: 'call' } satisfies {
    [Effect in Action['effect']]: Effect
  }),
  schedules: z.exactOptional(z.looseObject({ name: text, height: bigint, info: text })),
} satisfies Every<Action>)

export const plan: z.ZodMiniType<Plan> = z.looseObject({
  name: text,
  height: z.exactOptional(number),
  time: z.exactOptional(bigint),
  info: z.exactOptional(z.union([text, jsonObject])),
  binaries: z.exactOptional(texts),
} satisfies Every<Plan>)

export const unreadyNode: z.ZodMiniType<UnreadyNode> = z.looseObject({
  host: text,
  reason: text,
  readyUntil: z.exactOptional(bigint),
} satisfies Every<UnreadyNode>)

const finding: z.ZodMiniType<PlanFinding> = z.looseObject({
  plan,
  origin: z.enum(planOrigins),
  problems: z.array(text),
  withdrawn: z.exactOptional(text),
  applied: z.exactOptional(bigint),
  unsure: z.exactOptional(text),
  missed: z.exactOptional(text),
  unready: z.exactOptional(z.array(unreadyNode)),
} satisfies Every<PlanFinding>)

export const proposalRow: z.ZodMiniType<Proposal> = z.looseObject({
  chain: text,
  contract: text,
  id: text,
  system: text,
  announced: z.exactOptional(z.literal(true)),
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
} satisfies Every<Proposal>)

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
} satisfies Every<Vote>)

export const moveRow: z.ZodMiniType<StatusMove> = z.looseObject({
  status: z.enum(proposalStatuses),
  derived: z.boolean(),
  block: bigint,
  time: bigint,
})
