import { type EndpointScore, failureShare } from '../../domain/endpointScore.js'
import { healthStates } from '../../domain/health.js'
import { cleanLine } from '../../domain/text/text.js'
import { upcomingUpgrade, type WatchedChain } from '../statusView.js'
import { distanceTo } from '../upgradeView.js'
import type { Metric, Sample } from './exposition.js'

/** Counters since the process started. */
export interface Counted {
  readonly polls: ReadonlyMap<string, number>
  /** By chain, then by cause. */
  readonly failures: ReadonlyMap<string, ReadonlyMap<string, number>>
  readonly commits: ReadonlyMap<string, number>
  /** By handler, then by outcome. */
  readonly deliveries: ReadonlyMap<string, ReadonlyMap<string, number>>
}

/** The notifications that wait for a handler. */
export interface Waiting {
  readonly handler: string
  readonly count: number
  /** When the oldest was queued, in Unix milliseconds; absent if none waits. */
  readonly since?: number
}

/** Open votes of a chain in which an account of the operator has not voted, or may not have. */
export interface Unvoted {
  readonly chain: string
  readonly notVoted: number
  readonly unknown: number
}

export interface MetricsSource {
  readonly version: string
  /** Host clock, Unix milliseconds. */
  readonly now: number
  readonly chains: readonly WatchedChain[]
  /** Only chains for which voters are configured. */
  readonly unvoted: readonly Unvoted[]
  readonly waiting: readonly Waiting[]
  readonly counted: Counted
}

/**
 * The metrics for Prometheus. A chain that was never read has only the known values. Disabled chains are left out,
 * because their last values would raise alarms for ever.
 */
export function metricsOf(source: MetricsSource): readonly Metric[] {
  const watched = { ...source, chains: source.chains.filter(({ enabled }) => enabled) }
  return [
    gauge('govstream_build_info', 'The version that runs, always 1.', [
      { labels: { version: source.version }, value: 1 },
    ]),
    ...pollMetrics(source.counted),
    ...chainMetrics(watched),
    ...upgradeMetrics(watched),
    ...voteMetrics(watched),
    ...deliveryMetrics(source),
  ]
}

function pollMetrics({ polls, failures, commits }: Counted): readonly Metric[] {
  return [
    counter('govstream_polls_total', 'Polls since the start, failed ones included.', byChain(polls)),
    counter(
      'govstream_poll_failures_total',
      'Failed polls since the start; permanent ones need a person.',
      inTwo(failures, 'chain', 'cause'),
    ),
    counter('govstream_commits_total', 'Turns that the store committed since the start.', byChain(commits)),
  ]
}

function chainMetrics({ chains, now }: MetricsSource): readonly Metric[] {
  return [
    gauge(
      'govstream_chain_health',
      'How well a chain can be read: 1 for the current state.',
      chains.flatMap(({ chain, state }) =>
        healthStates.map((health) => ({
          labels: { chain, state: health },
          value: health === (state?.health.state ?? 'starting') ? 1 : 0,
        })),
      ),
    ),
    gauge(
      'govstream_head_block',
      'The newest block that was read.',
      eachOf(chains, ({ state }) => state?.head?.number),
    ),
    gauge(
      'govstream_head_lag_seconds',
      'How old the newest block is, by the clock of this machine.',
      eachOf(chains, ({ state }) =>
        state?.head === undefined ? undefined : Math.max(0, now / 1_000 - Number(state.head.timestamp)),
      ),
    ),
    gauge(
      'govstream_backlog_blocks',
      'Blocks still to be read for proposals.',
      eachOf(chains, ({ state }) => state?.health.backlog),
    ),
    ...endpointMetrics(chains),
    gauge(
      'govstream_last_good_poll_timestamp_seconds',
      'When a chain was read last.',
      eachOf(chains, ({ state }) => (state?.lastGoodAt === undefined ? undefined : state.lastGoodAt / 1_000)),
    ),
  ]
}

function endpointMetrics(chains: MetricsSource['chains']): readonly Metric[] {
  const samples = (valueOf: (score: EndpointScore) => number | bigint | undefined): readonly Sample[] =>
    chains.flatMap(({ chain, state }) =>
      withUniqueHosts(state?.health.endpoints ?? []).flatMap(([host, score]) => {
        const value = valueOf(score)
        return value === undefined ? [] : [{ labels: { chain, host }, value }]
      }),
    )
  return [
    gauge(
      'govstream_endpoint_error_ratio',
      'Share of recent requests that an endpoint did not answer.',
      samples(failureShare),
    ),
    gauge(
      'govstream_endpoint_latency_seconds',
      'How long an endpoint takes to answer.',
      samples(({ latencyMs }) => (latencyMs === undefined ? undefined : latencyMs / 1_000)),
    ),
    gauge(
      'govstream_endpoint_behind_blocks',
      'Blocks an endpoint was behind the newest head of any endpoint of the chain, at its last answer.',
      samples(({ behind }) => behind),
    ),
  ]
}

