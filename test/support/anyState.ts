import fc from 'fast-check'
import * as z from 'zod/mini'
import type { ChainState } from '../../src/domain/chainState.js'
import { endpointApis } from '../../src/domain/endpointScore.js'
import { healthStates } from '../../src/domain/health.js'
import type { Json } from '../../src/domain/text/json.js'
import { planOrigins } from '../../src/domain/plans/plan.js'
import type { JournalEvent } from '../../src/domain/journal/journalEvent.js'
import { type Notification, defaultPriorities, priorities } from '../../src/domain/notifications/notification.js'
import type { Change, ChangeKind } from '../../src/domain/proposals/change.js'
import { tallyChoices } from '../../src/domain/proposals/quorumCounts.js'
import {
  type Proposal,
  type Vote,
  keyOf,
  proposalStatuses,
  proposalTypes,
  voteChoices,
} from '../../src/domain/proposals/proposal.js'
import { postCheckIds, postVerdicts } from '../../src/domain/upgrades/postCheck/postCheck.js'
import { type Upgrade, upgradeStatuses } from '../../src/domain/upgrades/upgrade.js'
import { switchEvidences } from '../../src/domain/upgrades/switchEvidence.js'

const events = Object.keys(defaultPriorities)

// Anything that the types allow, with every optional field present or not.
export const text = fc.string({ unit: 'binary', maxLength: 12 })
export const texts = fc.array(text, { maxLength: 2 })
export const bigint = fc.oneof(fc.bigInt(), fc.constantFrom(2n ** 256n - 1n, -(2n ** 4_000n), 0n))
export const number = fc.oneof(fc.integer(), fc.double())
export const { value: json } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    number,
    text,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(text, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
}))
export const object = fc.dictionary(text, json, { maxKeys: 3, noNullPrototype: true })

export const all = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(model, { noNullPrototype: true })
export const some = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(model, { requiredKeys: [], noNullPrototype: true })
export const both = <A extends object, B extends object>(
  required: fc.Arbitrary<A>,
  optional: fc.Arbitrary<B>,
): fc.Arbitrary<A & B> => fc.tuple(required, optional).map(([one, other]) => ({ ...one, ...other }))

export const mapping = fc.dictionary(text, text, { maxKeys: 2, noNullPrototype: true })

export const head = all({ number: bigint, hash: text, parentHash: text, timestamp: bigint })

const unready = fc.array(both(all({ host: text, reason: text }), some({ readyUntil: bigint })), { maxLength: 2 })

export const plan = both(
  all({ name: text }),
  some({
    height: number,
    time: bigint,
    info: fc.oneof(text, object),
    binaries: fc.dictionary(text, text, { maxKeys: 2, noNullPrototype: true }),
  }),
)

export const action: fc.Arbitrary<Proposal['actions'][number]> = both(
  all({
    target: text,
    value: bigint,
    selector: text,
    effect: fc.constantFrom('none', 'governance', 'transfer', 'call'),
  }),
  some({ signature: text, schedules: all({ name: text, height: bigint, info: text }) }),
)

export const tally: fc.Arbitrary<NonNullable<Proposal['tally']>> = both(
  all({ yes: bigint, no: bigint, abstain: bigint, unit: text }),
  some({
    veto: bigint,
    quorum: bigint,
    quorumMissing: bigint,
    threshold: number,
    electorate: bigint,
    turnout: number,
    quorumReached: fc.boolean(),
    quorumCounts: fc.subarray([...tallyChoices]),
    thresholdMet: fc.boolean(),
    decimals: number,
  }),
)

export const attendance = all({ voted: texts, missing: texts })
export const decides = { weight: bigint, passesAt: bigint, failsAt: bigint }
export const council = fc.oneof(all(decides), all({ ...decides, endsAt: bigint }))

