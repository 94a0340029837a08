import type { BlockTime } from '../blocks/blockTime.js'
import type { Head } from '../blocks/head.js'
import type { Health } from '../health.js'
import { keyOf, type Proposal, type ProposalStatus } from '../proposals/proposal.js'
import { isoOfMs } from '../text/time.js'
import type { Upgrade, UpgradeMove } from '../upgrades/upgrade.js'
import { announceFile } from './announceFile.js'
import { announceHealth } from './announceHealth.js'
import { announceOutage } from './announceOutage.js'
import { announceProposal } from './announceProposal.js'
import { announceReminder } from './announceReminder.js'
import { announceRebuilt } from './announceRebuilt.js'
import { announceSilence } from './announceSilence.js'
import { announceUpgrade } from './announceUpgrade.js'
import type { Announcement } from '../chainState.js'
import type { Notification, NotificationEvent } from './notification.js'
import {
  isProposalEvent,
  isReminderEvent,
  isUpgradeEvent,
  type ProposalEvent,
  type UpgradeEvent,
} from './notificationData.js'

/** Of which chain an example is told, and when. */
export interface ExampleOptions {
  readonly chain: string
  readonly system: string
  readonly contract: string
  /** Unix milliseconds. */
  readonly now: number
  readonly labels?: Readonly<Record<string, string>>
}

/**
 * A notification of an event as it comes from a chain, about an upgrade that never was; `undefined` where there is no
 * example. For people who want to see what they will be told.
 */
export function exampleOf(event: NotificationEvent, options: ExampleOptions): Notification | undefined {
  const made = announcementFor(event, options)
  return made === undefined ? undefined : { ...made.notification, labels: options.labels ?? {} }
}

const height = 1_234_567
// Three hours and twenty minutes before it, at three seconds a block.
const at = BigInt(height) - 4_000n
const secondsPerBlock = 3n

function announcementFor(event: NotificationEvent, options: ExampleOptions): Announcement | undefined {
  const { chain, now } = options
  const time = BigInt(Math.floor(now / 1_000))
  const head = headAt(time)
  if (isProposalEvent(event)) return proposalAnnouncementFor(event, options)
  if (isUpgradeEvent(event)) return announceUpgrade(moveFor(event, options), head, paceAt(time))[0]
  const upgrade = upgradeFor('in_progress', options)
  switch (event) {
    case 'source_down':
      return announceHealth(healthOf(options), healthOf(options, true))[0]
    case 'source_recovered':
      return announceHealth(healthOf(options, true), healthOf(options))[0]
    case 'hook_ran':
    case 'hook_failed': {
      const ok = event === 'hook_ran'
      const run = {
        ok,
        summary: ok ? 'ended well' : 'ended with exit code 1',
        output: ok ? '' : 'no such unit',
        ms: 1_500,
      }
      return announceFile({ of: 'hook', upgrade, run, time, hostTime: now })[0]
    }
    case 'file_stale': {
      const { key, name } = upgrade
      const reason = `The plan ${name} is off, and its file was written by somebody else.`
      const path = '/var/lib/node/data/upgrade-info.json'
      return announceFile({ of: 'leftover', chain, plan: { key, name, height }, path, reason, time })[0]
    }
    case 'channel_down':
    case 'channel_recovered': {
      const isBack = event === 'channel_recovered'
      const [since, upSince] = [now - 3_600_000, now - 300_000]
      const reason = 'Slack at slack.com answered 503: Service Unavailable.'
      const outage = { channel: 'slack', chain, since, lastAt: now, tries: 9, reason, status: 503, isDown: true }
      return announceOutage(
        { ...outage, isTold: isBack, ...(isBack && { upSince }) },
        { chain, waiting: isBack ? 0 : 3, now },
      )
    }
    case 'state_rebuilt':
      return announceRebuilt(
        chain,
        { movedTo: './govstream.db.damaged', problem: 'database disk image is malformed' },
        now,
      )
    case 'silence_ended': {
      const silence = { id: '3', match: { chain }, until: now, comment: 'we move the node', by: 'ann', held: 3 }
      return announceSilence(chain, silence, { new_proposal: 2, voting_started: 1 })
    }
    default:
      return undefined
  }
}

function proposalAnnouncementFor(event: ProposalEvent, options: ExampleOptions): Announcement | undefined {
  const time = BigInt(Math.floor(options.now / 1_000))
  const moment = { at, time, head: headAt(time), blockTime: paceAt(time) }
  const proposal = proposalFor(event, options)
  if (!isReminderEvent(event)) return announceProposal([event], proposal, moment)[0]
  const votes = [{ address: voter, vote: event === 'voted' ? 'voted' : 'not_voted' } as const]
  return announceReminder(
    event === 'voted'
      ? { event, proposal, votes }
      : { event, proposal, votes, reminder: 21_600_000, secondsLeft: secondsToVote },
    moment,
  )
}

function headAt(time: bigint): Head {
  return { number: at, hash: `0x${'a'.repeat(64)}`, parentHash: `0x${'b'.repeat(64)}`, timestamp: time }
}

function paceAt(time: bigint): BlockTime {
  const before = 1_000n
  return {
    samples: [
      { number: at - before, timestamp: time - before * secondsPerBlock },
      { number: at, timestamp: time },
    ],
  }
}

