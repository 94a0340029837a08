import { mkdirSync, mkdtempSync, readFileSync, rmSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { filter, firstValueFrom } from 'rxjs'
import type { ConfigInput } from '../src/config/schema.js'
import { type ChainClient, chainClient } from '../src/localChain/chainClient.js'
import { type Deployment, deployGovernor } from '../src/localChain/deployGovernor.js'
import { governorActor } from '../src/localChain/governorActor.js'
import { startAnvil } from '../src/localChain/startAnvil.js'
import { upgradeCall } from '../src/localChain/upgradeCall.js'
import { createMonitor } from '../src/monitor.js'
import {
  askingHandler,
  type Bare,
  believingHandler,
  leastHandler,
  onHeads,
  pollingLoop,
  recordRequests,
  webSocketOf,
} from './latencyBaselines.js'
import { quantile, type Row } from './measure.js'

const runs = 20
const pollMs = 100

/**
 * Measures the time from a new block to upgrade-info.json on the disk: with polling, compared with a bare loop that
 * asks for the height and writes a file; and with pushed heads, compared with two bare handlers of `newHeads` that
 * write their file as durably. One believes what was pushed and sends no request; the other sends the same requests. A
 * third one shows how near to the first any handler can come that keeps the promises of `docs/trust.md`.
 */
export async function benchLatency(): Promise<readonly Row[]> {
  const polled = await measure({ pollInterval: `${pollMs}ms`, bares: [pollingLoop] })
  const pushed = await measure({
    pollInterval: '1h',
    isPushed: true,
    bares: [believingHandler, askingHandler, leastHandler],
    pauseMs: 1_100,
  })
  const [looping = []] = polled.bares
  const [believing = [], asking = [], least = []] = pushed.bares
  return [
    rowOf(`new block to file, polled every ${pollMs} ms (median)`, polled.ours, looping),
    { ...rowOf('new block to file, pushed (median)', pushed.ours, believing), goal: 1.5 },
    rowOf('new block to file, pushed, to a handler with the same requests (median)', pushed.ours, asking),
    rowOf('the least that trusts no push and forgets nothing, to that bare handler (median)', least, believing),
  ]
}

interface Measured {
  readonly ours: readonly number[]
  readonly bares: readonly (readonly number[])[]
}

interface Way {
  readonly pollInterval: string
  readonly isPushed?: boolean
  readonly bares: readonly Bare[]
  /** Before each block: pushes wake a poll a second in the long run. @defaultValue none */
  readonly pauseMs?: number
}

interface WatchedChain {
  readonly url: string
  readonly deployment: Deployment
  readonly pollInterval: string
  readonly isPushed: boolean
}

async function measure({ pollInterval, isPushed = false, bares, pauseMs = 0 }: Way): Promise<Measured> {
  const anvil = await startAnvil()
  const path = mkdtempSync(join(tmpdir(), 'govstream-bench-'))
  try {
    const client = chainClient(anvil.url)
    const deployment = await deployGovernor(client, { votingDelay: 1, votingPeriod: 120, quorum: 300n })
    const first = Number(await client.getBlockNumber()) + 250
    const heights = Array.from({ length: runs }, (_, run) => first + run)
    const mineTo = async (height: number): Promise<void> =>
      client.mine({ blocks: height - Number(await client.getBlockNumber()) })

    const home = join(path, 'home')
    mkdirSync(join(home, 'data'), { recursive: true })
    const monitor = createMonitor(configOf(path, home, { url: anvil.url, deployment, pollInterval, isPushed }))
    const stop = new AbortController()
    const ended = monitor.run({ signal: stop.signal })
    await schedule(client, deployment, heights)
    await firstValueFrom(
      monitor.upgrades$.pipe(
        filter(({ upgrades }) => upgrades.filter(({ status }) => status === 'scheduled').length === runs),
      ),
      { defaultValue: undefined },
    )
    await mineTo(first - 1)
    const pushedAt = new Map<number, number>()
    using _heads = await onHeads(anvil.url, (height) => pushedAt.set(height, performance.now()))
    const measured = async (directory: string, heights: readonly number[]): Promise<readonly number[]> => {
      const samples: number[] = []
      for (const height of heights) {
        await wait(pauseMs)
        const written = await whenWritten(directory, height, () => mineTo(height))
        samples.push(written - (pushedAt.get(height) ?? Number.NaN))
      }
      return samples
    }
    const earlier = await measured(join(home, 'data'), heights.slice(0, -1))
    const recorded = recordRequests()
    const ours = [...earlier, ...(await measured(join(home, 'data'), heights.slice(-1)))]
    const requests = recorded.endFrom(pushedAt.get(heights.at(-1) ?? 0) ?? 0)
    stop.abort()
    await ended

    const bare: (readonly number[])[] = []
    for (const [index, start] of bares.entries()) {
      using _bare = await start({ url: anvil.url, directory: path, pollMs, requests })
      bare.push(
        await measured(
          path,
          heights.map((height) => height + runs * (index + 1)),
        ),
      )
    }
    return { ours, bares: bare }
  } finally {
    await anvil.stop()
    rmSync(path, { recursive: true, force: true })
  }
}

function configOf(path: string, home: string, { url, deployment, pollInterval, isPushed }: WatchedChain): ConfigInput {
  return {
    state: join(path, 'govstream.db'),
    notifier: { handlers: [] },
    chains: [
      {
        name: 'bench',
        rpc: { urls: [url], ...(isPushed && { ws: webSocketOf(url) }) },
        governance: { system: 'governor', address: deployment.governor },
        monitor: { pollInterval },
        scheduler: { minUpgradeDelay: '0s', completion: 'height', maxConcurrentUpgrades: runs, reminders: [] },
        upgradeInfo: { home },
      },
    ],
  }
}

/** Proposes upgrades for these heights and lets them pass. */
async function schedule(client: ChainClient, deployment: Deployment, heights: readonly number[]): Promise<void> {
  const actor = governorActor(client, deployment)
  const ids: bigint[] = []
  for (const [run, height] of heights.entries()) {
    const { target, calldata } = upgradeCall(deployment.registry, { name: `v${run}`, height })
    ids.push(
      await actor.propose({
        description: `# Upgrade ${run}`,
        targets: [target],
        calldatas: [calldata],
        proposer: run % 5,
      }),
    )
  }
  for (const id of ids) for (const voter of [0, 1, 2]) await actor.vote(id, 1, voter)
  await actor.pastDeadline(ids.at(-1) ?? 0n)
}

function rowOf(name: string, ours: readonly number[], bare: readonly number[]): Row {
  const spread = (samples: readonly number[]): string =>
    [0, 0.5, 0.9, 1].map((share) => `${Math.round(quantile(samples, share))}`).join(' / ')
  return {
    name,
    unit: 'ms',
    ours: quantile(ours),
    baseline: quantile(bare),
    ratio: quantile(ours) / quantile(bare),
    details: {
      runs,
      pollMs,
      'least / median / 90 % / most': spread(ours),
      'baseline least / median / 90 % / most': spread(bare),
      samples: ours.map(Math.round),
      baselineSamples: bare.map(Math.round),
    },
  }
}

/** The moment at which the file for `height` can be read, once `mine` was asked for its block. */
async function whenWritten(directory: string, height: number, mine: () => Promise<void>): Promise<number> {
  let written = Number.NaN
  const seen = new Promise<void>((resolve) => {
    const watcher = watch(directory, () => {
      if (!Number.isNaN(written) || heightIn(join(directory, 'upgrade-info.json')) !== height) return
      written = performance.now()
      watcher.close()
      resolve()
    })
  })
  await mine()
  await seen
  return written
}

function heightIn(file: string): number | undefined {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return typeof content === 'object' && content !== null && 'height' in content ? Number(content.height) : undefined
  } catch {
    return undefined
  }
}
