import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import Database from 'libsql'
import { chromium } from 'playwright-core'
import { z } from 'zod'
import { keyOf, type Proposal } from '../src/domain/proposals/proposal.js'
import { openStore } from '../src/store/openStore.js'
import { buildWhereStale } from '../test/process/buildWhereStale.js'
import { browserPath } from '../test/support/browserPath.js'
import { announcement, holding, proposal, queueing, state, turn, upgrade } from '../test/support/storeGiven.js'
import { compare, quantile, type Row } from './measure.js'
import { runNode } from './runNode.js'

const sizes = { proposals: 100_000, audit: 1_000_000, upgrades: 500, notifications: 1_000 }
const listLimit = 50
const pageLimit = 300
const rounds = 25
const program = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const server = fileURLToPath(new URL('listServer.mjs', import.meta.url))
const listSchema = z.object({ items: z.array(z.unknown()), next: z.string().nullable() })

/**
 * Every list over a large state while a monitor works with it, to the most that it may take; what a command takes
 * stands beside a bare Node.
 */
export async function benchLists(): Promise<readonly Row[]> {
  await buildWhereStale()
  const directory = mkdtempSync(join(tmpdir(), 'govstream-bench-'))
  const path = join(directory, 'a.db')
  makeState(path)
  const told = { state: path, chain: 'local', voting: { ...proposal(String(sizes.proposals - 1)), readAt: undefined } }
  const run = spawn(process.execPath, [server], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, GOVSTREAM_BENCH: JSON.stringify(told) },
  })
  try {
    const url = await urlOf(run)
    return [...(await benchRoutes(url)), ...(await benchFirstView(url)), ...(await benchCommands(path))]
  } finally {
    run.stdin.end()
    if (run.exitCode === null) await once(run, 'exit')
    rmSync(directory, { recursive: true, force: true })
  }
}

/** All but the newest are over; one of each thousand is of a rare status, and one of a rare type, deep below. */
function proposalAt(index: number): Proposal {
  const block = BigInt(index)
  const description = 'What it is for. '.repeat(60)
  const isRare = index < sizes.proposals / 2 && index % 1_000 === 0
  const base = {
    description,
    origin: { block, hash: '0x', index: 0 },
    readAt: block,
    type: isRare ? 'community' : 'text',
  } as const
  if (index >= sizes.proposals - 10) return proposal(String(index), base)
  return proposal(String(index), {
    ...base,
    status: isRare ? 'canceled' : 'executed',
    closedAt: { block, timestamp: block },
  })
}

function makeState(path: string): void {
  const store = openStore({ path })
  const proposals = holding(...Array.from({ length: sizes.proposals }, (_, index) => proposalAt(index)))
  const upgrades = queueing(
    ...Array.from({ length: sizes.upgrades }, (_, index) =>
      upgrade(String(index), { status: 'completed', completedAt: BigInt(index), height: index }),
    ),
  )
  const settled = state({ proposals, upgrades, proposalsReadTo: 1_000_000n })
  store.commit(turn({ state: settled }), () => [])
  const announcements = Array.from({ length: sizes.notifications }, (_, index) => announcement(String(index)))
  store.commit(turn({ state: settled, announcements, touched: untouched }), () => ['pager'])
  for (const item of store.due(2_000, sizes.notifications, 'pager')) store.bury(item, 2_000, { reason: '404' })
  store.close()
  const raw = new Database(path)
  raw.exec(`
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${sizes.audit})
    INSERT INTO audit (at, chain, kind, detail) SELECT i, 'local', 'change', json_object(
      'type', 'statusMoved', 'key', 'local/0xc0ffee/' || (i % ${sizes.proposals}), 'from', 'voting', 'to', 'executed',
      'derived', json('false'), 'block', CAST(i AS TEXT), 'title', 'Proposal ' || (i % ${sizes.proposals}) || ' of them'
    ) FROM n;
    PRAGMA wal_checkpoint(TRUNCATE)`)
  raw.close()
}

