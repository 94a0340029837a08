import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseConfig } from '../../src/config/parseConfig.js'
import type { ChainState } from '../../src/domain/chainState.js'
import type { Notification } from '../../src/domain/notifications/notification.js'
import { openStore } from '../../src/store/openStore.js'
import type { HttpClient } from '../../src/transport/HttpClient.js'
import { RequestError } from '../../src/transport/RequestError.js'
import { scratch } from '../support/scratch.js'
import { seeded } from '../support/seeded.js'
import { runMonitor } from './runMonitor.js'
import { beginning, blockAt, type Phase, type Story, type System, timeOfBlock } from './story.js'
import { virtualTime } from './virtualTime.js'

/** What the monitor did, each with the newest block of the chain at that time. */
export interface Played {
  readonly told: readonly { readonly block: number; readonly notification: Notification }[]
  /** The content of the upgrade file whenever it changed; empty if it was removed. */
  readonly files: readonly { readonly block: number; readonly text: string }[]
  readonly state: ChainState
  /** The newest block at the end. */
  readonly last: number
}

// How often the file is looked at, in milliseconds.
const lookEvery = 2_000

/** Lets a monitor watch the nodes of a story, from its first to its last phase, in virtual time. */
export async function playStory<Truth, Lie>(system: System<Truth, Lie>, story: Story<Truth, Lie>): Promise<Played> {
  using time = virtualTime(beginning)
  using place = scratch()
  mkdirSync(join(place.home, 'data'))
  const chain = growing(system, story)
  const nodes = nodesOf(system, story, chain)
  const config = parseConfig(configOf(system, story, { urls: nodes.urls, home: place.home }))
  const store = openStore({ path: ':memory:', now: Date.now })
  const told: Played['told'][number][] = []
  const files: Played['files'][number][] = []
  const failures: unknown[] = []
  let state: ChainState | undefined
  const start = (): (() => void) =>
    runMonitor(config, {
      http: nodes.http,
      store,
      random: seeded(story.setting.seed),
      onSeed: (seed) => (state = seed),
      onTurn(turn) {
        state = turn.state
        for (const { notification } of turn.announcements) told.push({ block: chain.newest(), notification })
      },
      onError: (cause) => void failures.push(cause),
    })
  const look = (): void => {
    const text = contentIn(place.home)
    if (text !== (files.at(-1)?.text ?? '')) files.push({ block: chain.newest(), text })
  }
  let stop: (() => void) | undefined
  for (const phase of story.phases) {
    if (phase.monitor !== 'runs') {
      stop?.()
      stop = undefined
    }
    nodes.enter(phase)
    if (phase.monitor !== 'stopped') stop ??= start()
    for (let left = phase.seconds * 1_000; left > 0; left -= lookEvery) {
      const passing = Math.min(left, lookEvery)
      chain.pass(passing, files.at(-1)?.text ?? '')
      await time.passTo(Date.now() + passing)
      look()
      if (failures.length > 0) throw failures[0]
    }
  }
  stop?.()
  await time.passTo(Date.now() + 1)
  store.close()
  if (state === undefined) throw new Error('The monitor never ran.')
  return { told, files, state, last: chain.newest() }
}

interface GrowingChain {
  readonly newest: () => number
  readonly isWaiting: () => boolean
  /** Called before time passes, with the content of the upgrade file: a chain that waits for a plan does not grow. */
  readonly pass: (milliseconds: number, file: string) => void
}

function growing<Truth, Lie>({ waitsFor }: System<Truth, Lie>, { truth, setting }: Story<Truth, Lie>): GrowingChain {
  let waitedMs = 0
  let content = ''
  let highest = 0
  // The wait is counted before it is over, and the block that is waited for has begun already.
  const newest = (): number => (highest = Math.max(highest, blockAt(setting, Date.now() - waitedMs)))
  const isWaiting = (): boolean => {
    const awaited = waitsFor?.(truth, newest())
    return awaited !== undefined && !content.includes(`"${awaited.name}"`)
  }
  return {
    newest,
    isWaiting,
    pass(milliseconds, file) {
      content = file
      if (isWaiting()) waitedMs += milliseconds
    },
  }
}

/** The nodes of a story, which answer according to the phase that was entered last. */
function nodesOf<Truth, Lie>(
  { answer }: System<Truth, Lie>,
  { truth, setting, phases }: Story<Truth, Lie>,
  { newest, isWaiting }: GrowingChain,
): { readonly urls: readonly string[]; readonly http: HttpClient; readonly enter: (phase: Phase<Lie>) => void } {
  const random = seeded(setting.seed)
  let moods = phases[0]?.nodes ?? []
  let newestAtEntry = newest()
  return {
    urls: moods.map((_, index) => `http://node${index}.test:1`),
    enter({ nodes }) {
      moods = nodes
      newestAtEntry = newest()
    },
    http: {
      async request(request) {
        const mood = moods[Number(/^node(\d)/.exec(request.url.host)?.[1])]
        await Promise.resolve()
        if (request.signal.aborted) throw new RequestError('stopped', 'was not asked.')
        if (mood === undefined || mood.isDown === true || (mood.failsOften === true && random() < 0.2))
          throw new RequestError('unreachable', 'cannot be reached.')
        const real = (mood.isHalted === true ? newestAtEntry : newest()) - mood.lag
        const timeOf = (block: number): number => timeOfBlock(setting, block)
        const {
          status,
          body,
          headers = {},
        } = answer(
          { truth, mood, real, head: real + (mood.leap ?? 0), isWaiting: isWaiting() && real === newest(), timeOf },
          request,
        )
        return { status, header: (name) => headers[name.toLowerCase()], text: JSON.stringify(body) }
      },
    },
  }
}

function configOf<Truth, Lie>(
  { chain, profile, onlyTells }: System<Truth, Lie>,
  { truth, setting: { agreement, pollSeconds, when } }: Story<Truth, Lie>,
  { urls, home }: { readonly urls: readonly string[]; readonly home: string },
): object {
  const { rpc, ...rest } = chain(urls, truth)
  return {
    state: ':memory:',
    notifier: { handlers: [] },
    chains: [
      {
        name: 'model',
        rpc: { urls, agreement, ...rpc },
        ...rest,
        monitor: { pollInterval: `${pollSeconds}s` },
        scheduler: { minUpgradeDelay: '0s', completion: 'height', reminders: [], maxConcurrentUpgrades: 10 },
        upgradeInfo: { home, profile, ...(onlyTells !== true && { when }) },
      },
    ],
  }
}

/** The upgrade file of a home, wherever its process manager wants it; empty if there is none. */
function contentIn(home: string): string {
  const path = ['data/upgrade-info.json', 'upgrade-info.json'].map((name) => join(home, name)).find(existsSync)
  return path === undefined ? '' : readFileSync(path, 'utf8')
}
