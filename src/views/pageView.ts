import { etaBandOf } from '../domain/blocks/blockTime.js'
import type { Notification } from '../domain/notifications/notification.js'
import { keyOf, type Vote } from '../domain/proposals/proposal.js'
import { isJsonObject, type Json, type JsonObject } from '../domain/text/json.js'
import { isoOf, isoOfMs } from '../domain/text/time.js'
import type { Upgrade } from '../domain/upgrades/upgrade.js'
import type { FailedDelivery } from '../store/DeliveryStore.js'
import type { AuditEntry } from '../store/Store.js'
import { auditView } from './auditView.js'
import { failedDeliveryView, notificationView } from './notificationView.js'
import { proposalView, type Shown } from './proposalView.js'
import { statusView, type WatchedChain } from './statusView.js'
import { distanceTo, type Pace, upgradeView } from './upgradeView.js'
import { hasHeight } from '../domain/plans/dueAt.js'

/** A proposal with who voted on it. */
export interface VotedOn extends Shown {
  /** The newest votes. */
  readonly votes: readonly Vote[]
  /** All accounts whose votes were seen. */
  readonly voters: readonly string[]
}

/** How many notifications wait for a handler. */
export interface WaitingFor {
  readonly handler: string
  /** Notifications that are to be sent now or at the next try. */
  readonly count: number
  /** When the oldest of them was queued, Unix milliseconds; absent if there is none. */
  readonly since?: number
  /** Notifications that are held until their group comes out or quiet hours end. */
  readonly held: number
}

/** The content of the page, read at one moment. */
export interface PageContent {
  /** Host clock, Unix milliseconds. */
  readonly at: number
  readonly chains: readonly WatchedChain[]
  readonly upgrades: readonly { readonly upgrade: Upgrade; readonly pace: Pace | undefined }[]
  readonly proposals: readonly VotedOn[]
  /** Maximum number of voters named for each proposal, and of missing ones; the others are only counted. */
  readonly mostNamed: number
  /** Proposals whose vote has ended. */
  readonly past: readonly Shown[]
  /** The inbox, newest first. */
  readonly notifications: readonly Notification[]
  readonly failed: readonly FailedDelivery[]
  readonly waiting: readonly WaitingFor[]
  /** The audit trail, newest first. */
  readonly trail: readonly AuditEntry[]
}

/** The content of /page.json: the items of the lists, and what only the page shows. */
export function pageView(content: PageContent): JsonObject {
  const { at, chains, upgrades, proposals, mostNamed, past, notifications, failed, waiting, trail } = content
  const titles = new Map(notifications.map(({ id, title }) => [id, title]))
  return {
    at: isoOfMs(at),
    chains: chains.map(statusView),
    upgrades: upgrades.map(({ upgrade, pace }) => ({ ...upgradeView(upgrade, pace), band: bandView(upgrade, pace) })),
    proposals: proposals.map((one) => votedView(one, mostNamed)),
    participation: past.flatMap(turnoutView),
    inbox: notifications.map(notificationView),
    undelivered: failed.map(failedDeliveryView),
    waiting: waiting.map(({ since, ...one }) => ({ ...one, since: since === undefined ? null : isoOfMs(since) })),
    deliveries: trail.flatMap((entry) => deliveryView(entry, titles)),
    trail: trail.filter(({ kind }) => kind !== 'delivery').map(auditView),
  }
}

/** The earliest and latest estimated time of the height; null if unknown. */
function bandView(upgrade: Upgrade, pace: Pace | undefined): Json {
  if (pace === undefined || !hasHeight(upgrade) || distanceTo(upgrade, pace).eta === undefined) return null
  const band = etaBandOf(BigInt(upgrade.height), pace.head, pace.blockTime)
  return band === undefined ? null : { earliest: isoOf(band.earliest), latest: isoOf(band.latest) }
}

function votedView({ proposal, estimated, votes, voters }: VotedOn, mostNamed: number): JsonObject {
  const last = new Map(votes.map((vote) => [vote.voter, vote]))
  const told = proposal.attendance?.voted ?? []
  const cast = new Set(told.length === 0 ? [] : voters.map((voter) => voter.toLowerCase()))
  // The chain reports that these accounts voted, but their votes were not seen.
  const unseen = told.filter((voter) => !cast.has(voter.toLowerCase()))
  const seen = [...last.values()].slice(-mostNamed)
  const named = [
    ...seen.map(({ voter, choice, weight, reason }) => ({ voter, choice, weight: String(weight), reason })),
    ...unseen.slice(0, mostNamed - seen.length).map((voter) => ({ voter, choice: 'voted', weight: '0', reason: '' })),
  ]
  const missing = proposal.attendance?.missing
  return {
    ...proposalView({ proposal, estimated }),
    key: keyOf(proposal),
    votes: named,
    moreVotes: voters.length + unseen.length - named.length,
    missing: missing?.slice(0, mostNamed) ?? null,
    moreMissing: Math.max(0, (missing?.length ?? 0) - mostNamed),
  }
}

function turnoutView({ proposal }: Shown): readonly JsonObject[] {
  const { chain, id, title, votingEndsAt, tally } = proposal
  const turnout = tally?.turnout
  if (votingEndsAt === undefined || turnout === undefined || !Number.isFinite(turnout)) return []
  return [{ at: isoOf(votingEndsAt), chain, id, title, turnout }]
}

/** A delivery attempt in the audit trail. */
function deliveryView(
  { seq, at, kind, detail }: AuditEntry,
  titles: ReadonlyMap<string, string>,
): readonly JsonObject[] {
  if (kind !== 'delivery' || !isJsonObject(detail)) return []
  const text = (key: string): string => {
    const value = detail[key]
    return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  }
  const id = text('id')
  return [
    {
      seq,
      at: isoOfMs(at),
      handler: text('handler'),
      id,
      result: text('result'),
      reason: text('reason'),
      title: titles.get(id) ?? id,
    },
  ]
}
