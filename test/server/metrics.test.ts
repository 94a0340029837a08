import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Subject } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { ChainState } from '../../src/domain/chainState.js'
import type { Attempt } from '../../src/server/createCounters.js'
import { openStore } from '../../src/store/openStore.js'
import { announcement, at, holding, proposal, queueing, state, turn, upgrade } from '../support/storeGiven.js'
import { parseConfig } from '../../src/config/parseConfig.js'
import { minimal } from '../support/configs.js'
import { serving } from './serving.js'

const blockTime = { samples: [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n, 10n].map(at) }
const ours = '0x00000000000000000000000000000000000000aa'
const now = 100_000

const voting = proposal('1', { attendance: { voted: [], missing: [ours] } })
const unsure = proposal('2')
const observed: ChainState = state({
  blockTime,
  lastGoodAt: 90_000,
  health: {
    ...state().health,
    endpoints: [
      { host: 'a:1', askedAt: 90_000, answers: 3, failures: 1, latencyMs: 250, head: 8n, behind: 2n },
      { host: 'b:1', askedAt: 80_000, answers: 0, failures: 1 },
      // The same host with another key, or for REST.
      { host: 'a:1', askedAt: 80_000, answers: 1, failures: 0 },
    ],
  },
  proposals: holding(voting, unsure),
  upgrades: queueing(upgrade('3', { name: 'v3 "quoted"' })),
})

/** The metrics of a chain with open votes and an upgrade, while one notification waits. */
async function scraped(known = observed) {
  const store = openStore({ path: ':memory:' })
  const delivery$ = new Subject<Attempt>()
  const first = turn({ state: known, announcements: [announcement('1#new_proposal')], time: 40_000 })
  store.commit(first, () => ['ops'])
  const config = parseConfig(minimal({ voters: [ours] }))
  const over = { store, delivery$, states: () => [known], now: () => now, config: () => config }
  const { ask, turn$ } = await serving({}, over)
  turn$.next(first)
  delivery$.next({ handler: 'ops', result: 'postponed' })
  const answer = await ask('/metrics')
  return { answer, lines: answer.text.split('\n') }
}

function promtool(args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8' })
  return { status, said: `${stdout}${stderr}` }
}
const hasPromtool = promtool(['--version']).status === 0

function file(path: string): string {
  return readFileSync(new URL(`../../contrib/${path}`, import.meta.url), 'utf8')
}

describe('/metrics', () => {
  it.each(['in_progress', 'failed'] as const)('counts down to the next upgrade while one is %s', async (status) => {
    const over = upgrade('2', { name: 'v2', height: 5, status, ...(status === 'failed' && { completedAt: 9n }) })
    const { lines } = await scraped({ ...observed, upgrades: queueing(over, upgrade('3', { name: 'v3' })) })
    expect(lines.filter((line) => line.startsWith('govstream_next_upgrade'))).toStrictEqual([
      'govstream_next_upgrade_blocks{chain="local",name="v3",status="scheduled"} 990',
      'govstream_next_upgrade_seconds{chain="local",name="v3",status="scheduled"} 1900',
    ])
  })

  it('contains the state of each chain, the waiting deliveries, and the counters', async () => {
    const { answer, lines } = await scraped()
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(lines).toEqual(
      expect.arrayContaining([
        'govstream_polls_total{chain="local"} 1',
        'govstream_poll_failures_total{chain="local",cause="permanent"} 0',
        'govstream_commits_total{chain="local"} 1',
        'govstream_chain_health{chain="local",state="up"} 1',
        'govstream_chain_health{chain="local",state="down"} 0',
        'govstream_endpoint_error_ratio{chain="local",host="a:1"} 0.25',
        'govstream_endpoint_error_ratio{chain="local",host="b:1"} 1',
        'govstream_endpoint_error_ratio{chain="local",host="a:1 (2)"} 0',
        'govstream_endpoint_latency_seconds{chain="local",host="a:1"} 0.25',
        'govstream_endpoint_behind_blocks{chain="local",host="a:1"} 2',
        'govstream_head_block{chain="local"} 10',
        'govstream_head_lag_seconds{chain="local"} 80',
        'govstream_backlog_blocks{chain="local"} 0',
        'govstream_last_good_poll_timestamp_seconds{chain="local"} 90',
        'govstream_next_upgrade_blocks{chain="local",name="v3 \\"quoted\\"",status="scheduled"} 990',
        'govstream_next_upgrade_seconds{chain="local",name="v3 \\"quoted\\"",status="scheduled"} 1900',
        'govstream_open_proposals{chain="local"} 2',
        'govstream_unvoted_proposals{chain="local",vote="not_voted"} 1',
        'govstream_unvoted_proposals{chain="local",vote="unknown"} 1',
        'govstream_deliveries_total{handler="ops",outcome="postponed"} 1',
        'govstream_outbox_notifications{handler="ops"} 1',
        'govstream_outbox_oldest_seconds{handler="ops"} 60',
        'govstream_handler_down{handler="ops"} 0',
      ]),
    )
  })

  it('contains nothing of a chain that is not watched any more', async () => {
    const store = openStore({ path: ':memory:' })
    store.commit(turn({ state: observed }), () => [])
    const config = parseConfig(minimal({ monitor: { enabled: false } }))
    const { ask } = await serving({}, { store, config: () => config })
    expect((await ask('/metrics')).text).not.toContain('chain="local"')
  })

  it.runIf(hasPromtool)('is accepted by promtool', async () => {
    const { answer } = await scraped()
    expect(promtool(['check', 'metrics'], answer.text)).toStrictEqual({ status: 0, said: '' })
  })
})

describe('the files for Prometheus and Grafana in contrib', () => {
  it.for(['prometheus/govstream.rules.yml', 'grafana/govstream.json'])('use only existing series: %s', async (path) => {
    const { answer } = await scraped()
    const there = new Set(Array.from(answer.text.matchAll(/^# TYPE (\w+)/gm), ([, name]) => name))
    const named = new Set(Array.from(file(path).matchAll(/\bgovstream_\w+/g), ([name]) => name))
    expect(named.size).toBeGreaterThan(5)
    expect([...named].filter((name) => !there.has(name))).toStrictEqual([])
  })

  it.runIf(hasPromtool)('contain rules that promtool accepts', () => {
    const path = new URL('../../contrib/prometheus/govstream.rules.yml', import.meta.url).pathname
    const { status, said } = promtool(['check', 'rules', path])
    expect(status, said).toBe(0)
  })
})
