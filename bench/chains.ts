import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { z } from 'zod'
import type { ConfigInput } from '../src/config/schema.js'
import { buildWhereStale } from '../test/process/buildWhereStale.js'
import type { Row } from './measure.js'

/** The first reading of each chain is over by then; what comes after three minutes costs the same, measured. */
const warmUpSeconds = 20
const seconds = 60

/** How many chains are polled how often, and what they may take. */
interface Load {
  readonly chains: number
  readonly intervalSeconds: number
  readonly megabytes: number
  readonly percent: number
}

const placesSchema = z.object({
  evm: z.string(),
  governor: z.string(),
  govBase: z.string(),
  london: z.string(),
  registry: z.string(),
  visor: z.string(),
  hub: z.string(),
})
const measuredSchema = z.object({ megabytes: z.array(z.number()), cpuMs: z.number(), wallMs: z.number() })
const bareSchema = z.object({ cpuMs: z.number(), wallMs: z.number(), requests: z.number() })
const statusSchema = z.array(z.object({ health: z.string(), errorRate: z.number(), problem: z.string().nullable() }))
/** Maximum share of failed polls in a valid measurement, because a busy machine fails a poll now and then. */
const mostFailed = 0.02
const cli = '../dist/cli/main.js'
const here = fileURLToPath(new URL('.', import.meta.url))
const runFile = promisify(execFile)

/** 200 chains, every five seconds, compared with a loop that only sends the same requests and parses the answers. */
export function benchChains(): Promise<readonly Row[]> {
  return underLoad({ chains: 200, intervalSeconds: 5, megabytes: 150, percent: 15 })
}

/** 1,000 chains, every ten seconds. */
export function benchManyChains(): Promise<readonly Row[]> {
  return underLoad({ chains: 1_000, intervalSeconds: 10, megabytes: 400, percent: 50 })
}

/**
 * Polls chains of all five systems in one process, each with new blocks and open proposals at every poll, and measures
 * the memory and the CPU share of that process. Nodes and servers run in another process. Then bare loops over undici
 * and viem send the requests of one interval on the same schedule.
 */
async function underLoad(load: Load): Promise<readonly Row[]> {
  const { chains, intervalSeconds } = load
  // Measures the built program, without the compiler in the process.
  await buildWhereStale()
  const path = mkdtempSync(join(tmpdir(), 'govstream-bench-'))
  const servers = start(['--import', 'tsx', 'chainServers.ts'], [String(intervalSeconds)])
  try {
    const [config, requests] = [join(path, 'config.json'), join(path, 'requests.json')]
    const places = placesSchema.parse(await firstLine(servers))
    writeFileSync(config, JSON.stringify(configOver(places, load, join(path, 'govstream.db'))))
    const times = { warmUp: warmUpSeconds, seconds, interval: intervalSeconds, recordTo: requests }
    const run = start(['--import', './measureRun.mjs', cli, 'run', '--config', config], [], times)
    const monitor = measuredSchema.parse(await firstLine(run))
    await ended(run)
    requireUp(
      statusSchema.parse(
        JSON.parse(
          (await runFile(process.execPath, [cli, 'status', '--json', '--config', config], { cwd: here })).stdout,
        ),
      ),
      chains,
    )
    const bareBy = async (library: string): Promise<z.infer<typeof bareSchema>> =>
      bareSchema.parse(
        await saidBy(['bareLoop.mjs'], library, requests, ...[warmUpSeconds, seconds, intervalSeconds].map(String)),
      )
    return rowsOf(load, monitor, { undici: await bareBy('undici'), viem: await bareBy('viem') })
  } finally {
    servers.stdin?.end()
    await ended(servers)
    rmSync(path, { recursive: true, force: true })
  }
}

/** Fails if chains are down, because a chain that is not read costs nothing. */
function requireUp(found: z.infer<typeof statusSchema>, chains: number): void {
  const up = found.filter(({ health }) => health === 'up').length
  const failed = found.reduce((sum, { errorRate }) => sum + errorRate, 0) / chains
  if (up === chains && failed <= mostFailed) return
  const problem = found.find((one) => one.problem !== null)?.problem ?? 'nothing says why'
  throw new Error(
    `Of ${chains} chains ${up} were up, and ${(failed * 100).toFixed(1)} % of the polls failed: ${problem}`,
  )
}

function rowsOf(
  { chains, intervalSeconds, megabytes, percent }: Load,
  monitor: z.infer<typeof measuredSchema>,
  bare: Readonly<Record<'undici' | 'viem', z.infer<typeof bareSchema>>>,
): readonly Row[] {
  const name = `${chains.toLocaleString('en')} chains, every ${intervalSeconds} s`
  const memory = Math.max(...monitor.megabytes)
  const shareOf = ({ cpuMs, wallMs }: { readonly cpuMs: number; readonly wallMs: number }): number =>
    (cpuMs / wallMs) * 100
  const ours = shareOf(monitor)
  const details = {
    requestsASecond: bare.undici.requests / (bare.undici.wallMs / 1000),
    megabytes: monitor.megabytes,
  }
  const beside = (library: 'undici' | 'viem'): Omit<Row, 'goal'> => ({
    name: `${name}: CPU, to a bare ${library} loop`,
    unit: '%',
    ours,
    baseline: shareOf(bare[library]),
    ratio: ours / shareOf(bare[library]),
    details,
  })
  return [
    {
      name: `${name}: resident memory, to its limit`,
      unit: 'MB',
      ours: memory,
      baseline: megabytes,
      ratio: memory / megabytes,
      goal: 1,
      details,
    },
    {
      name: `${name}: share of a core, to its limit`,
      unit: '%',
      ours,
      baseline: percent,
      ratio: ours / percent,
      goal: 1,
      details,
    },
    { ...beside('undici'), goal: 2 },
    beside('viem'),
  ]
}

function configOver(
  { evm, governor, govBase, london, registry, visor, hub }: z.infer<typeof placesSchema>,
  { chains, intervalSeconds }: Load,
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
    log: { level: 'error' },
    notifier: { handlers: [] },
    chains: Array.from({ length: chains }, (_, index) => ({
      name: `chain-${index}`,
      ...at(index),
      monitor: { pollInterval: `${intervalSeconds}s` },
    })),
  }
}

async function saidBy(script: readonly string[], ...args: readonly string[]): Promise<unknown> {
  const child = start(script, args)
  const said = await firstLine(child)
  await ended(child)
  return said
}

function start(script: readonly string[], args: readonly string[] = [], told: object = {}): ChildProcess {
  return spawn(process.execPath, [...script, ...args], {
    cwd: here,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, GOVSTREAM_BENCH: JSON.stringify(told) },
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
