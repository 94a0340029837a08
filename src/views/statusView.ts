import { defined } from '../domain/defined.js'
import type { JsonObject } from '../domain/text/json.js'
import { type EndpointScore, failureShare, isUnsteady } from '../domain/endpointScore.js'
import { isLive, queueOf } from '../domain/upgrades/queueOf.js'
import { dueProblems } from '../domain/plans/checkPlan.js'
import { dueView, isReached } from '../domain/plans/dueAt.js'
import type { Outage } from '../domain/notifications/outage.js'
import { isoOfMs } from '../domain/text/time.js'
import type { PostCheckRecord } from '../domain/upgrades/postCheck/postCheck.js'
import { isBlocked, type Upgrade } from '../domain/upgrades/upgrade.js'
import type { ChainOutline } from '../store/Store.js'
import { textOrNull, timeOrNull } from './orNull.js'
import { unreadyView } from './unreadyView.js'
import { distanceTo } from './upgradeView.js'

/** A channel that accepts nothing, and the number of notifications that wait for it. */
export interface ChannelDown extends Outage {
  readonly waiting: number
}

/** One configured chain and its state; `state` is absent before the first poll. */
export interface WatchedChain {
  readonly chain: string
  /** Absent without a configuration that names it. */
  readonly system?: string
  /** False if the configuration disables the chain. */
  readonly enabled: boolean
  readonly state?: ChainOutline
  /** Channels that do not accept notifications of this chain. */
  readonly outages: readonly ChannelDown[]
}

/**
 * The most relevant upgrade of a chain, in this order: one in progress; one that is due but blocked by the content of
 * its file; one that failed with nothing completed since; the next one that waits; the next pending one; one
 * that the chain may carry out although no file is written for it.
 */
export function nextUpgrade(state: ChainOutline | undefined): Upgrade | undefined {
  const { upgrades } = queueOf(state?.upgrades.values() ?? [])
  const waiting = upgrades.filter((upgrade) => isLive(upgrade))
  return (
    waiting.find(({ status }) => status === 'in_progress') ??
    upgrades.find(isBlocked) ??
    justFailed(upgrades) ??
    waiting[0] ??
    upgrades.find(({ status }) => status === 'pending') ??
    upgrades.find((upgrade) => upgrade.status === 'refused' && isAhead(upgrade, state))
  )
}

/** The upgrade to count down to, whatever became of those before it: the next scheduled one, else a pending one. */
export function upcomingUpgrade(state: ChainOutline | undefined): Upgrade | undefined {
  const { upgrades } = queueOf(state?.upgrades.values() ?? [])
  return upgrades.find(({ status }) => status === 'scheduled') ?? upgrades.find(({ status }) => status === 'pending')
}

/** The last finished upgrade, if it failed. */
function justFailed(upgrades: readonly Upgrade[]): Upgrade | undefined {
  const [last] = upgrades.filter(({ status }) => status === 'completed' || status === 'failed')
  return last?.status === 'failed' ? last : undefined
}

function isAhead(upgrade: Upgrade, state: ChainOutline | undefined): boolean {
  return state?.head !== undefined && dueProblems(upgrade).length === 0 && !isReached(upgrade, state.head)
}

/** True if the state shows no successful read. */
export function isUnread({ state }: WatchedChain): boolean {
  return state?.lastGoodAt === undefined
}

/** One chain in the format of `status --json`. */
export function statusView({ chain, system, enabled, state, outages }: WatchedChain): JsonObject {
  const next = nextUpgrade(state)
  return {
    chain,
    system: system ?? null,
    enabled,
    height: textOrNull(state?.head?.number),
    lastGoodPoll: state?.lastGoodAt === undefined ? null : isoOfMs(state.lastGoodAt),
    health: state?.health.state ?? 'starting',
    errorRate: Number((state?.health.errorRate ?? 0).toFixed(3)),
    problem: state?.health.problem ?? null,
    openProposals: state?.open ?? 0,
    backlog: textOrNull(state?.health.backlog),
    nextUpgrade: next === undefined ? null : nextView(next, state),
    ...lookedAtView(lookedAtLast(state)),
    ...defined({ endpoints: state?.health.endpoints?.map(endpointView) }),
    channelsDown: outages.map(outageView),
  }
}

