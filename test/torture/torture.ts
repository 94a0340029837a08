import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { ConfigInput } from '../../src/config/schema.js'
import { watch, type Watching } from '../monitor/watching.js'
import { ask, type Program, start } from '../process/program.js'
import { seeded } from '../support/seeded.js'
import { startWemixvisorServer, type WemixvisorServer } from '../support/servers/wemixvisorServer.js'
import { type Receiver, repeatedByOneLife, startReceiver } from './receiver.js'
import { type Story, tellStory } from './story.js'
import { differencesBetween, type TorturedHome, torturedHome } from './torturedHome.js'

export interface TortureOptions {
  /** The same seed gives the same stories and kills, but not the exact time at which the kernel delivers a signal. */
  readonly seed: number
  /** At least this many; the current step of the stories is still completed. */
  readonly kills: number
  /** @defaultValue 3 */
  readonly chains?: number
  readonly signal?: AbortSignal
}

/** The result of a program that was killed repeatedly, compared with a control. All after `files` must be 0. */
export interface TortureReport {
  readonly kills: number
  /** Of these, just before an operation on the file and its directory. */
  readonly atOperations: number
  readonly notifications: number
  /** Files of completed upgrades. */
  readonly files: number
  /** Notifications that were never delivered, and missing files. */
  readonly lost: number
  /** Notifications that the control did not announce, and those that one life of the program delivered twice. */
  readonly repeated: number
  /** Times at which the file was incomplete, and files that should have been removed. */
  readonly torn: number
  /** Times at which the file held a plan that was not allowed, and files with other content at the end. */
  readonly wrong: number
}

/**
 * Runs the program on chains with upgrades, and kills it at all kinds of moments, while a control that is never killed
 * watches the same chains. Compares what they announced and wrote.
 */
export async function torture({ seed, kills, chains = 3, signal }: TortureOptions): Promise<TortureReport> {
  await using world = await openWorld(seed, chains)
  const { random, stories, control } = world
  const count = { kills: 0, atOperations: 0 }
  // Both have read the chains before anything happens on them.
  await ask('sync', '--config', world.config)
  while (count.kills < kills && signal?.aborted !== true) {
    for (const story of stories) story.step()
    await control.settle()
    await control.settle()
    await untilCaughtUp(world, count, random)
  }
  await live(world, {
    until: (program) => program.says('govstream starts').then(() => world.caughtUp(program)),
    by: 'SIGTERM',
  })
  return reportOf(world, count)
}

/** One life after the other, until the program has announced and written what the control has. */
async function untilCaughtUp(
  world: World,
  count: { kills: number; atOperations: number },
  random: () => number,
): Promise<void> {
  // Over several stories every operation is hit.
  const further = (): number => 1 + Math.floor(random() * 3)
  let operation = world.stories.some((story) => story.isAtHeight()) ? further() : 0
  do {
    if (operation > 0) {
      const reached = await live(world, { until: world.caughtUp, by: 'SIGKILL', killAt: operation })
      operation = reached === 'died' ? operation + further() : 0
      if (reached === 'died') count.atOperations += 1
    } else await live(world, { until: world.moment(random), by: 'SIGKILL' })
    count.kills += 1
    for (const home of world.homes) home.look()
  } while (world.isBehind())
}

interface Life {
  readonly until: (program: Program) => Promise<unknown>
  readonly by: 'SIGKILL' | 'SIGTERM'
  readonly killAt?: number
}

/** Starts the program and ends it at a chosen moment; `died` if it ended by itself before. */
async function live(world: World, { until, by, killAt }: Life): Promise<'ended' | 'died'> {
  for (const server of world.servers) server.reset()
  const preload = { NODE_OPTIONS: `--import=${killer}`, KILL_AT: String(killAt) }
  const program = start(['run', '--config', world.config], {
    env: { ...process.env, LIFE: randomUUID(), ...(killAt !== undefined && preload) },
  })
  const first = await Promise.race([
    until(program).then(() => 'ended' as const),
    program.ended.then(() => 'died' as const),
  ])
  program.signal(by)
  const { code, stderr } = await program.ended
  if (code !== (by === 'SIGTERM' ? 0 : null)) throw new Error(`The program ended with ${String(code)}:\n${stderr}`)
  return first
}

const killer = pathToFileURL(fileURLToPath(new URL('./killAtOperation.mjs', import.meta.url))).href

