import type { Announcement } from '../../chainState.js'
import type { Health } from '../../health.js'
import { isoOfMs } from '../../text/time.js'
import { notReady, ready } from '../../readiness/check.js'
import { announceFile } from '../announceFile.js'
import { announceHealth } from '../announceHealth.js'
import { announceOutage } from '../announceOutage.js'
import { announceRebuilt } from '../announceRebuilt.js'
import { announceSilence } from '../announceSilence.js'
import type { NotificationEvent } from '../notification.js'
import type { ProposalEvent } from '../proposalData.js'
import type { UpgradeEvent } from '../upgradeData.js'
import { type ExampleOptions, headAt, height, timeOf } from './exampleChain.js'
import { upgradeFor } from './exampleUpgrade.js'

type OperationEvent = Exclude<NotificationEvent, ProposalEvent | UpgradeEvent>

/** What is told of the work of govstream itself. */
export function exampleOperation(event: OperationEvent, options: ExampleOptions): Announcement | undefined {
  const { chain, now } = options
  switch (event) {
    case 'source_down':
      return announceHealth(healthOf(options), healthOf(options, true))[0]
    case 'source_recovered':
      return announceHealth(healthOf(options, true), healthOf(options))[0]
    case 'hook_ran':
      return hookRun(true, options)
    case 'hook_failed':
      return hookRun(false, options)
    case 'preflight_passed':
      return preflightLook(true, options)
    case 'preflight_failed':
      return preflightLook(false, options)
    case 'file_stale':
      return staleFile(options)
    case 'channel_down':
      return outage(options)
    case 'channel_recovered':
      return outage(options, now - 300_000)
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
  }
}

function hookRun(ok: boolean, options: ExampleOptions): Announcement | undefined {
  const run = {
    ok,
    summary: ok ? 'ended well' : 'ended with exit code 1',
    output: ok ? '' : 'no such unit',
    ms: 1_500,
  }
  const upgrade = upgradeFor('in_progress', options)
  return announceFile({ of: 'hook', upgrade, run, time: timeOf(options), hostTime: options.now })[0]
}

function preflightLook(isReady: boolean, options: ExampleOptions): Announcement | undefined {
  const upgrade = upgradeFor('scheduled', options)
  const path = `/var/lib/node/cosmovisor/upgrades/${upgrade.name}`
  const check = isReady
    ? ready('binary', `${path}/bin/noded is there and may be run.`)
    : notReady('binary', `The new binary is not staged: ${path} is not there.`, `Put it at ${path}/bin/noded.`)
  const found = { verdict: check.verdict, checks: [check], checkedAt: options.now }
  const before = { ...upgrade, preflight: { leads: ['1h'], owed: '1h' } }
  return announceFile({ of: 'preflight', before, found, time: timeOf(options) })[0]
}

function staleFile(options: ExampleOptions): Announcement | undefined {
  const { key, chain, name } = upgradeFor('in_progress', options)
  const reason = `The plan ${name} is off, and its file was written by somebody else.`
  const path = '/var/lib/node/data/upgrade-info.json'
  const plan = { key, name, height }
  return announceFile({ of: 'leftover', chain, plan, path, reason, time: timeOf(options) })[0]
}

function outage({ chain, now }: ExampleOptions, upSince?: number): Announcement | undefined {
  const isBack = upSince !== undefined
  const reason = 'Slack at slack.com answered 503: Service Unavailable.'
  const common = { channel: 'slack', chain, since: now - 3_600_000, lastAt: now, tries: 9, reason, status: 503 }
  return announceOutage(
    { ...common, isDown: true, isTold: isBack, ...(isBack && { upSince }) },
    { chain, waiting: isBack ? 0 : 3, now },
  )
}

function healthOf({ chain, now }: ExampleOptions, isDown = false): Health {
  const since = now - 120_000
  return {
    chain,
    state: isDown ? 'down' : 'up',
    since,
    head: headAt(timeOf({ now: since })),
    lastGoodAt: isDown ? since : now,
    consecutiveFailures: isDown ? 4 : 0,
    errorRate: isDown ? 1 : 0,
    backlog: 0n,
    ...(isDown && { problem: `No node answered since ${isoOfMs(since)}: connection refused.`, trouble: { since } }),
  }
}