/** Numbers the endpoints of one host, because Prometheus drops samples with the same labels. */
function withUniqueHosts(scores: readonly EndpointScore[]): readonly (readonly [host: string, EndpointScore])[] {
  const counts = new Map<string, number>()
  return scores.map((score) => {
    const count = (counts.get(score.host) ?? 0) + 1
    counts.set(score.host, count)
    return [count === 1 ? score.host : `${score.host} (${count})`, score]
  })
}

function upgradeMetrics({ chains, now }: MetricsSource): readonly Metric[] {
  const next = chains.flatMap(({ chain, state }) => {
    const upgrade = upcomingUpgrade(state)
    if (upgrade === undefined) return []
    const { name, status } = upgrade
    return [{ labels: { chain, name: cleanLine(name, 100), status }, ...distanceTo(upgrade, state) }]
  })
  return [
    gauge(
      'govstream_next_upgrade_blocks',
      'Blocks to the height of the next upgrade.',
      next.flatMap(({ labels, blocksLeft: value }) => (value === undefined ? [] : [{ labels, value }])),
    ),
    gauge(
      'govstream_next_upgrade_seconds',
      'Estimated seconds to the height of the next upgrade.',
      next.flatMap(({ labels, eta }) =>
        eta === undefined ? [] : [{ labels, value: Math.max(0, Number(eta) - now / 1_000) }],
      ),
    ),
  ]
}

function voteMetrics({ chains, unvoted }: MetricsSource): readonly Metric[] {
  return [
    gauge(
      'govstream_open_proposals',
      'Proposals that are not closed.',
      eachOf(chains, ({ state }) => state?.open),
    ),
    gauge(
      'govstream_unvoted_proposals',
      'Open votes in which a configured voter has not voted, or is not known to have voted.',
      unvoted.flatMap(({ chain, notVoted, unknown }) => [
        { labels: { chain, vote: 'not_voted' }, value: notVoted },
        { labels: { chain, vote: 'unknown' }, value: unknown },
      ]),
    ),
  ]
}

function deliveryMetrics({ chains, counted, waiting, now }: MetricsSource): readonly Metric[] {
  const down = new Set(chains.flatMap(({ outages }) => outages.map(({ channel }) => channel)))
  return [
    counter(
      'govstream_deliveries_total',
      'Delivery attempts since the start, by outcome.',
      inTwo(counted.deliveries, 'handler', 'outcome'),
    ),
    gauge(
      'govstream_outbox_notifications',
      'Notifications that wait for a handler.',
      waiting.map(({ handler, count }) => ({ labels: { handler }, value: count })),
    ),
    gauge(
      'govstream_outbox_oldest_seconds',
      'Waiting time of the oldest of them, 0 if none waits.',
      waiting.map(({ handler, since = now }) => ({ labels: { handler }, value: Math.max(0, (now - since) / 1_000) })),
    ),
    gauge(
      'govstream_handler_down',
      'Whether a handler accepts no deliveries.',
      waiting.map(({ handler }) => ({ labels: { handler }, value: down.has(handler) ? 1 : 0 })),
    ),
  ]
}

function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, type: 'gauge', help, samples }
}

function counter(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, type: 'counter', help, samples }
}

function eachOf(
  chains: readonly WatchedChain[],
  valueOf: (chain: WatchedChain) => number | bigint | undefined,
): readonly Sample[] {
  return chains.flatMap((one) => {
    const value = valueOf(one)
    return value === undefined ? [] : [{ labels: { chain: one.chain }, value }]
  })
}

function byChain(counts: ReadonlyMap<string, number>): readonly Sample[] {
  return [...counts].map(([chain, value]) => ({ labels: { chain }, value }))
}

function inTwo(
  counts: ReadonlyMap<string, ReadonlyMap<string, number>>,
  outer: string,
  inner: string,
): readonly Sample[] {
  return [...counts].flatMap(([first, those]) =>
    [...those].map(([second, value]) => ({ labels: { [outer]: first, [inner]: second }, value })),
  )
}
