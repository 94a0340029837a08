import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { ConfigInput } from '../src/config/schema.js'
import { buildWhereStale } from '../test/process/buildWhereStale.js'
import type { Row } from './measure.js'

const chains = 200
const intervalSeconds = 5
const warmUpSeconds = 20
const seconds = 60
const limits = { megabytes: 300, percent: 50 }

const placesSchema = z.object({
  evm: z.string(),
  governor: z.string(),
  govBase: z.string(),
  london: z.string(),
  registry: z.string(),
  visor: z.string(),
  hub: z.string(),
})
const measuredSchema = z.object({
  megabytes: z.array(z.number()),
  cpuMs: z.number(),
  wallMs: z.number(),
  good: z.number(),
  failed: z.number(),
  chainsUp: z.number(),
})

/**
 * 200 chains of all five systems in one process, each with a new block and open proposals at every poll: what that
 * process holds in memory and takes of one core. Nodes and servers run in another process.
 */
export async function benchChains(): Promise<readonly Row[]> {
  // What is measured is what is shipped: without the compiler in the process.
  await buildWhereStale()
  const path = mkdtempSync(join(tmpdir(), 'govstream-bench-'))
  const servers = start(['--import', 'tsx', 'chainServers.ts'], String(intervalSeconds))
  try {
    const config = join(path, 'config.json')
    writeFileSync(
      config,
      JSON.stringify(configOver(placesSchema.parse(await firstLine(servers)), join(path, 'govstream.db'))),
    )
    const monitor = start(['chainMonitor.mjs'], config, String(warmUpSeconds), String(seconds))
    const measured = measuredSchema.parse(await firstLine(monitor))
    await ended(monitor)
    const expected = (chains * seconds) / intervalSeconds
    if (measured.chainsUp < chains || measured.failed > 0 || measured.good < expected * 0.8) {
      throw new Error(
        `Of ${chains} chains ${measured.chainsUp} were up; ${measured.good} of ${expected} polls were good, ${measured.failed} failed.`,
      )
    }
    const memory = Math.max(...measured.megabytes)
    const cpu = (measured.cpuMs / measured.wallMs) * 100
    const details = { chains, intervalSeconds, seconds, polls: measured.good, megabytes: measured.megabytes }
    return [
      {
        name: `${chains} chains: resident memory, to its limit`,
        unit: 'MB',
        ours: memory,
        baseline: limits.megabytes,
        ratio: memory / limits.megabytes,
        goal: 1,
        details,
      },
      {
        name: `${chains} chains: share of one core, to its limit`,
        unit: '%',
        ours: cpu,
        baseline: limits.percent,
        ratio: cpu / limits.percent,
        goal: 1,
        details,
      },
    ]
  } finally {
    servers.stdin?.end()
    await ended(servers)
    rmSync(path, { recursive: true, force: true })
  }
}

function configOver(
  { evm, governor, govBase, london, registry, visor, hub }: z.infer<typeof placesSchema>,
  state: string,
): ConfigInput {
  const kinds: readonly Pick<ConfigInput['chains'][number], 'rpc' | 'governance'>[] = [
    { rpc: { urls: [evm] }, governance: { system: 'governor', address: governor } },
    { rpc: { urls: [evm] }, governance: { system: 'gov-base', address: govBase } },
    { rpc: { urls: [london] }, governance: { system: 'wemix', address: registry } },
    { rpc: { urls: [visor] }, governance: { system: 'wemixvisor-rpc' } },
    { rpc: { urls: [hub] }, governance: { system: 'cosmos', rest: [hub] } },
  ]
  const at = (index: number) => kinds[index % kinds.length]!
  return {
    state,
    notifier: { handlers: [] },
    chains: Array.from({ length: chains }, (_, index) => ({
      name: `chain-${index}`,
      ...at(index),
      monitor: { pollInterval: `${intervalSeconds}s` },
    })),
  }
}

function start(script: readonly string[], ...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [...script, ...args], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: ['pipe', 'pipe', 'inherit'],
  })
}

async function firstLine(child: ChildProcess): Promise<unknown> {
  if (child.stdout === null) throw new Error('The process has no output.')
  for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line)
  throw new Error('The process ended without a word.')
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}
