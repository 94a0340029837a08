import {
  closeSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { filter, firstValueFrom } from 'rxjs'
import { createPublicClient, webSocket } from 'viem'
import { z } from 'zod'
import { type ChainClient, chainClient } from '../src/localChain/chainClient.js'
import { type Deployment, deployGovernor } from '../src/localChain/deployGovernor.js'
import { governorActor } from '../src/localChain/governorActor.js'
import { startAnvil } from '../src/localChain/startAnvil.js'
import { upgradeCall } from '../src/localChain/upgradeCall.js'
import { createMonitor } from '../src/monitor.js'
import { quantile, type Row } from './measure.js'

const runs = 20
const pollMs = 100
const headSchema = z.object({ result: z.object({ number: z.string() }) })

/**
 * Measures the time from a new block to upgrade-info.json on the disk: with polling, compared with a bare loop that
 * asks for the height and writes a file; and with pushed heads, compared with a bare handler of `newHeads` that sends
 * no request and writes its file as durably.
 */
export async function benchLatency(): Promise<readonly Row[]> {
  const polled = await measure({ pollInterval: `${pollMs}ms`, startBare: pollingLoop })
  const pushed = await measure({ pollInterval: '1h', isPushed: true, startBare: pushHandler, pauseMs: 1_100 })
  return [
    rowOf(`new block to file, polled every ${pollMs} ms (median)`, polled),
    { ...rowOf('new block to file, pushed (median)', pushed), goal: 1.5 },
  ]
}

/** Writes a file for each new height into the directory, until it is disposed of. */
type Bare = (url: string, directory: string) => Disposable | Promise<Disposable>
interface Measured {
  readonly ours: readonly number[]
  readonly bare: readonly number[]
}

interface Way {
  readonly pollInterval: string
  readonly isPushed?: boolean
  readonly startBare: Bare
  /** Before each block: pushes wake a poll a second in the long run. @defaultValue none */
  readonly pauseMs?: number
}

async function measure({ pollInterval, isPushed = false, startBare, pauseMs = 0 }: Way): Promise<Measured> {
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
    const monitor = createMonitor({
      state: join(path, 'govstream.db'),
      notifier: { handlers: [] },
      chains: [
        {
          name: 'bench',
          rpc: { urls: [anvil.url], ...(isPushed && { ws: webSocketOf(anvil.url) }) },
          governance: { system: 'governor', address: deployment.governor },
          monitor: { pollInterval },
          scheduler: { minUpgradeDelay: '0s', completion: 'height', maxConcurrentUpgrades: runs, reminders: [] },
          upgradeInfo: { home },
        },
      ],
    })
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
    const ours = await measured(join(home, 'data'), heights)
    stop.abort()
    await ended

    using _bare = await startBare(anvil.url, path)
    const bare = await measured(
      path,
      heights.map((height) => height + runs),
    )
    return { ours, bare }
  } finally {
    await anvil.stop()
    rmSync(path, { recursive: true, force: true })
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

function rowOf(name: string, { ours, bare }: Measured): Row {
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

/** Asks for the height and writes a file with it, in a loop: no proposals, no queue, no durable write. */
function pollingLoop(url: string, directory: string): Disposable {
  const client = chainClient(url)
  let running = true
  let last = 0n
  const turn = async (): Promise<void> => {
    const height = await client.getBlockNumber({ cacheTime: 0 }).catch(() => undefined)
    // The loop was stopped, or the node has ended with the bench.
    if (!running || height === undefined) return
    if (height !== last) writeFileSync(join(directory, 'upgrade-info.json'), JSON.stringify({ height: Number(height) }))
    last = height
    setTimeout(() => void turn(), pollMs)
  }
  void turn()
  return {
    [Symbol.dispose]() {
      running = false
    },
  }
}

/** Writes a file at each pushed head: a temporary file, fsync, rename, and fsync of the directory. */
async function pushHandler(url: string, directory: string): Promise<Disposable> {
  const file = join(directory, 'upgrade-info.json')
  return onHeads(url, (height) => {
    writeFileSync(`${file}.tmp`, JSON.stringify({ height }), { flush: true })
    renameSync(`${file}.tmp`, file)
    const opened = openSync(directory, 'r')
    fsyncSync(opened)
    closeSync(opened)
  })
}

/** Calls with the height of each head that the node pushes, until it is disposed of. */
async function onHeads(url: string, onHead: (height: number) => void): Promise<Disposable> {
  const transport = webSocket(webSocketOf(url), { keepAlive: false, reconnect: false })
  const client = createPublicClient({ transport })
  await client.transport.subscribe({
    params: ['newHeads'],
    onData: (pushed) => onHead(Number(headSchema.parse(pushed).result.number)),
  })
  const socket = await client.transport.getRpcClient()
  return { [Symbol.dispose]: () => socket.close() }
}

function webSocketOf(url: string): string {
  return url.replace(/^http/, 'ws')
}
