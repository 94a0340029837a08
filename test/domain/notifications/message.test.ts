import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { composeMessages, type Message, messageOf } from '../../../src/domain/notifications/message.js'
import { announceChange } from '../../../src/domain/notifications/announceChange.js'
import { notReady, ready } from '../../../src/domain/readiness/check.js'
import { announceDisagreement } from '../../../src/domain/notifications/announceDisagreement.js'
import { disagreementOn } from '../../../src/domain/proposals/disagreement.js'
import { announceFile } from '../../../src/domain/notifications/announceFile.js'
import { announceHealth } from '../../../src/domain/notifications/announceHealth.js'
import { announceOutage } from '../../../src/domain/notifications/announceOutage.js'
import { announceProposal, proposalData } from '../../../src/domain/notifications/announceProposal.js'
import { announceSilence } from '../../../src/domain/notifications/announceSilence.js'
import { announceRebuilt } from '../../../src/domain/notifications/announceRebuilt.js'
import { announceUpgrade } from '../../../src/domain/notifications/announceUpgrade.js'
import { defaultPriorities, type Notification } from '../../../src/domain/notifications/notification.js'
import type { Proposal } from '../../../src/domain/proposals/proposal.js'
import { announceReminder } from '../../../src/domain/notifications/announceReminder.js'
import type { VoteReminder } from '../../../src/domain/notifications/voteReminder.js'
import type { UpgradeMove } from '../../../src/domain/upgrades/upgradeMove.js'
import { hostile } from '../../support/hostile/hostileTexts.js'
import { notification } from '../../support/storeGiven.js'
import {
  block,
  change,
  genesis,
  move,
  proposal,
  steadyPace,
  tally,
  upgrade,
  upgradeProposal,
} from '../../support/builders.js'

// Block 0 is on Tue 14 Nov 2023 at 23:13:20 in Berlin, and a block comes every second.
const compose = composeMessages({ timezone: 'Europe/Berlin' })

const open = upgradeProposal('7', 'v2', 1_234_567, {
  title: 'Go v2',
  description: '# Go v2\n\nThe gas price falls by half.',
  proposer: '0xb0b',
  clock: 'timestamp',
  votingStart: genesis,
  votingEnd: genesis + 12_010n,
  votingStartsAt: genesis,
  votingEndsAt: genesis + 12_010n,
  tally: tally(3n, { no: 1n, quorum: 10n, quorumReached: false, quorumMissing: 7n }),
})
const v2 = upgrade('7', 'v2', 12_010)

const moment = { at: 10n, time: genesis + 10n, head: block(10), blockTime: steadyPace(10) }

function ofReminder(event: VoteReminder['event'], parts: Partial<VoteReminder> = {}): Notification {
  const votes = [
    { address: '0xa11ce', vote: 'voted' },
    { address: '0xb0b', vote: 'not_voted' },
    { address: '0xca1', vote: 'unknown' },
  ] as const
  return announceReminder(
    { event, proposal: open, reminder: 21_600_000, secondsLeft: 12_000n, votes, ...parts },
    moment,
  ).notification
}

function ofProposal(
  event: Parameters<typeof announceProposal>[0][number],
  parts: Partial<Proposal> = {},
): Notification {
  return announceProposal([event], { ...open, ...parts }, moment)[0]!.notification
}

function ofUpgrade(
  type: UpgradeMove['type'],
  parts: Partial<typeof v2> = {},
  more: Partial<UpgradeMove> = {},
): Notification {
  return announceUpgrade(move(type, { ...v2, ...parts }, more), block(10), steadyPace(10))[0]!.notification
}

/** A notification of the next fork, which has a time, no height, and no vote. */
function fork(type: UpgradeMove['type'], parts: Partial<typeof v2> = {}): Notification {
  const { height: _height, ...rest } = v2
  const upgrade = {
    ...rest,
    name: 'fork-0x07c9462e',
    time: genesis + 7_200n,
    announced: true as const,
    held: true as const,
  }
  const about = { ...upgrade, origin: 'chain' as const, ...parts }
  return announceUpgrade(move(type, about), block(10), steadyPace(10))[0]!.notification
}

const health = {
  chain: 'local',
  state: 'up',
  since: 0,
  consecutiveFailures: 0,
  errorRate: 0,
  backlog: 0n,
  head: block(1_000),
  lastGoodAt: 1_700_000_000_000,
} as const
const down = {
  ...health,
  state: 'down',
  since: 1_700_000_060_000,
  problem: 'node.example: connection refused.',
  trouble: { since: 1_700_000_060_000 },
} as const
const outage = { channel: 'pager', chain: 'local', since: 0, tries: 7, reason: 'The pager answered 503.', isDown: true }
const hook = (ok: boolean): Notification =>
  announceFile({
    of: 'hook',
    upgrade: v2,
    run: {
      ok,
      summary: ok ? 'ended with exit code 0' : 'ended with exit code 1',
      output: ok ? '' : 'no such unit',
      ms: 1_500,
    },
    time: genesis,
    hostTime: 5,
  })[0]!.notification
