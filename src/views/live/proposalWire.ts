import * as z from 'zod/mini'
import { planOrigins, type Plan, type PlanFinding, type UnreadyNode } from '../../domain/plans/plan.js'
import type { ProposalCounts } from '../../domain/proposals/counts.js'
import {
  type Action,
  type Proposal,
  proposalStatuses,
  proposalTypes,
  type Tally,
  type Vote,
  voteChoices,
} from '../../domain/proposals/proposal.js'
import { tallyChoices } from '../../domain/proposals/quorumCounts.js'
import { defined } from '../../domain/defined.js'
import { isJsonObject } from '../../domain/text/json.js'
import { type Every, jsonObject, texts } from '../../store/rowValues.js'
import { bigint, number, seconds, sparse, text, type Wire } from './wire.js'

export const status = z.enum(proposalStatuses)
const flag = z.exactOptional(z.literal(true))

export const tally: Wire<Tally> = sparse({
  yes: bigint,
  no: bigint,
  abstain: bigint,
  veto: z.exactOptional(bigint),
  unit: text,
  decimals: z.exactOptional(number),
  quorum: z.exactOptional(bigint),
  quorumMissing: z.exactOptional(bigint),
  quorumReached: z.exactOptional(z.boolean()),
  quorumCounts: z.exactOptional(z.array(z.enum(tallyChoices))),
  threshold: z.exactOptional(number),
  thresholdMet: z.exactOptional(z.boolean()),
  turnout: z.exactOptional(number),
  electorate: z.exactOptional(bigint),
} satisfies Every<Tally>)

export const plan: Wire<Plan> = sparse({
  name: text,
  height: z.exactOptional(number),
  time: z.exactOptional(seconds),
  info: z.exactOptional(z.union([text, jsonObject])),
  binaries: z.exactOptional(texts),
} satisfies Every<Plan>)

const action: Wire<Action> = sparse({
  target: text,
  value: bigint,
  selector: text,
  signature: z.exactOptional(text),
  effect: z.enum(['none', 'governance', 'transfer', 'call']),
  schedules: z.exactOptional(z.object({ name: text, height: bigint, info: text })),
} satisfies Every<Action>)

export const unreadyNode: Wire<UnreadyNode> = sparse({
  host: text,
  reason: text,
  readyUntil: z.exactOptional(seconds),
} satisfies Every<UnreadyNode>)

/** The plan of a proposal, under the keys that `proposals ID --json` uses. */
interface WrittenFinding {
  readonly plan?: Plan
  readonly planOrigin?: PlanFinding['origin']
  readonly planProblems?: readonly string[]
  readonly planWithdrawn?: string
  readonly planUnsure?: string
  readonly planAppliedAt?: bigint
  readonly planMissed?: string
  readonly planUnready?: readonly UnreadyNode[]
}
type WrittenProposal = Omit<Proposal, 'finding'> & WrittenFinding

const planKeys = {
  plan: z.exactOptional(plan),
  planOrigin: z.exactOptional(z.enum(planOrigins)),
  planProblems: z.exactOptional(z.array(text)),
  planWithdrawn: z.exactOptional(text),
  planUnsure: z.exactOptional(text),
  planAppliedAt: z.exactOptional(bigint),
  planMissed: z.exactOptional(text),
  planUnready: z.exactOptional(z.array(unreadyNode)),
}

const writtenProposal: Wire<WrittenProposal> = sparse(
  {
    chain: text,
    system: text,
    contract: text,
    id: text,
    title: text,
    type: z.enum(proposalTypes),
    status,
    derived: z.boolean(),
    proposer: z.exactOptional(text),
    submittedAt: z.exactOptional(seconds),
    votingStart: z.exactOptional(bigint),
    votingEnd: z.exactOptional(bigint),
    votingStartsAt: z.exactOptional(seconds),
    votingStartsAtEstimated: flag,
    votingEndsAt: z.exactOptional(seconds),
    votingEndsAtEstimated: flag,
    tally: z.exactOptional(tally),
    labels: z.exactOptional(texts),
    skipped: z.exactOptional(text),
    notUnderstood: z.exactOptional(text),
    metadata: z.exactOptional(texts),
    clock: z.enum(['block', 'timestamp']),
    executableAt: z.exactOptional(seconds),
    ...planKeys,
    description: text,
    actions: z.array(action),
    carriedOut: z.exactOptional(z.boolean()),
    announced: flag,
    closesItself: flag,
    edited: flag,
    expedited: z.exactOptional(z.boolean()),
    foreignClock: flag,
    attendance: z.exactOptional(z.object({ voted: z.array(text), missing: z.array(text) })),
    council: z.exactOptional(
      sparse({ weight: bigint, passesAt: bigint, failsAt: bigint, endsAt: z.exactOptional(bigint) }),
    ),
    origin: z.exactOptional(z.object({ block: bigint, hash: text, index: number })),
    readAt: bigint,
    closedAt: z.exactOptional(z.object({ block: bigint, timestamp: seconds })),
  } satisfies Every<WrittenProposal>,
  { labels: {}, metadata: {}, votingStartsAtEstimated: false, votingEndsAtEstimated: false, planProblems: [] },
)

/** In the format of `proposals ID --json`, with further fields that the library needs. */
export const proposal: Wire<Proposal> = z.codec(writtenProposal, z.custom<Proposal>(isJsonObject), {
  decode: ({
    plan,
    planOrigin,
    planProblems,
    planWithdrawn,
    planUnsure,
    planAppliedAt,
    planMissed,
    planUnready,
    ...rest
  }: WrittenProposal) => ({
    ...rest,
    ...defined({
      finding:
        plan === undefined || planOrigin === undefined
          ? undefined
          : {
              plan,
              origin: planOrigin,
              problems: planProblems ?? [],
              ...defined({
                withdrawn: planWithdrawn,
                unsure: planUnsure,
                applied: planAppliedAt,
                missed: planMissed,
                unready: planUnready,
              }),
            },
    }),
  }),
  encode: ({ finding, ...rest }): WrittenProposal => ({ ...rest, ...(finding !== undefined && planOf(finding)) }),
})

function planOf({ plan, origin, problems, withdrawn, unsure, applied, missed, unready }: PlanFinding): WrittenFinding {
  return {
    plan,
    planOrigin: origin,
    planProblems: problems,
    ...defined({
      planWithdrawn: withdrawn,
      planUnsure: unsure,
      planAppliedAt: applied,
      planMissed: missed,
      planUnready: unready,
    }),
  }
}

export const vote: Wire<Vote> = z.object({
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

const counted = z.custom<Readonly<Record<string, number>>>(
  (value) => isJsonObject(value) && Object.values(value).every((count) => typeof count === 'number'),
)

export const counts: Wire<ProposalCounts> = z.object({ byStatus: counted, byType: counted })
