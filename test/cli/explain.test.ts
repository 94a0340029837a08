import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildWhereStale } from '../process/buildWhereStale.js'
import { ownPlanKey } from '../../src/domain/plans/ownPlan.js'
import type { Proposal } from '../../src/domain/proposals/proposal.js'
import type { UpgradeMove } from '../../src/domain/upgrades/upgradeMove.js'
import { openStore } from '../../src/store/openStore.js'
import type { EmbeddedStore } from '../../src/store/Store.js'
import type { Ended } from '../support/cli.js'
import { cliHere } from '../support/cliHere.js'
import {
  announcement,
  at,
  holding,
  move,
  proposal,
  queueing,
  state,
  temporaryDirectory,
  turn,
  upgrade,
} from '../support/storeGiven.js'

beforeAll(() => buildWhereStale(), 180_000)

let directory: ReturnType<typeof temporaryDirectory>
beforeEach(() => (directory = temporaryDirectory()))
afterEach(() => directory[Symbol.dispose]())

const explain = (key: string, width?: number, ...args: readonly string[]): Promise<Ended> =>
  cliHere(['explain', key, '--state', 'state.db', ...args], directory.path, width)
function given(use: (store: EmbeddedStore) => void): void {
  const store = openStore({ path: `${directory.path}/state.db` })
  use(store)
  store.close()
}

const id = '4776749498979713909288469407096805806160187562412266484962654688680443577644'
const voted = upgrade(id, { name: 'v2', height: 100, scheduledAt: 20n })
const passed: Proposal = proposal(id, {
  title: 'Upgrade to v2',
  status: 'passed',
  finding: { plan: { name: 'v2', height: 100 }, origin: 'call', problems: [] },
})

/**
 * The history of that proposal: it passed, its upgrade was scheduled, written and completed,
 * notifications were sent.
 */
function story(store: EmbeddedStore): void {
  const known = state({
    head: at(101n),
    proposals: holding(passed),
    upgrades: queueing({ ...voted, status: 'completed' }),
  })
  const told = {
    subject: voted.key,
    notification: { ...announcement(id).notification, id: `${voted.key}:upgrade_scheduled:v2%40100` },
  }
  const moves = (...made: readonly UpgradeMove[]) => made
  store.commit(
    turn({
      time: 60_000,
      state: known,
      changes: [{ type: 'statusMoved', chain: 'local', proposal: passed, from: 'voting', at: 50n, time: 100n }],
      moves: moves(move(voted)),
      announcements: [told],
    }),
    () => ['log', 'pager'],
  )
  const { notification } = told
  store.delivered({ notification, handler: 'log', attempts: 0 }, 61_000)
  store.postpone({ notification, handler: 'pager', attempts: 0 }, 122_000, { reason: 'HTTP 503.' })
  const report = { id: notification.id, attempt: 1 }
  store.record({
    at: 61_000,
    chain: 'local',
    kind: 'delivery',
    detail: { ...report, handler: 'log', result: 'delivered' },
  })
  store.record({
    at: 62_000,
    chain: 'local',
    kind: 'delivery',
    detail: { ...report, handler: 'pager', result: 'postponed', reason: 'HTTP 503.' },
  })
  store.record({
    at: 120_000,
    chain: 'local',
    kind: 'write',
    detail: { result: 'written', key: voted.key, path: '/home/data/upgrade-info.json' },
  })
  store.commit(turn({ time: 121_000, state: known, moves: moves(move(voted, { type: 'triggered' })) }), () => [])
  store.commit(turn({ time: 180_000, state: known, moves: moves(move(voted, { type: 'completed' })) }), () => [])
}