export const proposal: fc.Arbitrary<Proposal> = both(
  all({
    chain: fc.constant('local'),
    contract: text,
    id: text,
    system: text,
    title: text,
    description: text,
    type: fc.constantFrom(...proposalTypes),
    status: fc.constantFrom(...proposalStatuses),
    derived: fc.boolean(),
    actions: fc.array(action, { maxLength: 2 }),
    clock: fc.constantFrom('block', 'timestamp'),
    readAt: bigint,
  }),
  some({
    skipped: text,
    labels: mapping,
    metadata: mapping,
    proposer: text,
    votingStart: bigint,
    votingEnd: bigint,
    executableAt: bigint,
    submittedAt: bigint,
    votingStartsAt: bigint,
    votingEndsAt: bigint,
    notUnderstood: text,
    announced: fc.constant(true as const),
    carriedOut: fc.boolean(),
    expedited: fc.boolean(),
    edited: fc.constant(true),
    closesItself: fc.constant(true),
    foreignClock: fc.constant(true),
    votingStartsAtEstimated: fc.constant(true),
    votingEndsAtEstimated: fc.constant(true),
    tally,
    attendance,
    council,
    finding: both(
      all({ plan, origin: fc.constantFrom(...planOrigins), problems: texts }),
      some({ withdrawn: text, applied: bigint, unsure: text, missed: text, unready }),
    ),
    origin: all({ block: bigint, hash: text, index: number }),
    closedAt: all({ block: bigint, timestamp: bigint }),
  }),
)

export const evidence = both(
  all({ block: bigint, head: bigint, since: number, movedAt: number, outage: fc.boolean() }),
  some({
    nodeVersion: text,
    formerVersion: text,
    switchedBy: bigint,
    restarted: fc.constant(true as const),
    unconsumed: fc.constant(true as const),
  }),
)

export const upgrade: fc.Arbitrary<Upgrade> = both(
  all({
    key: text,
    chain: fc.constant('local'),
    contract: text,
    proposalId: text,
    name: text,
    origin: fc.constantFrom(...planOrigins),
    status: fc.constantFrom(...upgradeStatuses),
    reasons: texts,
    revision: fc.nat(),
    hook: fc.constantFrom('owed' as const, 'done' as const),
    fileMark: fc.string(),
    reminded: texts,
  }),
  some({
    height: number,
    time: bigint,
    kind: fc.constant('coordinated' as const),
    announced: fc.constant(true as const),
    addedBy: text,
    info: fc.oneof(text, object),
    labels: mapping,
    scheduledAt: bigint,
    triggeredAt: bigint,
    completedAt: bigint,
    writtenAt: bigint,
    evidence,
    noticedAt: number,
    blocked: fc.constant(true as const),
    held: fc.constant(true as const),
    unwritten: fc.constant(true as const),
    crowded: fc.constant(true as const),
    withdrawn: fc.constant(true as const),
    haltReachedAt: bigint,
    waitsSince: number,
    stuck: text,
    unready,
    awaits: fc.constant('execution' as const),
    heldBack: text,
    formerPlans: fc.array(
      both(all({ name: text, scheduledAt: bigint }), some({ height: number, time: bigint, noticedAt: number })),
      { maxLength: 2 },
    ),
    rivals: fc.array(all({ key: text, reason: text }), { maxLength: 2 }),
    postCheck: both(
      all({ since: number }),
      some({
        owed: fc.constant(true as const),
        verdict: fc.constantFrom(...postVerdicts),
        checkedAt: number,
        checks: fc.array(
          both(
            all({ id: fc.constantFrom(...postCheckIds), verdict: fc.constantFrom(...postVerdicts), reason: text }),
            some({ todo: text, isEarly: fc.constant(true as const) }),
          ),
          { maxLength: 2 },
        ),
        hasFailed: fc.constant(true as const),
        completedBy: fc.constantFrom(...switchEvidences),
      }),
    ),
    preflight: both(
      all({ leads: texts }),
      some({
        owed: text,
        verdict: fc.constantFrom('ready' as const, 'not_ready' as const, 'unknown' as const),
        checkedAt: number,
        problems: texts,
      }),
    ),
  }),
)