const untouched = { proposals: [], upgrades: [], sightings: [], announcedIds: [] }
const half = sizes.proposals / 2
const keyAt = (index: number): string => encodeURIComponent(keyOf(proposalAt(index)))
const routes = [
  '/api/v1/chains',
  '/api/v1/proposals',
  `/api/v1/proposals?after=${keyAt(half)}`,
  '/api/v1/proposals?active=true',
  `/api/v1/proposals?active=false&after=${keyAt(half)}`,
  '/api/v1/proposals?status=executed',
  '/api/v1/proposals?status=canceled',
  '/api/v1/proposals?status=expired',
  '/api/v1/proposals?type=community',
  '/api/v1/proposals?status=executed&type=community',
  `/api/v1/proposals?status=executed&type=text&after=${keyAt(half)}`,
  `/api/v1/proposals/${keyAt(half)}`,
  '/api/v1/upgrades',
  '/api/v1/notifications',
  '/api/v1/deliveries',
  '/api/v1/audit',
  `/api/v1/audit?after=${sizes.audit / 2}`,
  '/api/v1/audit?chain=local',
  '/api/v1/silences',
] as const

async function benchRoutes(url: string): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const path of routes) {
    const { status, text } = await fetched(`${url}${path}`)
    if (status !== 200) throw new Error(`${path} answered ${status}: ${text}`)
    const items = path.includes('/proposals/') ? 1 : listSchema.parse(JSON.parse(text)).items.length
    const ms = await medianOf(() => fetched(`${url}${path}`))
    rows.push(rowOf(`GET ${decodeURIComponent(path)}, ${items} items`, ms, listLimit))
  }
  rows.push(rowOf('GET / (the page), to its last byte', await medianOf(() => fetched(`${url}/`)), pageLimit))
  rows.push(rowOf('GET /metrics', await medianOf(() => fetched(`${url}/metrics`)), listLimit))
  return rows
}

/** Measures the time from the request to the first content, in a browser without a cache of the page. */
async function benchFirstView(url: string): Promise<readonly Row[]> {
  if (!existsSync(browserPath)) return []
  const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] })
  try {
    const samples: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
      const page = await context.newPage()
      await page.goto(url)
      samples.push(z.number().parse(await page.evaluate(firstPaint)))
      await context.close()
    }
    return [rowOf('GET / (the page), to its first view in Chromium', quantile(samples), pageLimit)]
  } finally {
    await browser.close()
  }
}

/** Runs within the page. */
const firstPaint = `new Promise((resolve) => {
  const seen = ({ name, startTime }) => name === 'first-contentful-paint' && resolve(startTime)
  new PerformanceObserver((list) => list.getEntries().forEach(seen)).observe({ type: 'paint', buffered: true })
})`

/** Measures whole processes: one page of each list, compared with the start of a bare Node. */
async function benchCommands(path: string): Promise<readonly Row[]> {
  const commands = [
    ['proposals', '--json', '--limit', '100'],
    ['proposals', '--json', '--limit', '100', '--status', 'canceled'],
    ['upgrades', '--json'],
    ['notifications', '--json', '--limit', '100'],
    ['notifications', '--failed', '--json', '--limit', '100'],
    ['audit', '--json', '--limit', '100'],
    ['explain', keyOf(proposalAt(half)), '--json'],
  ] as const
  const [start, ...measured] = await compare(
    5,
    () => runNode([program, '--help']),
    ...commands.map((command) => () => runNode([program, ...command, '--state', path])),
  )
  const baseline = start?.median ?? Number.NaN
  return commands.map((command, at): Row => {
    const { median = Number.NaN, samples = [] } = measured[at] ?? {}
    return {
      name: `${command.join(' ')}, to the start of --help`,
      unit: 'ms',
      ours: median,
      baseline,
      ratio: median / baseline,
      details: { samples },
    }
  })
}

async function medianOf(work: () => Promise<unknown>): Promise<number> {
  const samples: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now()
    await work()
    samples.push(performance.now() - start)
  }
  return quantile(samples)
}

/** Uses a connection of its own, as `curl` does. */
function fetched(url: string): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('error', reject)
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString() }))
    }).on('error', reject)
  })
}

async function urlOf({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('The process has no output.')
  for await (const line of createInterface({ input: stdout }))
    return z.object({ url: z.string() }).parse(JSON.parse(line)).url
  throw new Error('The server ended without a word.')
}

function rowOf(name: string, ours: number, limit: number): Row {
  return {
    name: `${name}, to its limit`,
    unit: 'ms',
    ours,
    baseline: limit,
    ratio: ours / limit,
    goal: 1,
    details: { rounds },
  }
}