interface World extends AsyncDisposable {
  readonly config: string
  readonly random: () => number
  readonly servers: readonly WemixvisorServer[]
  readonly stories: readonly Story[]
  readonly homes: readonly TorturedHome[]
  readonly quiet: readonly TorturedHome[]
  readonly webhook: Receiver
  readonly control: Watching
  /** True while something that the control announced or wrote is missing. */
  readonly isBehind: () => boolean
  /** Resolves then, or when the program has ended: waiters would accumulate over the lives. */
  readonly caughtUp: (program: Program) => Promise<unknown>
  /** A moment in the life of the program, at the latest when nothing is left to do. */
  readonly moment: (random: () => number) => (program: Program) => Promise<unknown>
}

async function openWorld(seed: number, chains: number): Promise<World> {
  const random = seeded(seed)
  const path = mkdtempSync(join(tmpdir(), 'govstream-torture-'))
  const servers = await Promise.all(Array.from({ length: chains }, () => startWemixvisorServer()))
  const webhook = await startReceiver()
  const stories = servers.map((server) => tellStory(server, random))
  const homesOf = (whose: string): readonly TorturedHome[] =>
    stories.map((story, at) => torturedHome(join(path, whose, `home${at}`), () => story.reached()))
  const [homes, quiet] = [homesOf('killed'), homesOf('quiet')]
  const chainsOf = (all: readonly TorturedHome[], pollInterval: string): ConfigInput['chains'] =>
    servers.map(({ url }, at) => ({
      name: `chain-${at}`,
      rpc: { urls: [url] },
      governance: { system: 'wemixvisor-rpc' },
      monitor: { pollInterval, downAfter: '1h' },
      scheduler: { minUpgradeDelay: '0s', completion: 'height', reminders: [] },
      upgradeInfo: { home: all[at]!.path },
    }))
  const config = join(path, 'govstream.yaml')
  const handlers = [{ type: 'webhook', url: webhook.url }]
  writeFileSync(
    config,
    JSON.stringify({ state: join(path, 'govstream.db'), chains: chainsOf(homes, '50ms'), notifier: { handlers } }),
  )
  const control = watch({ chains: chainsOf(quiet, '1h') })
  await control.settle()

  const isBehind = (): boolean =>
    control.notifications().some(({ id }) => !webhook.taken.all.includes(id)) ||
    differencesBetween(homes, quiet).length > 0
  const caughtUp = async ({ ended }: Program): Promise<void> => {
    const life = { isOver: false }
    const end = ended.then(() => (life.isOver = true))
    while (!life.isOver && isBehind())
      await Promise.race([webhook.taken.waitFor(webhook.taken.all.length + 1), aPoll(servers), end])
  }
  return {
    ...{ config, random, servers, stories, homes, quiet, webhook, control, isBehind, caughtUp },
    moment: (numbers) => {
      const [kind, far] = [numbers(), numbers()]
      const chosen = (): Promise<unknown> =>
        kind < 0.4
          ? servers[0]!.waitFor(1 + Math.floor(far * 6))
          : kind < 0.8
            ? webhook.came.waitFor(webhook.came.all.length + 1 + Math.floor(far * 2))
            : webhook.taken.waitFor(webhook.taken.all.length + 1)
      return (program) => Promise.race([chosen(), isBehind() ? caughtUp(program) : aPoll(servers)])
    },
    [Symbol.asyncDispose]: async () => {
      await control.stop()
      for (const home of [...homes, ...quiet]) home.close()
      await Promise.all([...servers, webhook].map((server) => server.stop()))
      rmSync(path, { recursive: true, force: true })
    },
  }
}

/** Resolves once each chain was queried again. */
function aPoll(servers: readonly WemixvisorServer[]): Promise<unknown> {
  return Promise.all(servers.map((server) => server.waitFor(server.requests.length + 1)))
}

function reportOf(
  { control, webhook, homes, quiet }: World,
  { kills, atOperations }: { readonly kills: number; readonly atOperations: number },
): TortureReport {
  const expected = new Set(control.notifications().map(({ id }) => id))
  const came = new Set(webhook.came.all.map(({ id }) => id))
  const odd = differencesBetween(homes, quiet)
  const sum = (part: 'torn' | 'wrong'): number => homes.reduce((all, { seen }) => all + seen[part], 0)
  return {
    kills,
    atOperations,
    notifications: expected.size,
    files: quiet.reduce((all, home) => all + Object.keys(home.files()).length, 0),
    lost: [...expected].filter((id) => !came.has(id)).length + odd.filter((one) => one === 'missing').length,
    repeated: [...came].filter((id) => !expected.has(id)).length + repeatedByOneLife(webhook.came.all),
    torn: sum('torn') + odd.filter((one) => one === 'left over').length,
    wrong: sum('wrong') + odd.filter((one) => one === 'other').length,
  }
}