/** An upgrade that was checked after its height, with the results. */
export type LookedAt = Upgrade & {
  readonly postCheck: Required<Pick<PostCheckRecord, 'verdict' | 'checkedAt' | 'checks'>>
}

/** The last upgrade that was checked after its height. */
function lookedAtLast(state: ChainOutline | undefined): LookedAt | undefined {
  const looked = [...(state?.upgrades.values() ?? [])].filter(wasLookedAt)
  return looked.reduce<LookedAt | undefined>(
    (last, one) => (last === undefined || one.postCheck.checkedAt > last.postCheck.checkedAt ? one : last),
    undefined,
  )
}

// Milliseconds for which a passed check is shown.
const newsMs = 86_400_000

/** The last upgrade that was checked after its height, while it is worth showing. `now` is Unix milliseconds. */
export function outcomeNews(state: ChainOutline | undefined, now: number): LookedAt | undefined {
  const upgrade = lookedAtLast(state)
  if (upgrade === undefined) return undefined
  const { verdict, checkedAt } = upgrade.postCheck
  return verdict === 'passed' && now - checkedAt > newsMs ? undefined : upgrade
}

function wasLookedAt(upgrade: Upgrade): upgrade is LookedAt {
  const { verdict, checkedAt, checks } = upgrade.postCheck ?? {}
  return verdict !== undefined && checkedAt !== undefined && checks !== undefined
}

/** Present only after an upgrade was checked after its height. */
function lookedAtView(upgrade: LookedAt | undefined): JsonObject {
  if (upgrade === undefined) return {}
  const { key, name, status, postCheck } = upgrade
  const { verdict, checkedAt, checks } = postCheck
  return {
    lastUpgrade: {
      key,
      name,
      ...dueView(upgrade),
      status,
      verdict,
      checkedAt: isoOfMs(checkedAt),
      checks: checks.map(({ id, verdict: own, reason, todo }) => ({ id, verdict: own, reason, todo: todo ?? null })),
    },
  }
}

/** How reliably an endpoint has answered lately. */
function endpointView(score: EndpointScore): JsonObject {
  const { host, api, askedAt, latencyMs, head, behind } = score
  return {
    host,
    ...defined({ api }),
    errorRate: Number(failureShare(score).toFixed(3)),
    latencyMs: latencyMs === undefined ? null : Math.round(latencyMs),
    height: textOrNull(head),
    behind: textOrNull(behind),
    askedAt: isoOfMs(askedAt),
    demoted: isUnsteady(score, askedAt),
  }
}

function outageView({ channel, since, tries, reason, status, waiting, pausedUntil }: ChannelDown): JsonObject {
  return {
    channel,
    since: isoOfMs(since),
    tries,
    reason,
    status: status ?? null,
    waiting,
    pausedUntil: pausedUntil === undefined ? null : isoOfMs(pausedUntil),
  }
}

function nextView(upgrade: Upgrade, state: ChainOutline | undefined): JsonObject {
  const { blocksLeft, eta } = distanceTo(upgrade, state)
  const { key, name, status, kind = 'governance', reasons, unready, preflight } = upgrade
  return {
    key,
    name,
    ...dueView(upgrade),
    status,
    ...defined({ awaits: upgrade.awaits }),
    kind,
    reasons,
    ...defined({ unready: unreadyView(unready) }),
    blocksLeft: textOrNull(blocksLeft),
    eta: timeOrNull(eta),
    ...preflightOf(preflight),
  }
}

/** Present only after the preflight of the upgrade. */
function preflightOf(record: Upgrade['preflight']): JsonObject {
  const { verdict, checkedAt, problems = [] } = record ?? {}
  if (verdict === undefined || checkedAt === undefined) return {}
  return { preflight: { verdict, checkedAt: isoOfMs(checkedAt), problems } }
}
