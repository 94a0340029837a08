import { createHttpClient } from '../src/transport/createHttpClient.js'
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { takeWhile, lastValueFrom } from 'rxjs'
import { createPublicClient, decodeEventLog, http } from 'viem'
import { governorEvents } from '../src/sources/governance/governor/abi.js'
import { describeProposal } from '../src/domain/proposals/describeProposal.js'
import { createMonitor } from '../src/monitor.js'
import { createReader } from '../src/sources/createReader.js'
import { pollProposals } from '../src/sources/pollProposals.js'
import { createEvmEndpoints } from '../src/sources/rpc/createEvmEndpoints.js'
import { compare, type Row } from './measure.js'

const logCount = 20_000
const blockCount = 200_000
const window = 10_000
const address = '0x00000000000000000000000000000000000000A1'

/** A first sync of a long history, against a bare loop that fetches and decodes the same logs in the same windows. */
export async function benchColdSync(): Promise<readonly Row[]> {
  const node = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('logServer.ts', import.meta.url)), String(logCount), String(blockCount)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  try {
    const url = (await new Promise<string>((resolve) => node.stdout.setEncoding('utf8').once('data', resolve))).trim()
    const [bare, reader, whole] = await compare(
      7,
      () => syncBare(url),
      () => syncReader(url),
      () => syncMonitor(url),
    )
    const baseline = bare?.median ?? Number.NaN
    const row = (name: string, measured: typeof bare): Row => {
      const ours = measured?.median ?? Number.NaN
      return {
        name,
        unit: 'ms',
        ours,
        baseline,
        ratio: ours / baseline,
        goal: 1.25,
        details: {
          logs: logCount,
          blocks: blockCount,
          window,
          samples: measured?.samples ?? [],
          baselineSamples: bare?.samples ?? [],
        },
      }
    }
    return [row('cold sync: pollProposals', reader), row('cold sync: whole monitor, SQLite in memory', whole)]
  } finally {
    node.kill()
  }
}

async function syncBare(url: string): Promise<void> {
  const client = createPublicClient({ transport: http(url, { batch: true, retryCount: 0 }), cacheTime: 0 })
  const head = await client.getBlockNumber()
  const proposals = new Map<bigint, string>()
  let count = 0
  for (let from = 0n; from <= head; from += BigInt(window)) {
    const end = from + BigInt(window) - 1n
    const logs = await client.getLogs({ address, fromBlock: from, toBlock: end < head ? end : head })
    for (const log of logs) {
      const { eventName, args } = decodeEventLog({ abi: governorEvents, data: log.data, topics: log.topics })
      count += 1
      if (eventName === 'ProposalCreated') proposals.set(args.proposalId, args.description)
    }
  }
  if (count !== logCount || proposals.size !== logCount / 20)
    throw new Error(`The bare loop saw ${count} logs and ${proposals.size} proposals.`)
}

async function syncReader(url: string): Promise<void> {
  const reader = createReader({
    system: 'governor',
    chain: 'bench',
    endpoints: createEvmEndpoints({ urls: [url], timeoutMs: 30_000, http: createHttpClient() }),
    addresses: [address],
    fromBlock: 0n,
    finality: 'latest',
    maxLogRange: window,
    describe: (raw) => describeProposal(raw, []),
    now: () => Date.now(),
  })
  let seen = 0
  const reading$ = pollProposals({ reader, periodMs: 1_000, now: () => Date.now() })
  const last = await lastValueFrom(
    reading$.pipe(
      takeWhile((reading) => {
        if (!reading.ok) throw new Error(reading.failure.message)
        seen += reading.proposals.length
        return reading.backlog > 0n
      }, true),
    ),
    { defaultValue: undefined },
  )
  if (last?.ok !== true || seen < logCount / 20) throw new Error(`The reader saw ${seen} proposals.`)
}

async function syncMonitor(url: string): Promise<void> {
  const monitor = createMonitor({
    state: ':memory:',
    proposals: { maxAge: '9999d' },
    notifier: { handlers: [] },
    chains: [{ name: 'bench', rpc: { urls: [url], maxLogRange: window }, governance: { system: 'governor', address } }],
  })
  let seen = 0
  const counting = monitor.proposals$.subscribe(({ proposals }) => (seen = proposals.size))
  const [result] = await monitor.sync()
  counting.unsubscribe()
  if (result?.ok !== true || seen !== logCount / 20) throw new Error(`The monitor knows ${seen} proposals.`)
}