const preflight = (isReady: boolean): Notification => {
  const check = isReady
    ? ready('binary', 'It is there.')
    : notReady('binary', 'The new binary is not staged: /srv/upgrades/v2 is not there.', 'Put it there.')
  const happening = {
    of: 'preflight',
    before: { ...v2, preflight: { leads: ['1h'], owed: '1h' } },
    found: { verdict: check.verdict, checks: [check], checkedAt: 5 },
    time: genesis,
  } as const
  return announceFile(happening, moment)[0]!.notification
}

/** What a reader sees: the title, then the lines, then `-> ` and what to do. */
function read({ title, lines, advice }: Message): string {
  return [title, ...lines, ...(advice === undefined ? [] : [`-> ${advice}`])].join('\n')
}

const closes = 'Voting closes in 3 h 20 min, Wed 02:33 Europe/Berlin.'
const asks = 'It asks nodes to switch to v2 at height 1,234,567.'
const off = 'It does not schedule the upgrade to v2 at height 1,234,567.'
const comes = 'Block 12,010 comes in about 3 h 20 min, Wed 02:33 Europe/Berlin: 12,000 blocks to go.'

/** The example of each event, and its text as people read it. */
const told: Readonly<Record<keyof typeof defaultPriorities, readonly [notification: Notification, text: string]>> = {
  new_proposal: [
    ofProposal('new_proposal'),
    `New proposal: Go v2
local: there is a new upgrade proposal.
${closes}
If it passes, nodes switch to v2 at height 1,234,567.
The gas price falls by half.
-> Read it, and vote.`,
  ],
  voting_started: [
    ofProposal('voting_started'),
    `Voting started: Go v2
local: the vote on this upgrade proposal is open.
${closes}
If it passes, nodes switch to v2 at height 1,234,567.
The gas price falls by half.
-> Vote before it closes.`,
  ],
  voting_ended: [
    ofProposal('voting_ended', { status: 'rejected' }),
    `Voting ended: Go v2
local: the vote on this upgrade proposal is over: it was rejected.
${off}`,
  ],
  quorum_reached: [
    ofProposal('quorum_reached'),
    `Quorum reached: Go v2
local: the vote on this upgrade proposal has reached its quorum: its result counts.
${closes}
If it passes, nodes switch to v2 at height 1,234,567.
The gas price falls by half.
-> Vote, if you have not yet.`,
  ],
  proposal_passed: [
    ofProposal('proposal_passed', { status: 'passed' }),
    `Passed: Go v2
local: this upgrade proposal passed.
${asks}
-> Get the binary of v2 ready.`,
  ],
  proposal_rejected: [
    ofProposal('proposal_rejected', { status: 'rejected' }),
    `Rejected: Go v2
local: this upgrade proposal was rejected: it will not be executed.
${off}`,
  ],
  proposal_queued: [
    ofProposal('proposal_queued', { status: 'queued' }),
    `Queued: Go v2
local: this upgrade proposal passed and waits for its execution.
${asks}
-> Get the binary of v2 ready.`,
  ],
  proposal_executed: [
    ofProposal('proposal_executed', { status: 'executed', skipped: 'Nothing was done: already listed.' }),
    `Executed: Go v2
local: this upgrade proposal was executed.
Nothing was done: already listed.
${asks}`,
  ],
  proposal_canceled: [
    ofProposal('proposal_canceled', { status: 'canceled' }),
    `Canceled: Go v2
local: this upgrade proposal was canceled: it will not be executed.
${off}`,
  ],
  proposal_expired: [
    ofProposal('proposal_expired', { status: 'expired' }),
    `Expired: Go v2
local: this upgrade proposal expired: it will not be executed.
${off}`,
  ],
  proposal_failed: [
    ofProposal('proposal_failed', { status: 'failed' }),
    `Execution failed: Go v2
local: this upgrade proposal passed, but its execution failed.
Nodes switch to v2 at height 1,234,567 only if the proposal is executed after all.
-> Find out why it failed, and whether it will be executed again.`,
  ],
  proposal_retracted: [
    ofProposal('proposal_retracted'),
    `Removed by a reorg: Go v2
local: a reorg removed this upgrade proposal from the chain: earlier notifications about it no longer apply.
-> Wait before you act on it: it may come back in another block.`,
  ],
  voting_ending_soon: [
    ofReminder('voting_ending_soon', {
      votes: [],
      proposal: {
        ...open,
        attendance: { voted: ['0xa11ce', '0xca1'], missing: ['0xb0b', '0xdee'] },
        council: { weight: 1n, passesAt: 4n, failsAt: 3n },
      },
    }),
    `Voting closes in 3 h 20 min: Go v2
local: voting on this upgrade proposal closes in 3 h 20 min, Wed 02:33 Europe/Berlin.
1 more approval passes it, 2 more rejections kill it.
Not voted yet: 0xb0b, 0xdee.
If it passes, nodes switch to v2 at height 1,234,567.
The gas price falls by half.
-> Vote now, if you have not yet.`,
  ],
  not_voted: [
    ofReminder('not_voted'),
    `Not voted yet, 3 h 20 min left: Go v2
local: not all of our voters have voted on this upgrade proposal.
${closes}
Our voters who have not voted: 0xb0b.
Our voters whose vote is unknown: 0xca1.
Our voters who have voted: 0xa11ce.
If it passes, nodes switch to v2 at height 1,234,567.
The gas price falls by half.
-> Vote now.`,
  ],
  voted: [
    ofReminder('voted', { votes: [{ address: '0xb0b', vote: 'voted' }] }),
    `Voted: Go v2
local: all of our voters have voted on this upgrade proposal.
${closes}
Our voters who have voted: 0xb0b.
If it passes, nodes switch to v2 at height 1,234,567.
The gas price falls by half.`,
  ],
  emergency_proposal: [
    ofProposal('emergency_proposal', { type: 'emergency' }),
    `Emergency proposal: Go v2
local: this emergency proposal is urgent: it can be decided sooner than others.
${closes}
If it passes, nodes switch to v2 at height 1,234,567.
The gas price falls by half.
-> Read it and vote now.`,
  ],
  upgrade_scheduled: [
    ofUpgrade('scheduled'),
    `Upgrade v2 scheduled for height 12,010
local: the proposal passed; the node switches to v2 at height 12,010.
${comes}
-> Stage the binary before then.`,
  ],
  upgrade_refused: [
    ofUpgrade('refused', { status: 'refused', reasons: ['The checksum is no checksum.'] }),
    `Upgrade v2 at height 12,010 refused
local: the proposal asks for an upgrade that govstream does not act on. govstream writes no file for it.
The checksum is no checksum.
${comes}
-> Find out with your team whether the upgrade takes place. If it does, prepare it by hand.`,
  ],
  upgrade_rescheduled: [
    ofUpgrade('rescheduled', {}, { before: { ...v2, height: 9_000 } }),
    `Upgrade v2 moved from height 9,000 to 12,010
local: the proposal now plans v2 at height 12,010; it planned v2 at 9,000 before.
${comes}
-> Check that the binary in place is the one for this plan.`,
  ],
  upgrade_imminent: [
    ofUpgrade('imminent', {}, { reminder: '24h' }),
    `Upgrade v2 is near: height 12,010
local: v2 is due at height 12,010.
${comes}
-> Check that the binary of v2 is in place.`,
  ],
  upgrade_triggered: [
    ofUpgrade('triggered', { status: 'in_progress', writtenAt: 1n }),
    `Upgrade v2 triggered at height 12,010
local: upgrade-info.json is written for v2; the process manager switches the binary now.
-> Check that the node comes back.`,
  ],
  upgrade_halt_reached: [
    ofUpgrade('halted', { status: 'in_progress', held: true }),
    `The halt height of v2 is reached: block 12,009
local: block 12,009 is the last one that the old binary can process. A node without v2 stops here, writes upgrade-info.json by itself and waits: its process manager switches the binary now.
-> If no process manager does it, start v2 by hand now.`,
  ],
  upgrade_restarted: [
    ofUpgrade(
      'restarted',
      { status: 'in_progress' },
      { seen: { evidence: 'same_version_after_outage', oldVersion: 'geth/1', newVersion: 'geth/1' } },
    ),
    `The node restarted with its old version at upgrade v2
local: after v2 was triggered, the node was unreachable for a while. It runs geth/1 again, so it restarted but did not switch.
-> Check whether the process manager has the new binary.`,
  ],
  file_not_consumed: [
    ofUpgrade(
      'unconsumed',
      { status: 'in_progress', writtenAt: 1n },
      { unconsumed: { version: 'geth/1', reason: 'the node still runs geth/1 and was never away.', todo: 'Look.' } },
    ),
    `The node did not switch to v2 at height 12,010
local: no process manager acted on upgrade-info.json. It was written for v2 and the chain is past height 12,010, but the node still runs geth/1 and was never away.
-> Look.`,
  ],
  upgrade_completed: [
    ofUpgrade(
      'completed',
      { status: 'completed' },
      { seen: { evidence: 'version_changed', oldVersion: 'geth/1', newVersion: 'geth/2' } },
    ),
    `Upgrade v2 completed
local: v2 is complete: the node now runs geth/2 (before: geth/1), and the chain is past height 12,010.`,
  ],
  upgrade_failed: [
    ofUpgrade('failed', { status: 'failed', reasons: ['No block for 30 min.'] }),
    `Upgrade v2 failed
local: v2 was triggered, but there is no proof that the node continued.
No block for 30 min.
-> Check the node now: is it up, and which version does it run?`,
  ],
  upgrade_cancelled: [
    ofUpgrade('cancelled', { status: 'cancelled', reasons: ['The proposal was canceled.'] }),
    `Upgrade v2 cancelled
local: v2 at height 12,010 is cancelled.
The proposal was canceled.
-> Remove the staged binary, if there is one.`,
  ],
  source_down: [
    announceHealth(health, down)[0]!.notification,
    `local cannot be read
local: node.example: connection refused.
govstream sees no upgrades and votes of local until this is fixed.
-> Check the node, or add another one to rpc.urls.`,
  ],
  source_recovered: [
    announceHealth(down, { ...health, lastGoodAt: 1_700_000_360_000 })[0]!.notification,
    `local is back
local: it can be read again after 5 min; its head is block 1,000.`,
  ],
  endpoints_disagree: [
    announceDisagreement(
      disagreementOn(
        upgradeProposal('7', 'v2', 12_010),
        ['a:1', 'b:2', 'c:3'].map((host, at) => ({
          host,
          proposal: upgradeProposal('7', 'v2', at === 2 ? 11_000 : 12_010),
        })),
        2,
      )!,
      { chain: 'local', time: genesis },
    ).notification,
    `c:3 contradicts the other nodes on proposal 7
local: a:1 and b:2 report v2 at height 12,010; c:3 reports v2 at height 11,000.
govstream uses what most nodes report.
-> Check c:3: its answers cannot be trusted.`,
  ],
  file_stale: [
    announceFile({
      of: 'leftover',
      chain: 'local',
      plan: { key: 'local/0x1/7', name: 'v2', height: 12_010 },
      path: '/srv/node/data/upgrade-info.json',
      reason: 'The plan is off, and its file is not ours to remove.',
      time: genesis,
    })[0]!.notification,
    `upgrade-info.json still holds v2 for height 12,010
local: the plan is off, and its file is not ours to remove.
-> Keep the file only if you want that upgrade: a process manager may act on it.`,
  ],
  preflight_failed: [
    preflight(false),
    `Upgrade v2 at height 12,010 is not ready
local: the new binary is not staged: /srv/upgrades/v2 is not there.
${comes}
-> Put it there. Fix this before height 12,010, then run govstream preflight again.`,
  ],
  preflight_passed: [
    preflight(true),
    `Upgrade v2 at height 12,010 is ready
local: everything that the upgrade needs is in place.
${comes}`,
  ],
  hook_failed: [
    hook(false),
    `The afterWrite command failed for v2
local: the command of upgradeInfo.afterWrite ended with exit code 1 after 1.5 s.
It printed: no such unit
-> The file is in place. Now do by hand what the command should have done.`,
  ],
  hook_ran: [
    hook(true),
    `The afterWrite command ran for v2
local: the command of upgradeInfo.afterWrite ended with exit code 0 after 1.5 s.`,
  ],
  state_rebuilt: [
    announceRebuilt('local', { movedTo: '/srv/govstream.db.damaged', problem: 'malformed image' }, 0).notification,
    `local: the state was damaged; the chain is read again
local: the state file was damaged: malformed image.
The chain is read again: open proposals and upgrades are announced again, and notifications that were not sent yet are lost.
-> Check the disk: a damaged file is often the first sign that it fails.`,
  ],
  channel_down: [
    announceOutage(
      { ...outage, lastAt: 61_000, isTold: false, pausedUntil: 3_661_000 },
      { chain: 'local', waiting: 3, now: 61_000 },
    )!.notification,
    `Notifications do not reach pager
local: pager accepts no notifications: The pager answered 503.
It asked for a pause until Thu 1 Jan 1970 02:01 Europe/Berlin.
3 notifications wait for it and are tried again. "govstream notifications --failed" lists those that were given up; "--resend all" sends them again.
-> Check the service and the settings of pager. Until then, notifications reach you only through other channels.`,
  ],
  channel_recovered: [
    announceOutage(
      { ...outage, lastAt: 61_000, isTold: true, upSince: 7_200_000 },
      { chain: 'local', waiting: 0, now: 7_500_000 },
    )!.notification,
    `Notifications reach pager again
local: pager accepts notifications again, after 2 h.`,
  ],
  silence_ended: [
    announceSilence(
      'local',
      { id: '3', match: { chain: 'local' }, until: 0, comment: 'we move the node', by: 'ann', held: 3 },
      { new_proposal: 2, voting_started: 1 },
    ).notification,
    `local: a silence ended, 3 notifications were held back
local: silence 3, which ann added ("we move the node"), is over.
It held back: new proposal (2), voting started (1).
They are in the inbox: read them with "govstream notifications".`,
  ],
}

