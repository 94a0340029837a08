import { mkdirSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { filter, firstValueFrom } from 'rxjs'
import { chainClient } from '../src/localChain/chainClient.js'
import { deployGovernor } from '../src/localChain/deployGovernor.js'
import { governorActor } from '../src/localChain/governorActor.js'
import { startAnvil } from '../src/localChain/startAnvil.js'
import { upgradeCall } from '../src/localChain/upgradeCall.js'
import { createMonitor } from '../src/monitor.js'
import { quantile, type Row } from './measure.js'

const runs = 20
const pollMs = 100

/**
 * From a mined block to upgrade-info.json on the disk, against a bare loop that asks for the height and writes a file.
 */
export async function benchLatency(): Promise<readonly Row[]> {
  const anvil = await startAnvil()
  const path = mkdtempSync(join(tmpdir(), 'govstream-bench-'))
  try {
    const client = chainClient(anvil.url)
    const deployment = await deployGovernor(client, { votingDelay: 1, votingPeriod: 120, quorum: 300n })
    const actor = governorActor(client, deployment)
    const first = Number(await client.getBlockNumber()) + 250
    const heights = Array.from({ length: runs }, (_, run) => first + run * 5)
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
          rpc: { urls: [anvil.url] },
          governance: { system: 'governor', address: deployment.governor },
          monitor: { pollInterval: `${pollMs}ms` },
          scheduler: { minUpgradeDelay: '0s', completion: 'height', maxConcurrentUpgrades: runs, reminders: [] },
          upgradeInfo: { home },
        },
      ],
    })
    const stop = new AbortController()
    const ended = monitor.run({ signal: stop.signal })
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
    await firstValueFrom(
      monitor.upgrades$.pipe(
        filter(({ upgrades }) => upgrades.filter(({ status }) => status === 'scheduled').length === runs),
      ),
      { defaultValue: undefined },
    )

    const ours: number[] = []
    for (const height of heights) ours.push(await untilWritten(join(home, 'data'), height, () => mineTo(height)))
    stop.abort()
    await ended

    const bare: number[] = []
    using _loop = bareLoop(() => client.getBlockNumber({ cacheTime: 0 }), path)
    for (const height of heights.map((one) => one + runs * 5))
      bare.push(await untilWritten(path, height, () => mineTo(height)))

    const spread = (samples: readonly number[]): string =>
      [0, 0.5, 0.9, 1].map((share) => `${Math.round(quantile(samples, share))}`).join(' / ')
    return [
      {
        name: `mined block to file, polled every ${pollMs} ms (median)`,
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
      },
    ]
  } finally {
    await anvil.stop()
    rmSync(path, { recursive: true, force: true })
  }
}

/** Milliseconds from the answer of `mine` to the moment the file for `height` can be read. */
async function untilWritten(directory: string, height: number, mine: () => Promise<void>): Promise<number> {
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
  const mined = performance.now()
  await seen
  return Math.max(0, written - mined)
}

function heightIn(file: string): number | undefined {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return typeof content === 'object' && content !== null && 'height' in content ? Number(content.height) : undefined
  } catch {
    return undefined
  }
}

/**
 * Asks for the height, writes a file with it, and again, until it is disposed of: no proposals, no queue, nothing
 * durable.
 */
function bareLoop(readHeight: () => Promise<bigint>, directory: string): Disposable {
  let running = true
  let last = 0n
  const turn = async (): Promise<void> => {
    const height = await readHeight().catch(() => undefined)
    // Stopped, or the node is gone with the bench.
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
