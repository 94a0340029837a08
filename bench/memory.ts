import { type OperatorFunction, type SchedulerLike, VirtualTimeScheduler } from 'rxjs'
import type { Proposal } from '../src/domain/proposals/proposal.js'
import type { GoodReading, Reading } from '../src/domain/reading.js'
import type { GovernanceReader } from '../src/sources/governance/GovernanceReader.js'
import { pollProposals } from '../src/sources/pollProposals.js'
import { newChain } from '../src/domain/newChain.js'
import { pipeStages, stagesOf } from '../src/streams/pipeStages.js'
import { watchChain } from '../src/streams/watchChain.js'
import type { Row } from './measure.js'

const polls = 1_000_000
// Enough to show what the source alone holds: it keeps less than the streams do.
const barePolls = 100_000
const periodMs = 30_000
const marks = [0.1, 0.5, 1]
const chain = 'bench'
const contract = '0x00000000000000000000000000000000000000A1'
// A proposal comes every eight hours and is voted on for as long; what is over is kept for a month.
const life = 1_000

/** Runs a year of polls: the heap must not grow. The baseline is the same source without the streams behind it. */
export async function benchMemory(): Promise<readonly Row[]> {
  const watched = await heapOver(polls, (reading$) =>
    reading$.pipe(
      watchChain(newChain(chain, 0), pipeStages(stagesOf()), {
        execute: ({ due }) => due.map(({ key }) => ({ result: 'written', key })),
      }),
    ),
  )
  const bare = await heapOver(barePolls, (reading$) => reading$)
  const growth = (heaps: readonly number[]): number => (heaps.at(-1) ?? 0) / (heaps[0] ?? 1)
  return [
    {
      name: 'heap after 1,000,000 polls',
      unit: 'MB',
      ours: watched.at(-1) ?? 0,
      baseline: bare.at(-1) ?? 0,
      ratio: (watched.at(-1) ?? 0) / (bare.at(-1) ?? 1),
      details: { polls, barePolls, periodMs, marks, heaps: watched, growth: growth(watched), baselineHeaps: bare },
    },
    {
      name: 'heap at 100 % of the polls, to that at 10 %',
      unit: 'MB',
      ours: watched.at(-1) ?? 0,
      baseline: watched[0] ?? 0,
      ratio: growth(watched),
      goal: 1.1,
      details: { heaps: watched },
    },
  ]
}

/** Heap in megabytes after a garbage collection, at each mark. */
async function heapOver(count: number, work: OperatorFunction<Reading, unknown>): Promise<readonly number[]> {
  const { gc } = globalThis
  if (gc === undefined) throw new Error('Start with --expose-gc: npm run bench does.')
  const scheduler = new VirtualTimeScheduler()
  const reader = fakeReader(scheduler)
  const heaps: number[] = []
  const subscription = work(pollProposals({ reader, periodMs, now: () => scheduler.now(), scheduler })).subscribe()
  for (let poll = 1; poll <= count; poll += 1) {
    // The reader answers with a promise, so microtasks must run before the next timer is due.
    await Promise.resolve()
    await Promise.resolve()
    await Promise.resolve()
    scheduler.flush()
    if (!marks.includes(poll / count)) continue
    gc()
    heaps.push(Math.round((process.memoryUsage().heapUsed / 1_048_576) * 100) / 100)
  }
  subscription.unsubscribe()
  if (reader.reads() < count * 0.99) throw new Error(`Only ${reader.reads()} polls were made.`)
  return heaps
}

function fakeReader(scheduler: SchedulerLike): GovernanceReader & { readonly reads: () => number } {
  let reads = 0
  const unused = (): Promise<never> => Promise.reject(new Error('Not used.'))
  return {
    chain,
    system: 'governor',
    reads: () => reads,
    read() {
      const at = reads
      reads += 1
      const reading = readingAt(at, scheduler.now())
      return Promise.resolve(reading)
    },
    readBlock: unused,
    readProposal: unused,
    readProposals: unused,
    readParameters: unused,
    readMembers: unused,
    check: unused,
  }
}

function readingAt(at: number, readAt: number): GoodReading {
  const head = {
    number: BigInt(at),
    hash: `0x${at.toString(16)}`,
    parentHash: `0x${(at - 1).toString(16)}`,
    timestamp: 1_700_000_000n + BigInt(at) * 30n,
  }
  const born = Math.floor(at / life)
  const age = at % life
  const proposal: Proposal = {
    chain,
    contract,
    id: String(born),
    system: 'governor',
    title: `Proposal ${born}`,
    description: `# Proposal ${born}`,
    type: 'upgrade',
    status: age === 0 ? 'submitted' : age < life - 100 ? 'voting' : age < life - 50 ? 'passed' : 'executed',
    derived: false,
    actions: [],
    clock: 'block',
    votingStart: BigInt(born * life),
    votingEnd: BigInt((born + 1) * life - 100),
    origin: { block: BigInt(born * life), hash: `0x${born}`, index: 0 },
    readAt: head.number,
    tally: { yes: BigInt(age), no: 0n, abstain: 0n, unit: 'votes', quorum: 500n, quorumReached: age >= 500 },
    finding: { plan: { name: `v${born}`, height: (born + 1) * life - 20 }, origin: 'fenced-block', problems: [] },
  }
  return {
    ok: true,
    chain,
    readAt,
    head,
    at: head,
    retracted: [],
    backlog: 0n,
    cursor: at,
    warnings: [],
    proposals: [proposal],
    votes:
      age < life - 100
        ? [{ ...keyed(proposal), voter: '0xb0b', choice: 'yes', weight: 1n, reason: '', block: head.number, index: 0 }]
        : [],
  }
}

function keyed({ id }: Proposal): { readonly chain: string; readonly contract: string; readonly id: string } {
  return { chain, contract, id }
}