export const health: fc.Arbitrary<ChainState['health']> = both(
  all({
    chain: text,
    state: fc.constantFrom(...healthStates),
    since: number,
    consecutiveFailures: number,
    errorRate: number,
    backlog: bigint,
  }),
  some({
    head,
    lastGoodAt: number,
    movedAt: number,
    problem: text,
    polls: number,
    secondsPerBlock: number,
    lagging: fc.constant(true),
    wentBack: fc.constant(true),
    behind: all({ least: bigint, since: number }),
    failingSince: number,
    trouble: both(all({ since: number }), some({ upSince: number })),
    endpoints: fc.array(
      both(
        all({ host: text, askedAt: number, answers: number, failures: number }),
        some({ api: fc.constantFrom(...endpointApis), latencyMs: number, head: bigint, behind: bigint }),
      ),
      { maxLength: 2 },
    ),
  }),
)

export const chainState: fc.Arbitrary<ChainState> = both(
  all({
    chain: fc.constant('local'),
    synced: fc.boolean(),
    health,
    proposals: fc.array(proposal, { maxLength: 4 }).map((list) => new Map(list.map((one) => [keyOf(one), one]))),
    upgrades: fc.array(upgrade, { maxLength: 3 }).map((list) => new Map(list.map((one) => [one.key, one]))),
    announcedIds: fc
      .array(fc.tuple(text, texts), { maxLength: 3 })
      .map((list) => new Map(list.map(([subject, ids]) => [subject, new Set(ids)]))),
    blockTime: all({ samples: fc.array(all({ number: bigint, timestamp: bigint }), { maxLength: 3 }) }),
  }),
  some({
    cursor: json,
    secondHistory: json,
    head,
    lastGoodAt: number,
    clock: all({ time: bigint, hostTime: number, leap: bigint }),
    caughtUpAt: all({ head: bigint, time: number }),
    proposalsReadTo: bigint,
    file: both(all({ key: text, name: text, height: number }), some({ revision: fc.nat() })),
    filePlace: both(all({ path: text }), some({ profile: text })),
    nodeVersion: text,
    lastVote: all({ block: bigint, index: number }),
  }),
)

const vote: fc.Arbitrary<Vote> = all({
  chain: text,
  contract: text,
  id: text,
  voter: text,
  choice: fc.constantFrom(...voteChoices),
  weight: bigint,
  reason: text,
  block: bigint,
  index: number,
})

const status = fc.constantFrom(...proposalStatuses)

const kind: fc.Arbitrary<ChangeKind> = fc.oneof(
  all({ type: fc.constant('proposalAppeared' as const), proposal, backfill: fc.boolean() }),
  all({ type: fc.constant('statusMoved' as const), proposal, from: status }),
  both(all({ type: fc.constant('tallyMoved' as const), proposal }), some({ from: tally, fromStatus: status })),
  both(all({ type: fc.constant('scheduleMoved' as const), proposal }), some({ from: bigint })),
  both(all({ type: fc.constant('planEdited' as const), proposal }), some({ from: plan })),
  all({ type: fc.constantFrom('detailsRead' as const, 'proposalRetracted' as const), proposal }),
  all({ type: fc.constant('voteCast' as const), vote }),
)

export const change: fc.Arbitrary<Change> = both(all({ chain: text, at: bigint, time: bigint }), kind)

/** Store and server pass on any data of a notification. */
export const notification: fc.Arbitrary<Notification> = both(
  all({
    id: text,
    event: fc.constantFrom(...events),
    priority: fc.constantFrom(...priorities),
    chain: text,
    title: text,
    message: text,
    timestamp: text,
    data: object,
    read: fc.boolean(),
  }),
  some({ labels: mapping, silenced: text }),
).map((value) => z.parse(z.custom<Notification>(), value))

export const journalEvent: fc.Arbitrary<JournalEvent> = fc.oneof(
  all({ type: fc.constant('change' as const), change }),
  all({
    type: fc.constant('upgrades' as const),
    chain: text,
    upgrades: fc.array(upgrade, { maxLength: 2 }),
    gone: texts,
  }),
  all({ type: fc.constant('notification' as const), notification }),
)