/** All pages that a message can link to. */
const linked = composeMessages({
  now: () => Date.parse('2023-11-15T05:00:00Z'),
  links: new Map([
    [
      'local',
      {
        proposal: 'https://gov.example/p/{id}',
        block: 'https://scan.example/block/{height}',
        voter: 'https://scan.example/address/{address}',
      },
    ],
  ]),
})

/** The value once without each of its parts, at any depth, and once without any. */
function lackingOnePart(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value
    return items.flatMap((item, at) => lackingOnePart(item).map((less) => items.with(at, less)))
  }
  if (typeof value !== 'object' || value === null) return []
  const parts = Object.entries(value)
  return [
    {},
    ...parts.map(([missing]) => Object.fromEntries(parts.filter(([key]) => key !== missing))),
    ...parts.flatMap(([key, part]) => lackingOnePart(part).map((less) => ({ ...value, [key]: less }))),
  ]
}

describe('composeMessages', () => {
  it('names the nodes that are not ready for a fork', () => {
    const reason = 'b.example:8545 names no fork after 0x5167e2a6, and is not ready for it.'
    const unready = [{ host: 'b.example:8545', reason }]
    const notification = fork('unready', { reasons: [reason], unready })
    expect(notification.data).toMatchObject({ about: 'fork', odd: ['b.example:8545'], proposalId: null })
    expect(read(compose(notification))).toBe(`Not every node is ready for fork-0x07c9462e
local: the nodes do not agree on fork-0x07c9462e, which is due on Wed 15 Nov 2023 01:13 Europe/Berlin.
b.example:8545 names no fork after 0x5167e2a6, and is not ready for it.
-> Update the named nodes before then, or find out whether the others are wrong.`)
  })

  it.each(['scheduled', 'imminent', 'triggered', 'cancelled', 'failed'] as const)(
    'gives the time of a fork in the configured time zone, in the title too: %s',
    (type) => {
      const { title, lines } = compose(fork(type, { reasons: ['No answer since 2023-11-14T22:13:20.000Z.'] }))
      const text = [title, ...lines].join(' ')
      expect(text).toContain('Europe/Berlin')
      expect(text).not.toMatch(/UTC|T22:13/)
    },
  )

  it('adds commas to heights in reasons, not to other numbers', () => {
    const reasons = ['Block 1234568 is not that of b:8545, none of the blocks 1234568 to 1234577 is, id 12345 of 2026.']
    const expected =
      'Block 1,234,568 is not that of b:8545, none of the blocks 1,234,568 to 1,234,577 is, id 12345 of 2026.'
    expect(compose(ofUpgrade('failed', { reasons })).lines).toContain(expected)
  })

  it('names several nodes that contradict the others', () => {
    const shown = ['a:1', 'b:2', 'c:3', 'd:4', 'e:5'].map((host, at) => ({
      host,
      proposal: upgradeProposal('7', 'v2', at > 2 ? 11_000 : 12_010),
    }))
    const found = disagreementOn(upgradeProposal('7', 'v2', 12_010), shown, 2)
    const { title, advice } = compose(announceDisagreement(found!, { chain: 'local', time: genesis }).notification)
    expect([title, advice]).toStrictEqual([
      'd:4 and e:5 contradict the other nodes on proposal 7',
      'Check d:4 and e:5: their answers cannot be trusted.',
    ])
  })

  it('shows a damaged state as open with priority high', () => {
    const [notification] = told.state_rebuilt
    expect(compose(notification)).toMatchObject({ standing: 'open', priority: 'high' })
  })

  it.each(Object.entries(told))('writes %s for people', (_, [notification, text]) => {
    expect(read(compose(notification))).toBe(text)
  })

  it.each(Object.entries(told))('stores the message of %s as people read it', (_, [notification]) => {
    const { message } = notification
    expect(message).not.toMatch(/\d{4}-\d\d-\d\dT|\b(?:block|height|head) \d{4}/i)
    expect(message).not.toMatch(/^local: (?:The|No|A|It|All|Nothing) /)
  })

  it('stores no status and no end of the vote of a removed proposal', () => {
    const { message } = ofProposal('proposal_retracted')
    expect(message).toContain('local: a reorg removed this upgrade proposal from the chain')
    expect(message).not.toMatch(/now voting|Voting closes/)
  })

  it('mentions no file if none is written and the nodes do not confirm the plan', () => {
    const reasons = ['At most 1 of 2 nodes confirm v2 at height 10, 2 must: b.example does not confirm it.']
    expect(read(compose(ofUpgrade('failed', { height: 10, reasons }, { isFileless: true })))).toBe(
      `Upgrade v2 at height 10 is not confirmed
local: v2 is due at height 10, but the nodes in rpc.urls do not confirm it. govstream writes no file for it, and does not follow it until they do.
At most 1 of 2 nodes confirm v2 at height 10, 2 must: b.example does not confirm it.
-> Check the nodes in rpc.urls now. Each poll asks them again.`,
    )
  })

  it('lists the facts apart from the text', () => {
    const facts = (notification: Notification) =>
      compose(notification).facts.map(({ name, value }) => `${name}: ${value}`)
    expect(facts(ofProposal('new_proposal'))).toStrictEqual([
      'Type: upgrade',
      'Status: voting',
      'For: 75 % (3)',
      'Against: 25 % (1)',
      'Abstain: 0 % (0)',
      'Quorum: 10, not reached, 7 missing',
      'Proposer: 0xb0b',
      'Proposal: 7',
    ])
    expect(facts(ofProposal('proposal_retracted'))).toContain('Upgrade: v2 at height 1,234,567')
    expect(facts(ofProposal('proposal_retracted')).join()).not.toMatch(/Status|For|Quorum/)
    expect(facts(told.upgrade_scheduled[0])).toStrictEqual([
      'Upgrade: v2',
      'Height: 12,010',
      'Expected: Wed 15 Nov 2023 02:33 Europe/Berlin',
      'Chain is at: block 10',
      'Proposal: 7',
    ])
    expect(facts(told.upgrade_completed[0])).toContain('Version now: geth/2')
    expect(facts(told.preflight_failed[0])).toContain(
      'Checked: Thu 1 Jan 1970 01:00 Europe/Berlin (due 1 h before the height)',
    )
    expect(facts(told.source_down[0])).toContain('Since: Tue 14 Nov 2023 23:14 Europe/Berlin')
  })

  it('omits a tally of zero before the vote, but not one that has begun', () => {
    const names = (parts: Partial<Proposal>) => compose(ofProposal('new_proposal', parts)).facts.map(({ name }) => name)
    const none = { yes: 0n, no: 0n, abstain: 0n, unit: 'votes' } as const
    expect(names({ status: 'submitted', tally: none })).not.toContain('For')
    expect(names({ status: 'canceled', tally: none })).not.toContain('For')
    expect(names({ status: 'canceled', tally: { ...none, no: 1n } })).toContain('For')
    expect(names({ status: 'rejected', tally: none })).toContain('For')
    expect(names({ status: 'submitted', tally: { ...none, yes: 1n } })).toContain('For')
    expect(names({ status: 'voting', tally: none })).toContain('For')
  })

  it('stays open while an executed upgrade is ahead, and keeps a command apart from its upgrade', () => {
    const standing = (notification: Notification) => compose(notification).standing
    expect(standing(ofProposal('proposal_executed', { status: 'executed' }))).toBe('open')
    const { finding: _finding, ...text } = open
    const executed = announceProposal(['proposal_executed'], { ...text, status: 'executed' }, moment)
    expect(standing(executed[0]!.notification)).toBe('over')
    expect(standing(told.upgrade_completed[0])).toBe('over')
    const about = compose(told.upgrade_completed[0]).subject
    expect([compose(hook(true)).subject, compose(hook(false)).subject]).toStrictEqual([
      `${about}/hook`,
      `${about}/hook`,
    ])
  })

  it('names the chain, not a proposal, if the chain itself has scheduled the plan', () => {
    const held = { contract: 'upgrade', proposalId: 'v19@7000', origin: 'chain', held: true } as const
    const told = [
      ofUpgrade('scheduled', held),
      ofUpgrade('refused', { ...held, status: 'refused' }),
      ofUpgrade('rescheduled', held, {
        before: { ...v2, ...held, key: 'local/upgrade/v19@6000', name: 'v19', height: 6_000 },
      }),
      ofUpgrade('failed', { ...held, status: 'failed' }),
    ]
    for (const notification of told) {
      const { lines, facts, advice } = compose(notification)
      const text = [notification.title, notification.message, ...lines, advice, ...facts.map(({ value }) => value)]
      expect(text.join('\n')).not.toMatch(/@|[Pp]roposal (?:of|v)|the proposal/)
      expect(notification.message).toContain('Scheduled by the chain itself: no known proposal asked for it.')
    }
    expect(compose(told[2]!).lines[0]).toMatch(/the chain moves .* the plan of the chain was v19 at 6,000/)
  })

  it('puts the problems before the time of the height', () => {
    const reasons = ['The checksum is missing.']
    const lines = (notification: Notification) => compose(notification).lines.slice(1)
    expect(lines(ofUpgrade('imminent', { reasons }, { reminder: '24h' }))).toStrictEqual([...reasons, comes])
    expect(lines(ofUpgrade('scheduled', { reasons }))).toStrictEqual([...reasons, comes])
    expect(lines(ofUpgrade('refused', { reasons }))).toStrictEqual([...reasons, comes])
    expect(ofUpgrade('imminent', { reasons }, { reminder: '24h' }).message.split('\n')[1]).toBe(reasons[0])
  })

  it('is over if a passed proposal leaves nothing to execute, else open', () => {
    const { finding: _finding, ...text } = open
    const told = (parts: Partial<Proposal>): Message =>
      compose(announceProposal(['proposal_passed'], { ...text, status: 'passed', ...parts }, moment)[0]!.notification)
    const call = { target: '0xb0b', value: 0n, selector: '0x', effect: 'none' } as const
    expect(told({}).standing).toBe('open')
    expect(told({ carriedOut: true }).standing).toBe('over')
    expect(told({ actions: [call] }).standing).toBe('over')
    expect(told({ carriedOut: true }).lines[0]).toBe('local: this upgrade proposal passed, and needs no execution.')
    expect(told({ carriedOut: true, status: 'executed' }).lines[0]).toBe(
      'local: this upgrade proposal passed and was executed.',
    )
    expect(compose(ofProposal('proposal_passed', { status: 'passed', carriedOut: true })).standing).toBe('open')
    // As an older version wrote it.
    const { underWay: _underWay, ...data } = proposalData({ ...text, status: 'passed', carriedOut: true }, moment)
    const former = notification('local/7:proposal_passed', { event: 'proposal_passed', data })
    expect(compose(former)).toMatchObject({ standing: 'open', lines: ['local: this upgrade proposal passed.'] })
  })

  it('does not repeat the votes of a council from the text of its contract', () => {
    const description = 'Go v2.\n\nMemo: now.\n\n1 of 3 required approvals.\nNot voted yet: 0xb0b.'
    const council = { council: { weight: 1n, passesAt: 4n, failsAt: 3n } }
    const excerpt = (parts: Partial<Proposal>) =>
      proposalData({ ...open, title: 'Go v2', description, ...parts }, moment).excerpt
    expect(excerpt({ system: 'gov-base', ...council })).toBe('Memo: now.')
    expect(excerpt({ system: 'gov-base' })).toContain('1 of 3')
    expect(excerpt({ system: 'wemix', ...council })).toContain('1 of 3')
  })

  it('says after a silence that alerts may be left open if it held back what closes one', () => {
    const silence = { id: '3', match: { chain: 'local' }, until: 0, comment: 'moved', by: 'ann', held: 1 }
    const warns = (event: string): boolean =>
      announceSilence('local', silence, { [event]: 1 }).notification.message.includes('close them by hand')
    const closing = Object.values(told)
      .map(([notification]) => compose(notification))
      .filter(({ event, standing }) => standing !== 'open' && event !== 'silence_ended')
    expect(closing.length).toBeGreaterThan(10)
    expect(closing.filter(({ event }) => !warns(event)).map(({ event }) => event)).toStrictEqual([])
    expect(warns('new_proposal')).toBe(false)
  })

  it('has a subject per kind of problem, so that the end of one does not close another', () => {
    const subjects = (['source_down', 'file_stale', 'state_rebuilt', 'channel_down', 'silence_ended'] as const).map(
      (event) => compose(told[event][0]).subject,
    )
    expect(subjects).toStrictEqual([
      'local',
      'local/file/12010',
      'local/state',
      'local/channel/pager',
      expect.stringMatching(/^local\/silence\//),
    ])
    expect(compose(told.source_recovered[0]).subject).toBe('local')
  })

  it('gives every time in the configured time zone', () => {
    const stood = 'The node answers, but its head has been block 9876 since 2023-11-14T22:14:20.000Z.'
    const [stalled] = announceHealth(health, { ...down, problem: stood })
    const { lines, when } = compose(stalled!.notification)
    expect(lines[0]).toBe(
      'local: the node answers, but its head has been block 9,876 since Tue 14 Nov 2023 23:14 Europe/Berlin.',
    )
    expect(when).toBe('Tue 14 Nov 2023 23:14 Europe/Berlin')
  })

  it('says when a vote opens, or the block if no time is known, and nothing that is past', () => {
    const lines = (parts: Partial<Proposal>) => compose(ofProposal('new_proposal', parts)).lines
    const submitted = { status: 'submitted', votingStart: genesis + 70n, votingStartsAt: genesis + 70n } as const
    expect(lines(submitted)).toContain('Voting opens in 1 min, Tue 23:14 Europe/Berlin.')
    expect(lines({ votingEndsAt: genesis + 5n }).join()).not.toContain('Voting')
    const [byBlock] = announceChange(
      change({ type: 'proposalAppeared', proposal: proposal('8', { votingEnd: 1_234n }), backfill: false }, 34),
    )
    expect(compose(byBlock!.notification).lines).toContain('Voting closes at block 1,234, 1,200 blocks from now.')
  })

  describe('delivered long after the event', () => {
    const later = (seconds: number) =>
      composeMessages({ timezone: 'Europe/Berlin', now: () => Number(genesis + 10n) * 1_000 + seconds * 1_000 })

    it('gives the time left of a vote now, since a reminder may be held until morning', () => {
      const [title, , when] = read(later(9_000)(ofReminder('not_voted'))).split('\n')
      expect([title, when]).toStrictEqual([
        'Not voted yet, 50 min left: Go v2',
        'Voting closes in 50 min, Wed 02:33 Europe/Berlin.',
      ])
      const soon = later(9_000)(ofReminder('voting_ending_soon'))
      expect([soon.title, soon.lines[0]]).toStrictEqual([
        'Voting closes in 50 min: Go v2',
        'local: voting on this upgrade proposal closes in 50 min, Wed 02:33 Europe/Berlin.',
      ])
      expect(later(9_000)(ofReminder('voted')).title).toBe('Voted: Go v2')
    })

    it('says that a vote should be closed, without advice to vote, if its end is past', () => {
      const { title, lines, advice } = later(12_600)(ofReminder('not_voted'))
      expect(title).toBe('Not voted, and voting should be closed by now: Go v2')
      expect(lines).toContain('Voting was to close Wed 15 Nov 2023 02:33 Europe/Berlin.')
      expect(advice).toBeUndefined()
      const soon = later(12_600)(ofReminder('voting_ending_soon'))
      expect([soon.title, soon.lines[0]]).toStrictEqual([
        'Voting should be closed by now: Go v2',
        'local: voting on this upgrade proposal was to close Wed 15 Nov 2023 02:33 Europe/Berlin.',
      ])
      expect(later(12_600)(ofProposal('new_proposal'))).not.toHaveProperty('advice')
    })

    it('says when a height comes or was due, without the blocks left at the event', () => {
      expect(later(9_000)(told.upgrade_scheduled[0]).lines).toContain(
        'Block 12,010 comes in about 50 min, Wed 02:33 Europe/Berlin.',
      )
      expect(later(12_600)(told.upgrade_scheduled[0]).lines).toContain(
        'Block 12,010 was due Wed 15 Nov 2023 02:33 Europe/Berlin.',
      )
    })

    it('is unchanged within minutes of the event, or if the host clock is behind', () => {
      for (const seconds of [-9_000, 0, 590])
        expect(read(later(seconds)(ofReminder('not_voted')))).toBe(told.not_voted[1])
    })
  })

  it('links to the pages of the chain, with hostile ids encoded', () => {
    const links = new Map([
      [
        'local',
        {
          proposal: 'https://gov.example/p/{id}?tab=votes',
          block: 'https://scan.example/block/{height}',
          voter: 'https://scan.example/address/{address}',
        },
      ],
    ])
    const linked = composeMessages({ links })
    expect(linked(ofProposal('new_proposal')).links).toStrictEqual([
      { label: 'Proposal', url: 'https://gov.example/p/7?tab=votes' },
      { label: 'Proposer', url: 'https://scan.example/address/0xb0b' },
    ])
    expect(linked(told.upgrade_scheduled[0]).links).toStrictEqual([
      { label: 'Proposal', url: 'https://gov.example/p/7?tab=votes' },
      { label: 'Block 12,010', url: 'https://scan.example/block/12010' },
    ])
    const odd = linked(ofProposal('new_proposal', { id: '../../a?b#c@d $&', proposer: '..' }))
    expect(odd.links).toStrictEqual([
      { label: 'Proposal', url: 'https://gov.example/p/..%2F..%2Fa%3Fb%23c%40d%20%24%26?tab=votes' },
    ])
  })

  it('shows the text of another version as it is', () => {
    const older: unknown = {
      ...ofUpgrade('refused'),
      data: { height: 5 },
      message: 'local: refused.\nBy an older version.',
    }
    expect(messageOf(asNotification(older)).lines).toStrictEqual(['local: refused.', 'By an older version.'])
    const newer: unknown = { ...ofUpgrade('refused'), event: 'moon_landed', data: {}, message: 'local: landed.' }
    expect(messageOf(asNotification(newer))).toMatchObject({ lines: ['local: landed.'], facts: [] })
  })

  it.each(Object.entries(told))(
    'writes %s even if another version left out a part, and never writes undefined',
    (_, [whole]) => {
      for (const data of lackingOnePart(whole.data)) {
        const less = asNotification({ ...whole, data })
        const { subject, title, lines, facts, advice = '', links } = linked(less)
        const values = [...facts.map(({ value }) => value), ...links.flatMap(({ label, url }) => [label, url])]
        for (const text of [subject, title, ...lines, advice, ...values])
          expect(text, JSON.stringify(data)).not.toMatch(/\b(?:undefined|null|NaN)\b|\[object /)
        expect(lines).not.toHaveLength(0)
      }
    },
  )

  it('lets no invisible character or line break of a chain through', () => {
    const shown = (text: string): readonly string[] => {
      const { title, lines, facts } = compose(
        ofProposal('new_proposal', {
          title: text,
          description: text,
          proposer: text,
          tally: tally(1n, { unit: text }),
        }),
      )
      return [title, ...lines, ...facts.map(({ value }) => value)]
    }
    fc.assert(
      fc.property(hostile, (text) => {
        for (const one of shown(text)) expect(one).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u)
      }),
    )
  })
})

function asNotification(value: unknown): Notification {
  const isNotification = (_: unknown): _ is Notification => true
  if (!isNotification(value)) throw new Error('It is none.')
  return value
}
