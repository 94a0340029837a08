import * as z from 'zod/mini'
import { postVerdicts } from '../domain/upgrades/postCheck/postCheck.js'

// The content of the page, as /page.json returns it. The server renders it, and the script renders it again.

const text = z.string()
const time = z.nullable(z.iso.datetime())
const count = z.nullable(z.string().check(z.regex(/^-?\d{1,5000}$/)))
const texts = z.array(text)

const chain = z.object({
  chain: text,
  enabled: z.boolean(),
  height: count,
  lastGoodPoll: time,
  health: text,
  problem: z.nullable(text),
  openProposals: z.number(),
  nextUpgrade: z.nullable(
    z.object({
      key: text,
      preflight: z.optional(z.object({ verdict: text, checkedAt: text, problems: texts })),
    }),
  ),
  lastUpgrade: z.optional(
    z.object({
      name: text,
      verdict: z.enum(postVerdicts),
      checkedAt: text,
      checks: z.array(z.object({ verdict: text, reason: text, todo: z.nullable(text) })),
    }),
  ),
  channelsDown: z.array(z.object({ channel: text, since: text, reason: text, waiting: z.number() })),
})

const upgrade = z.object({
  key: text,
  chain: text,
  name: text,
  height: z.nullable(z.number()),
  time,
  status: text,
  awaits: z.optional(z.literal('execution')),
  kind: text,
  triggeredAt: time,
  completedAt: time,
  reasons: texts,
  blocksLeft: count,
  eta: time,
  band: z.nullable(z.object({ earliest: text, latest: text })),
})

const tally = z.object({
  yes: text,
  no: text,
  abstain: text,
  veto: count,
  unit: text,
  decimals: z.nullable(z.number()),
  quorum: count,
  quorumReached: z.nullable(z.boolean()),
  quorumCounts: z.nullable(texts),
  threshold: z.nullable(z.number()),
  thresholdMet: z.nullable(z.boolean()),
  turnout: z.nullable(z.number()),
  electorate: count,
})

const proposal = z.object({
  key: text,
  chain: text,
  system: text,
  id: text,
  title: text,
  type: text,
  status: text,
  proposer: z.nullable(text),
  votingEndsAt: time,
  votingEndsAtEstimated: z.boolean(),
  tally: z.nullable(tally),
  plan: z.nullable(z.object({ name: text, height: z.nullable(z.number()), time: z.optional(text) })),
  votes: z.array(z.object({ voter: text, choice: text, weight: text, reason: text })),
  // Numbers of further voters, and of further members without a vote, that are not named.
  moreVotes: z.number(),
  missing: z.nullable(texts),
  moreMissing: z.number(),
})

const state = z.object({
  at: z.iso.datetime(),
  chains: z.array(chain),
  upgrades: z.array(upgrade),
  proposals: z.array(proposal),
  participation: z.array(z.object({ at: z.iso.datetime(), chain: text, id: text, title: text, turnout: z.number() })),
  inbox: z.array(
    z.object({ id: text, event: text, priority: text, chain: text, title: text, timestamp: text, read: z.boolean() }),
  ),
  undelivered: z.array(
    z.object({
      notification: z.object({ id: text, title: text }),
      handler: text,
      attempts: z.number(),
      reason: text,
      at: text,
      nextTryAt: time,
    }),
  ),
  waiting: z.array(z.object({ handler: text, count: z.number(), since: time, held: z.number() })),
  deliveries: z.array(
    z.object({ seq: z.number(), at: text, handler: text, id: text, result: text, reason: text, title: text }),
  ),
  trail: z.array(z.object({ seq: z.number(), at: text, chain: text, kind: text, detail: z.unknown() })),
})

/** Everything that the page shows, at one moment. */
export type PageState = z.infer<typeof state>
export type ShownUpgrade = PageState['upgrades'][number]
export type ShownProposal = PageState['proposals'][number]
export type ShownTally = z.infer<typeof tally>

/** Parses the state; throws if it is invalid. */
export function parseState(json: unknown): PageState {
  return state.parse(json)
}