const statuses: Readonly<Partial<Record<ProposalEvent, ProposalStatus>>> = {
  voting_ended: 'passed',
  proposal_passed: 'passed',
  proposal_rejected: 'rejected',
  proposal_queued: 'queued',
  proposal_executed: 'executed',
  proposal_canceled: 'canceled',
  proposal_expired: 'expired',
  proposal_failed: 'failed',
}

const id = '42'
const voter = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'
const secondsToVote = 12_000n
const votes = 10n ** 18n

function proposalFor(event: ProposalEvent, { chain, system, contract, now }: ExampleOptions): Proposal {
  const time = BigInt(Math.floor(now / 1_000))
  const [start, end] = [time - 86_400n, time + secondsToVote]
  const hasQuorum = statuses[event] !== undefined || event === 'quorum_reached'
  return {
    chain,
    system,
    contract,
    id,
    title: 'Upgrade to v2.1.0',
    description: '# Upgrade to v2.1.0\n\nHalves the price of gas and lets validators leave within a day.',
    type: event === 'emergency_proposal' ? 'emergency' : 'upgrade',
    status: statuses[event] ?? 'voting',
    derived: false,
    proposer: '0x71C7656EC7ab88b098defB751B7401B5f6d8976F',
    actions: [],
    clock: 'timestamp',
    votingStart: start,
    votingEnd: end,
    votingStartsAt: start,
    votingEndsAt: end,
    tally: {
      yes: (event === 'proposal_rejected' ? 240_000n : hasQuorum ? 4_200_000n : 3_100_000n) * votes,
      no: (event === 'proposal_rejected' ? 4_200_000n : 240_000n) * votes,
      abstain: 12_000n * votes,
      unit: 'GOV',
      decimals: 18,
      quorum: 4_000_000n * votes,
      quorumReached: hasQuorum,
      turnout: hasQuorum ? 0.42 : 0.31,
      ...(!hasQuorum && { quorumMissing: 888_000n * votes }),
    },
    finding: { plan: { name: 'v2.1.0', height }, origin: 'call', problems: [] },
    readAt: at,
  }
}

function upgradeFor(status: Upgrade['status'], { chain, contract, now }: ExampleOptions): Upgrade {
  const time = BigInt(Math.floor(now / 1_000))
  return {
    key: keyOf({ chain, contract, id }),
    chain,
    contract,
    proposalId: id,
    name: 'v2.1.0',
    height,
    status,
    origin: 'call',
    scheduledAt: time,
    revision: 1,
    reminded: [],
    reasons:
      status === 'refused'
        ? ['The checksum of linux/amd64 is no checksum.']
        : status === 'failed'
          ? ['No new block for 30 min.']
          : status === 'cancelled'
            ? ['The proposal was canceled.']
            : [],
    ...(status === 'in_progress' && { writtenAt: time, triggeredAt: time }),
  }
}

function moveFor(event: UpgradeEvent, options: ExampleOptions): UpgradeMove {
  const common = { time: BigInt(Math.floor(options.now / 1_000)), silent: false }
  const of = (status: Upgrade['status']) => ({ ...common, upgrade: upgradeFor(status, options) })
  switch (event) {
    case 'upgrade_scheduled':
      return { type: 'scheduled', ...of('scheduled') }
    case 'upgrade_refused':
      return { type: 'refused', ...of('refused') }
    case 'upgrade_rescheduled':
      return {
        type: 'rescheduled',
        ...of('scheduled'),
        before: { ...upgradeFor('scheduled', options), height: height - 900 },
      }
    case 'upgrade_imminent':
      return { type: 'imminent', ...of('scheduled'), reminder: '24h' }
    case 'upgrade_triggered':
      return { type: 'triggered', ...of('in_progress') }
    case 'upgrade_halt_reached':
      return { type: 'halted', ...of('in_progress') }
    case 'upgrade_restarted':
      return { type: 'restarted', ...of('in_progress'), seen: switched('same_version_after_outage', 'v2.0.3') }
    case 'upgrade_completed':
      return { type: 'completed', ...of('completed'), seen: switched('version_changed', 'v2.1.0') }
    case 'upgrade_failed':
      return { type: 'failed', ...of('failed') }
    case 'upgrade_cancelled':
      return { type: 'cancelled', ...of('cancelled') }
  }
}

function switched(
  evidence: NonNullable<UpgradeMove['seen']>['evidence'],
  newVersion: string,
): NonNullable<UpgradeMove['seen']> {
  return { evidence, oldVersion: 'v2.0.3', newVersion }
}

function healthOf({ chain, now }: ExampleOptions, isDown = false): Health {
  const since = now - 120_000
  return {
    chain,
    state: isDown ? 'down' : 'up',
    since,
    head: headAt(BigInt(Math.floor(since / 1_000))),
    lastGoodAt: isDown ? since : now,
    consecutiveFailures: isDown ? 4 : 0,
    errorRate: isDown ? 1 : 0,
    backlog: 0n,
    ...(isDown && { problem: `No node answered since ${isoOfMs(since)}: connection refused.`, trouble: { since } }),
  }
}
