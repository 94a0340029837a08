import { mkdtempSync, rmSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { hostClock, watch, type Watching } from '../../monitor/watching.js'
import { collectGarbage } from '../../support/collectGarbage.js'
import { seeded } from '../../support/seeded.js'
import { corpusFaults } from '../../support/servers/faults/corpusFaults.js'
import { type Fault, httpFaults, rpcFaults } from '../../support/servers/faults/faults.js'
import { startFaultyProxy } from '../../support/servers/faults/startFaultyProxy.js'
import { type TorturedHome, torturedHome } from '../torturedHome.js'
import { type StoryChain, storyChains } from './storyChains.js'

export interface FaultyHourOptions {
  readonly system: keyof typeof storyChains
  /** The same seed gives the same story, and the same fault to the n-th request of a kind. */
  readonly seed: number
  /** Steps of the chain, half a minute apart for the monitor. @defaultValue an hour of them */
  readonly beats?: number
  /** Share of the requests that fail. @defaultValue 0.1 */
  readonly share?: number
  /** Ends it after the current step. */
  readonly signal?: AbortSignal
}

/** The result of a monitor whose node failed all the time, compared with a control whose node did not. */
export interface FaultyHourReport {
  readonly beats: number
  readonly requests: number
  readonly faults: number
  /** Kinds of faults that occurred. */
  readonly kinds: number
  readonly notifications: number
  /** Files of completed upgrades. */
  readonly files: number
  /** Notifications that were never announced, and missing files. */
  readonly lost: number
  /** Notifications that the control did not announce, and those announced twice. */
  readonly repeated: number
  /** Proposals and upgrades with another state, and files with other content or that should not exist. */
  readonly wrong: number
  /** The findings of the three counts, in words. */
  readonly findings: readonly string[]
  /** Growth of the heap over the second half, in MiB. */
  readonly grownMiB: number
}

const beatMs = 30_000
// Back-off and pauses pass in less than ten minutes in all, less than the limit for a stalled chain.
const tryMs = 3_000
const beatsOfAnHour = 120
// A reading without a failed request comes within a few tries.
const triesOfABeat = 200
// What an answer left out is read with the next block.
const triesOfABlock = 10

/** Runs a chain while requests to its node fail at random, and compares what is announced, written and known. */
export async function faultyHour({
  system,
  seed,
  beats = beatsOfAnHour,
  share = 0.1,
  signal,
}: FaultyHourOptions): Promise<FaultyHourReport> {
  const chain = await storyChains[system](seeded(seed))
  const clock = hostClock()
  const now = (): number => clock.scheduler.now()
  const proxy = await startFaultyProxy({ target: chain.url, stranger: chain.stranger, seed, now })
  const path = mkdtempSync(join(tmpdir(), 'govstream-faults-'))
  const [home, quiet] = [torturedHome(join(path, 'faulty'), () => []), torturedHome(join(path, 'quiet'), () => [])]
  await using faulty = watchAt(chain, proxy.url, home, clock)
  await using control = watchAt(chain, chain.url, quiet, clock)
  try {
    const isBehind = (): boolean => toldBy(control).some((id) => !toldBy(faulty).includes(id))
    const poll = (): Promise<unknown> => {
      clock.forward(tryMs)
      return faulty.monitor.sync()
    }
    const catchUp = async (): Promise<void> => {
      for (let tries = 1; isBehind() && tries <= triesOfABeat; tries += 1) {
        if (tries % triesOfABlock === 0 && chain.quietBlock !== undefined) {
          await chain.quietBlock()
          await settle(control)
        }
        await poll()
      }
    }
    // If the time of a block is lost, the time of the host is used.
    clock.forward((await chain.time()) - Date.now())
    // Both have read the chain before anything happens on it, however busy this machine is.
    for (const one of [faulty, control]) while (!(await one.monitor.sync()).every(({ ok }) => ok)) await nextTurn()
    proxy.trouble(share, faultsOf(system))
    let heapHalfway: number | undefined
    let beat = 0
    for (; beat < beats && !isBehind() && signal?.aborted !== true; beat += 1) {
      if (beat === Math.floor(beats / 2)) heapHalfway = heapMiB()
      clock.forward(beatMs)
      await chain.step()
      await settle(control)
      await poll()
      await catchUp()
    }
    // A run that was ended early has no second half.
    const grownMiB = heapHalfway === undefined ? 0 : heapMiB() - heapHalfway
    proxy.heal()
    clock.forward(beatMs)
    await chain.quietBlock?.()
    for (const one of [control, faulty]) await settle(one)
    const troubled = proxy.met.all.filter((name) => name !== 'none')
    return {
      ...{ beats: beat, requests: proxy.met.all.length, faults: troubled.length, kinds: new Set(troubled).size },
      ...compare({ faulty, control, home, quiet }),
      grownMiB,
    }
  } finally {
    for (const one of [home, quiet]) one.close()
    await Promise.all([proxy.stop(), chain.stop()])
    rmSync(path, { recursive: true, force: true })
  }
}

/** A whole poll, and another one for the effects of the answers of the writer. */
async function settle(watching: Watching): Promise<void> {
  await watching.settle()
  await watching.settle()
}

/** The faults of a node, without answers that are well-formed but false. */
function faultsOf(system: keyof typeof storyChains): Readonly<Record<string, Fault>> {
  const { 'wrong chain': wrongChain, ...anywhere } = httpFaults
  const real = corpusFaults()
  // Only on EVM is each answer bound to the chain, by the hash of the block it was queried at.
  if (system === 'governor') return { ...anywhere, 'wrong chain': wrongChain, ...rpcFaults, ...real }
  return system.startsWith('cosmos') ? { ...anywhere, ...real } : { ...anywhere, ...rpcFaults, ...real }
}

function watchAt(
  chain: StoryChain,
  url: string,
  home: TorturedHome,
  { scheduler }: ReturnType<typeof hostClock>,
): Watching {
  const { rpc, scheduler: own, ...rest } = chain.configured(url)
  return watch(
    {
      chains: [
        {
          ...rest,
          rpc: { ...rpc, timeout: '500ms' },
          monitor: { pollInterval: '24h', downAfter: '24h', stallAfter: '24h' },
          scheduler: { minUpgradeDelay: '0s', completion: 'height', reminders: [], ...own },
          upgradeInfo: { home: home.path, when: 'at-height', profile: 'portable' },
        },
      ],
    },
    { scheduler },
  )
}

const ofHealth = ['source_down', 'source_recovered', 'endpoints_disagree']

/** Ids of the notifications, without those of the health and of unconfirmed plans, which are true during faults. */
function toldBy({ notifications }: Watching): readonly string[] {
  return notifications()
    .filter(({ event, id }) => !ofHealth.includes(event) && !id.endsWith('.write'))
    .map(({ id }) => id)
}

interface Ends {
  readonly faulty: Watching
  readonly control: Watching
  readonly home: TorturedHome
  readonly quiet: TorturedHome
}

type Compared = Pick<FaultyHourReport, 'notifications' | 'files' | 'lost' | 'repeated' | 'wrong' | 'findings'>

function compare({ faulty, control, home, quiet }: Ends): Compared {
  const [came, expected] = [toldBy(faulty), toldBy(control)]
  const [is, should] = [home.files(), quiet.files()]
  const [known, right] = [stateOf(faulty), stateOf(control)]
  const keys = [...new Set([...known.keys(), ...right.keys()])]
  const lost = [
    ...expected.filter((id) => !came.includes(id)),
    ...Object.keys(should).filter((file) => is[file] === undefined),
  ]
  const repeated = came.filter((id, at) => !expected.includes(id) || came.indexOf(id) !== at)
  const wrong = [
    ...Object.entries(is)
      .filter(([file, text]) => should[file] !== text)
      .map(([file, text]) => `${file} holds ${text}`),
    ...keys
      .filter((key) => known.get(key) !== right.get(key))
      .map((key) => `${key} is ${known.get(key) ?? 'unknown'}, not ${right.get(key) ?? 'known'}`),
  ]
  return {
    ...{ notifications: expected.length, files: Object.keys(should).length },
    ...{ lost: lost.length, repeated: repeated.length, wrong: wrong.length },
    findings: [
      ...lost.map((one) => `lost: ${one}`),
      ...repeated.map((one) => `told only here, or twice: ${one}`),
      ...wrong.map((one) => `wrong: ${one}`),
    ],
  }
}

/** The state of each proposal and upgrade as text by its key, without the time of reading. */
function stateOf({ monitor }: Watching): ReadonlyMap<string, string> {
  const proposals = monitor
    .find()
    .map(
      ({ contract, id, status, tally, finding }) =>
        [`proposal ${contract} ${id}`, inspect({ status, tally, finding }, { depth: null })] as const,
    )
  const upgrades = monitor
    .snapshot()
    .upgrades.map(
      ({ contract, proposalId, status, name, height }) =>
        [`upgrade ${contract} ${proposalId}`, inspect({ status, name, height })] as const,
    )
  return new Map([...proposals, ...upgrades])
}

function heapMiB(): number {
  collectGarbage()
  return Math.round(process.memoryUsage().heapUsed / 2 ** 20)
}
