import { proposalStyles, upgradeStyles } from '../output/statusStyles.js'
import { blocksText, countText, percent } from '../../domain/notifications/phrases.js'
import type { Notification } from '../../domain/notifications/notification.js'
import { isActive, type Tally } from '../../domain/proposals/proposal.js'
import { durationText } from '../../domain/text/time.js'
import type { Upgrade } from '../../domain/upgrades/upgrade.js'
import { upgradeStatusText } from '../../domain/upgrades/upgradeStatusText.js'
import type { Shown } from '../../views/proposalView.js'
import { distanceTo, type Pace } from '../../views/upgradeView.js'
import type { WatchedChain } from '../../views/statusView.js'
import { healthStyle, healthText } from '../output/healthText.js'
import { type Column, leastTitle } from '../output/renderTable.js'
import { agoText, clockText, dateText, momentText } from '../output/times.js'
import { toneOf } from '../output/toneOf.js'
import { duePlace, reachedText } from '../output/duePlace.js'

/** Host clock, Unix milliseconds. */
type Now = number

export function chainColumns(now: Now): readonly Column<WatchedChain>[] {
  return [
    { title: 'CHAIN', text: ({ chain }) => chain, shrinks: true },
    {
      title: 'HEIGHT',
      text: ({ state }) => (state?.head === undefined ? '-' : countText(state.head.number)).slice(0, 26),
      align: 'right',
    },
    { title: 'HEALTH', text: healthText, style: healthStyle },
    { title: 'LAST GOOD POLL', text: ({ state }) => agoText(state?.lastGoodAt, now), yields: 3 },
    {
      title: 'ERRORS',
      text: ({ state }) => `${((state?.health.errorRate ?? 0) * 100).toFixed(0)} %`,
      align: 'right',
      yields: 1,
    },
    { title: 'OPEN', text: ({ state }) => String(state?.open ?? 0), align: 'right', yields: 2 },
    {
      title: 'TROUBLE',
      text: ({ state }) => state?.health.problem ?? '',
      shrinks: true,
      least: 12,
      yields: 4,
      style: () => 'yellow',
    },
  ]
}

export function upgradeColumns(now: Now, paceOf: (chain: string) => Pace | undefined): readonly Column<Upgrade>[] {
  return [
    { title: 'UPGRADE', text: ({ name }) => name, shrinks: true, least: 10 },
    { title: 'CHAIN', text: ({ chain }) => chain, yields: 1 },
    { title: 'HEIGHT', text: (upgrade) => duePlace(upgrade), align: 'right' },
    {
      title: 'STATUS',
      text: upgradeStatusText,
      style: ({ status }) => (status === 'scheduled' ? 'yellow' : upgradeStyles[status]),
    },
    { title: 'WHEN', text: (upgrade) => timeLeft(upgrade, paceOf(upgrade.chain), now), shrinks: true, least: 12 },
  ]
}

/** Returns the time left until the height, which also runs between two blocks; or when the upgrade ended. */
export function timeLeft(upgrade: Upgrade, pace: Pace | undefined, now: Now): string {
  const { blocksLeft, eta, isReached } = distanceTo(upgrade, pace)
  const ended = upgrade.completedAt ?? upgrade.triggeredAt ?? upgrade.scheduledAt
  if (isReached === true) return reachedText(upgrade)
  if (blocksLeft === undefined && eta === undefined)
    return ended === undefined ? '-' : momentText(Number(ended) * 1000, now)
  const seconds = Number(eta) - Math.floor(now / 1000)
  if (blocksLeft === undefined) return seconds <= 0 ? 'any moment' : `in ${durationText(seconds)}`
  const left = `in ${blocksText(blocksLeft)}`
  if (eta === undefined) return left
  return seconds <= 0 ? `${left}, any moment` : `${left}, about ${durationText(seconds)}`
}

export function proposalColumns(now: Now): readonly Column<Shown>[] {
  return [
    { title: 'PROPOSAL', text: ({ proposal: { id } }) => (id.length > 12 ? `${id.slice(0, 8)}…` : id) },
    { title: 'CHAIN', text: ({ proposal }) => proposal.chain, yields: 1 },
    {
      title: 'STATUS',
      text: ({ proposal }) => `${proposal.status}${proposal.derived ? '*' : ''}`,
      style: ({ proposal }) => proposalStyles[proposal.status],
    },
    { title: 'ENDS', text: (shown) => endText(shown, now), yields: 3 },
    { title: 'FOR', text: ({ proposal: { tally } }) => (tally === undefined ? '-' : forText(tally)), yields: 4 },
    { title: 'QUORUM', text: ({ proposal: { tally } }) => quorumText(tally), yields: 2 },
    { title: 'TITLE', text: ({ proposal }) => proposal.title, shrinks: true, least: 20 },
  ]
}

function endText({ proposal }: Shown, now: Now): string {
  const { votingEndsAt, clock, votingEnd } = proposal
  if (votingEndsAt === undefined)
    return clock === 'block' && votingEnd !== undefined ? `block ${String(votingEnd).slice(0, 20)}` : '-'
  const left = votingEndsAt - BigInt(Math.floor(now / 1000))
  if (left > 0n) return isActive(proposal) ? `in ${durationText(left)}` : '-'
  return dateText(votingEndsAt)
}

const barSize = 5

/** Renders the share of yes among all votes, as a bar and a number. */
function forText({ yes, no, abstain, veto = 0n }: Tally): string {
  const cast = yes + no + abstain + veto
  if (cast <= 0n) return 'no votes'
  const share = Math.max(0, Math.min(1, Number((yes * 10_000n) / cast) / 10_000))
  const filled = Math.round(share * barSize)
  return `${'█'.repeat(filled)}${'░'.repeat(barSize - filled)} ${percent(share)}`
}

function quorumText(tally: Tally | undefined): string {
  const { quorumReached, quorum, quorumMissing } = tally ?? {}
  if (quorumReached === undefined) return '-'
  if (quorumReached) return 'reached'
  if (quorum === undefined || quorumMissing === undefined || quorum <= 0n) return 'missing'
  const share = Number(((quorum - quorumMissing) * 100n) / quorum)
  return `${Math.max(0, Math.min(99, share))} %`
}

export function eventColumns(now: Now): readonly Column<Notification>[] {
  return [
    { title: 'EVENT', text: ({ event }) => event, style: ({ event, priority }) => toneOf(event, priority) },
    { title: 'WHEN', text: ({ timestamp }) => whenText(timestamp, now) },
    { title: 'PRIORITY', text: ({ priority }) => priority, yields: 1 },
    { title: 'CHAIN', text: ({ chain }) => chain, yields: 2 },
    {
      title: 'TITLE',
      text: ({ title, silenced }) => (silenced === undefined ? title : `[silenced] ${title}`),
      shrinks: true,
      least: leastTitle,
    },
  ]
}

function whenText(timestamp: string, now: Now): string {
  const ms = Date.parse(timestamp)
  if (Number.isNaN(ms)) return '-'
  return Math.abs(now - ms) < 86_400_000 ? clockText(ms) : dateText(BigInt(Math.floor(ms / 1000)))
}
