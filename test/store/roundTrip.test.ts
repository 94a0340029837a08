import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ChainState } from '../../src/domain/chainState.js'
import { healthStates } from '../../src/domain/health.js'
import type { Json } from '../../src/domain/text/json.js'
import { planOrigins } from '../../src/domain/plans/plan.js'
import { type Proposal, keyOf, proposalStatuses, proposalTypes } from '../../src/domain/proposals/proposal.js'
import { type Upgrade, upgradeStatuses } from '../../src/domain/upgrades/upgrade.js'
import { openStore } from '../../src/store/openStore.js'
import { temporaryDirectory, turn } from '../support/storeGiven.js'

// Anything the types allow, and every optional field there or not.
const text = fc.string({ unit: 'binary', maxLength: 12 })
const texts = fc.array(text, { maxLength: 2 })
const bigint = fc.oneof(fc.bigInt(), fc.constantFrom(2n ** 256n - 1n, -(2n ** 4_000n), 0n))
const number = fc.oneof(fc.integer(), fc.double())
const { value: json } = fc.letrec<{ value: Json }>((tie) => ({
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
const object = fc.dictionary(text, json, { maxKeys: 3, noNullPrototype: true })

const all = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(model, { noNullPrototype: true })
const some = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(model, { requiredKeys: [], noNullPrototype: true })
const both = <A extends object, B extends object>(
  required: fc.Arbitrary<A>,
  optional: fc.Arbitrary<B>,
): fc.Arbitrary<A & B> => fc.tuple(required, optional).map(([one, other]) => ({ ...one, ...other }))

const mapping = fc.dictionary(text, text, { maxKeys: 2, noNullPrototype: true })

const head = all({ number: bigint, hash: text, parentHash: text, timestamp: bigint })

const plan = both(
  all({ name: text, height: number }),
  some({ info: fc.oneof(text, object), binaries: fc.dictionary(text, text, { maxKeys: 2, noNullPrototype: true }) }),
)

const action: fc.Arbitrary<Proposal['actions'][number]> = both(
  all({
    target: text,
    value: bigint,
    selector: text,
    effect: fc.constantFrom('none', 'governance', 'transfer', 'call'),
  }),
  some({ signature: text, schedules: all({ name: text, height: bigint, info: text }) }),
)

const tally: fc.Arbitrary<NonNullable<Proposal['tally']>> = both(
  all({ yes: bigint, no: bigint, abstain: bigint, unit: text }),
  some({
    veto: bigint,
    quorum: bigint,
    quorumMissing: bigint,
    threshold: number,
    electorate: bigint,
    turnout: number,
    quorumReached: fc.boolean(),
    thresholdMet: fc.boolean(),
    decimals: number,
  }),
)

const attendance = all({ voted: texts, missing: texts })
const decides = { weight: bigint, passesAt: bigint, failsAt: bigint }
const council = fc.oneof(all(decides), all({ ...decides, endsAt: bigint }))

const proposal: fc.Arbitrary<Proposal> = both(
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
      some({ withdrawn: text, applied: bigint, unsure: text }),
    ),
    origin: all({ block: bigint, hash: text, index: number }),
    closedAt: all({ block: bigint, timestamp: bigint }),
  }),
)

const evidence = both(
  all({ block: bigint, head: bigint, since: number, movedAt: number, outage: fc.boolean() }),
  some({ nodeVersion: text, restarted: fc.constant(true as const) }),
)

const upgrade: fc.Arbitrary<Upgrade> = both(
  all({
    key: text,
    chain: fc.constant('local'),
    contract: text,
    proposalId: text,
    name: text,
    height: number,
    origin: fc.constantFrom(...planOrigins),
    status: fc.constantFrom(...upgradeStatuses),
    reasons: texts,
    revision: fc.nat(),
    hook: fc.constantFrom('owed' as const, 'done' as const),
    fileMark: fc.string(),
    reminded: texts,
  }),
  some({
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

const health: fc.Arbitrary<ChainState['health']> = both(
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
  }),
)

const chainState: fc.Arbitrary<ChainState> = both(
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
    head,
    lastGoodAt: number,
    clock: all({ time: bigint, hostTime: number, leap: bigint }),
    caughtUpAt: all({ head: bigint, time: number }),
    proposalsReadTo: bigint,
    file: both(all({ key: text, name: text, height: number }), some({ revision: fc.nat() })),
    nodeVersion: text,
    lastVote: all({ block: bigint, index: number }),
  }),
)

it('gives another process the very state that was committed last, whatever came before', () => {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'a.db')
  const [writer, reader] = [openStore({ path }), openStore({ path, readOnly: true })]
  let time = 0
  let before: ChainState | undefined

  fc.assert(
    fc.property(chainState, (state) => {
      // Ten seconds apart, so that a turn of health only is written too.
      writer.commit(turn({ state, time: (time += 10_000) }, before), () => [])
      before = state
      const loaded = reader.load('local')

      // Not vitest's own matcher: it takes a key named "constructor" for the class of the object.
      expect(isDeepStrictEqual(loaded, state)).toBe(true)
      expect([...(loaded?.proposals.keys() ?? [])].sort()).toStrictEqual([...state.proposals.keys()].sort())
    }),
    { numRuns: 200 },
  )
})