describe('explain', () => {
  it('says why and when it was scheduled, written and notified, at 80 columns', async () => {
    given(story)
    expect((await explain(voted.key, 80)).out).toBe(
      `Upgrade v2 at height 100 on local: completed.
Proposal 477674…, passed: Upgrade to v2
Key
  ${voted.key}

Scheduled?
  Scheduled 1970-01-01 00:01:00Z, v2 at height 100: proposal 477674… went to
    passed in block 50.

Written?
  Written 1970-01-01 00:02:00Z: /home/data/upgrade-info.json.
  Its height was reached 1970-01-01 00:02:01Z.
  Done 1970-01-01 00:03:00Z.

Told?
  new_proposal (medium) 1970-01-01 00:01:00Z: through log 1970-01-01 00:01:01Z,
    not yet through pager (HTTP 503), next try 1970-01-01 00:02:02Z.
`,
    )
  })

  it.each([
    [{ run: { ok: false, summary: 'ended with exit code 1', output: '', ms: 9 } }, 'ended with exit code 1'],
    [{}, 'no longer had to run'],
  ])('says what became of the command after the write: %j', async (parts, said) => {
    const detail = { result: 'hooked', key: voted.key, ...parts }
    given((store) => {
      story(store)
      store.record({ at: 120_500, chain: 'local', kind: 'write', detail })
    })
    expect((await explain(voted.key)).out).toContain(
      `upgrade-info.json.\n  The command after the write ${said}, 1970-01-01 00:02:00Z.\n  Its height`,
    )
  })

  it.each([
    [99n, 'Not written yet: height 100 is 1 block ahead.'],
    [98n, 'Not written yet: height 100 is 2 blocks ahead.'],
    [100n, 'Not written yet: height 100 is reached, and v1 at height 90 is still in progress'],
  ])('says at block %s why no file is written yet', async (block, said) => {
    const running = upgrade('2', { name: 'v1', height: 90, status: 'in_progress' })
    const known = state({ head: at(block), upgrades: queueing(voted, running) })
    given((store) => store.commit(turn({ time: 60_000, state: known, moves: [move(voted)] }), () => []))
    expect((await explain(voted.key)).out.replaceAll(/\s+/g, ' ')).toContain(said)
  })

  it('says that no file was written if the nodes of the chain switch by themselves', async () => {
    const done = { ...voted, held: true as const, status: 'completed' as const }
    const moves = [move(voted), move(done, { type: 'triggered' }), move(done, { type: 'completed' })]
    given((store) => store.commit(turn({ time: 60_000, state: state({ upgrades: queueing(done) }), moves }), () => []))
    expect((await explain(voted.key)).out).toContain(
      'Written?\n  govstream wrote no file: upgradeInfo.when was never.\n  Its height was reached',
    )
  })

  it('does not format a name that looks like a height', async () => {
    const named = { ...voted, name: 'block 1000000', height: 2_000 }
    given((store) =>
      store.commit(turn({ time: 60_000, state: state({ upgrades: queueing(named) }), moves: [move(named)] }), () => []),
    )
    const { out } = await explain(voted.key)
    expect(out).toContain('Upgrade block 1000000 at height 2,000 on local')
    expect(out).toContain(', block 1000000 at height 2,000: ')
  })

  it.each(['v2', id, id.slice(0, 12), voted.key])('finds the upgrade by %s', async (given_) => {
    given(story)
    expect(await explain(given_)).toMatchObject({ code: 0, err: '' })
  })

  it('says why a plan of the operator is not scheduled', async () => {
    const key = ownPlanKey('local', 'patch')
    const own = upgrade('', { key, kind: 'coordinated', name: 'patch', addedBy: 'ops@box', contract: '' })
    const reasons = [
      'Proposal 12 already has the upgrade v9 at height 1000. That one counts: remove yours, or correct it.',
    ]
    given((store) => {
      store.addPlan({ chain: 'local', plan: { name: 'patch', height: 1_000 }, added: { by: 'ops@box', at: 1_000 } })
      const refused = { ...own, status: 'refused' as const, reasons }
      const moves = [move(own), move(refused, { type: 'refused', before: own })]
      store.commit(turn({ time: 60_000, state: state({ upgrades: queueing(refused) }), moves }), () => [])
    })
    const { out } = await explain('patch')
    expect(out).toContain('A plan of your own: no vote decided it.')
    expect(out).toContain('it is a plan of your own, added by ops@box.')
    expect(out).toContain(
      `Refused 1970-01-01 00:01:00Z, patch at height 1,000. ${reasons[0]?.replace('1000', '1,000')}`,
    )
    expect(out).toContain('Not written: the upgrade is refused.')
    expect(out).toContain('No notification: there was nothing to report.')
  })

  it.each([
    [{}, 'Not scheduled: proposal 7 carries no plan, and none is bound to it.'],
    [
      { finding: { plan: { name: 'v2', height: 100 }, origin: 'call' as const, problems: [] } },
      'Not scheduled yet: the vote on proposal 7 runs.',
    ],
    [
      {
        status: 'rejected' as const,
        finding: { plan: { name: 'v2', height: 100 }, origin: 'call' as const, problems: [] },
      },
      'Not scheduled: proposal 7 is rejected.',
    ],
  ])('says for a proposal with %j: %s', async (parts, said) => {
    given((store) => store.commit(turn({ state: state({ proposals: holding(proposal('7', parts)) }) }), () => []))
    expect((await explain('local/0xc0ffee/7')).out).toContain(`\n  ${said}\n`)
  })

  it('names the silence that held a notification back', async () => {
    given((store) => {
      const { id: silence } = store.addSilence({ match: {}, until: 1e13, comment: 'x', by: 'me' }, 0)
      store.commit(
        turn({
          state: state({ proposals: holding(proposal('7')) }),
          announcements: [
            {
              subject: 'local/0xc0ffee/7',
              notification: { ...announcement('7').notification, id: 'local/0xc0ffee/7:new_proposal' },
            },
          ],
        }),
        () => ({ silencedBy: silence, to: [] }),
      )
    })
    expect((await explain('7')).out).toContain('held back by silence 1.')
  })

  it('prints the same as JSON, with the underlying audit entries', async () => {
    given(story)
    const json: unknown = JSON.parse((await explain(voted.key, undefined, '--json')).out)
    expect(json).toMatchObject({
      key: voted.key,
      chain: 'local',
      status: 'completed',
      written: [
        'Written 1970-01-01T00:02:00.000Z: /home/data/upgrade-info.json.',
        'Its height was reached 1970-01-01T00:02:01.000Z.',
        'Done 1970-01-01T00:03:00.000Z.',
      ],
      audit: [{ kind: 'change' }, { kind: 'upgrade' }, { kind: 'notification' }, {}, {}, { kind: 'write' }, {}, {}],
    })
  })

  it.each(['nothing', 'local/0xc0ffee/9', ''])('exits with 2 if the key %j is unknown', async (key) => {
    given(story)
    const ended = await explain(key)
    expect(ended).toMatchObject({ code: 2, out: '' })
    expect(ended.err).toMatch(/^KEY .*: expected the key of a proposal or an upgrade; see the keys with/)
    expect(await explain(key, undefined, '--json')).toMatchObject({ code: 2, out: 'null\n' })
  })
})
